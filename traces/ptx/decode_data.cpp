// mov.
#include <fmt/format.h>

#include "traces/ptx/decode_address.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"
#include "traces/ptx/special_registers.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 3> kMovForms{
    "mov.{b16,u16,s16,b32,u32,s32,f32,b64,u64,s64,f64,pred} d, a", "mov.{b32,b64} d, {lo, hi}",
    "mov.b64 d, {a, b, c, d}"};

template <class T>
void copy(Execution& e) {
    write_lanes(register_lanes<T>(e, e.operands[0]), register_lanes<T>(e, e.operands[1]), e.mask);
}

/// Operand 1 is a constant: 1 or 0.
void set_predicate(Execution& e) {
    write_predicate(e, e.operands[0], e.operands[1] != 0 ? kAllLanes : 0);
}

}  // namespace

void decode_mov(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const std::string_view type = decoder.words().back();
    if (type == "pred" && decoder.words().size() == 2) {
        if (decoder.operand(1).kind != OperandKind::kInteger) return decode_row(decoder);
        decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWritePredicate));
        decoder.emit_number(decoder.operand(1).bits != 0 ? 1 : 0);
        decoder.op.handler = set_predicate;
        return decoder.commit();
    }
    const std::uint32_t bytes = bytes_of_type(type);
    const bool moves = bytes >= 2 && type.find("f16") == std::string_view::npos;
    if (decoder.words().size() != 2 || !moves) decoder.unsupported(kMovForms);
    const OperandNode& source = decoder.operand(1);
    if (source.kind == OperandKind::kVector || decoder.operand(0).kind == OperandKind::kVector) {
        return decode_packed_mov(decoder);
    }
    const Slot write = bytes == 8 ? Slot::kWrite64 : bytes == 4 ? Slot::kWrite32 : Slot::kWrite16;
    decoder.emit_operand(decoder.write(decoder.operand(0), write));
    const bool is_name = source.kind == OperandKind::kName && !source.negated;
    if (is_name && decoder.find_register(source) == nullptr) {
        if (const SpecialRegister* special = find_special_register(source.text)) {
            const bool wide = special->width == Width::k64;
            if (wide != (bytes == 8)) {
                decoder.fail_at(
                    source, fmt::format("{} is read with mov.u{}", special->name, wide ? 64 : 32));
            }
            decoder.op.handler = bytes == 2 ? read_special_register16 : read_special_register;
            decoder.op.modifier = special_register_index(*special);
            decoder.instruction.operation = special->operation;
            return decoder.commit();
        }
        if (source.text == "WARP_SZ" && bytes >= 4) {
            decoder.emit_operand(bytes == 8 ? decoder.constant64(isa::kLanes)
                                            : decoder.constant32(isa::kLanes));
        } else if (decode_symbol_address(decoder, source, bytes)) {
            return;
        } else {
            if (const auto note = special_register_note(source.text); !note.empty()) {
                decoder.fail_at(source, fmt::format("{}: {}", source.text, note));
            }
            decoder.fail_at(source, fmt::format("'{}' is neither a register, a special register "
                                                "nor a variable",
                                                source.text));
        }
    } else {
        const bool real = type == "f32" || type == "f64";
        const Slot read = bytes == 8   ? (real ? Slot::kReadF64 : Slot::kRead64)
                          : bytes == 4 ? (real ? Slot::kReadF32 : Slot::kRead32)
                                       : Slot::kRead16;
        decoder.emit_operand(decoder.read(source, read));
    }
    decoder.op.handler = bytes == 8 ? copy<std::uint64_t> : copy<std::uint32_t>;
    decoder.commit();
}

}  // namespace sptc::ptx

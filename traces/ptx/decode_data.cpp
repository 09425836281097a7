// mov and cvta.
#include <fmt/format.h>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"
#include "traces/ptx/special_registers.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 3> kMovForms{
    "mov.{b16,u16,s16,b32,u32,s32,f32,b64,u64,s64,f64,pred} d, a", "mov.{b32,b64} d, {lo, hi}",
    "mov.b64 d, {a, b, c, d}"};
constexpr std::array<std::string_view, 2> kCvtaForms{"cvta.{global,shared}.u64 d, a",
                                                     "cvta.to.{global,shared}.u64 d, a"};

/// Where shared memory begins in the generic address space (assumed; a program cannot rely on it).
constexpr std::uint64_t kSharedWindow = 0x0100'0000'0000'0000u;

template <class T>
void copy(Execution& e) {
    write_lanes(register_lanes<T>(e, e.operands[0]), register_lanes<T>(e, e.operands[1]), e.mask);
}

/// Operand 1 is a constant: 1 or 0.
void set_predicate(Execution& e) {
    write_predicate(e, e.operands[0], e.operands[1] != 0 ? kAllLanes : 0);
}

void add_window(Execution& e) {
    LaneRegister64 out = e.registers64[e.operands[1]];
    for (std::uint64_t& lane : out) lane += kSharedWindow;
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

void subtract_window(Execution& e) {
    LaneRegister64 out = e.registers64[e.operands[1]];
    for (std::uint64_t& lane : out) lane -= kSharedWindow;
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

}  // namespace

void decode_mov(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const std::string_view type = decoder.words().back();
    if (type == "pred" && decoder.words().size() == 2) {
        if (decoder.operand(1).kind != OperandKind::kInteger) return decode_row(decoder);
        decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWritePredicate));
        decoder.emit_operand(decoder.operand(1).bits != 0 ? 1 : 0);
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
        const std::int64_t symbol =
            source.text == "WARP_SZ" ? isa::kLanes : decoder.shared_symbol(source);
        if (symbol < 0) {
            if (const auto note = special_register_note(source.text); !note.empty()) {
                decoder.fail_at(source, fmt::format("{}: {}", source.text, note));
            }
            decoder.fail_at(source, fmt::format("'{}' is neither a register, a special register "
                                                "nor a shared variable",
                                                source.text));
        }
        if (bytes < 4) decoder.fail_at(source, "an address needs 32 or 64 bits");
        const auto value = static_cast<std::uint64_t>(symbol);
        decoder.emit_operand(bytes == 8 ? decoder.constant64(value)
                                        : decoder.constant32(static_cast<std::uint32_t>(value)));
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

void decode_cvta(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const auto& words = decoder.words();
    const bool to = words.size() > 1 && words[1] == "to";
    const std::size_t space = to ? 2 : 1;
    if (words.size() != space + 2 || words[space + 1] != "u64") decoder.unsupported(kCvtaForms);
    if (words[space] == "global") {
        decoder.op.handler =
            copy<std::uint64_t>;  // generic addresses of global memory are the same
    } else if (words[space] == "shared" || words[space] == "shared::cta") {
        decoder.op.handler = to ? subtract_window : add_window;
    } else {
        decoder.unsupported(kCvtaForms);
    }
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite64));
    const OperandNode& source = decoder.operand(1);
    if (decoder.find_register(source) == nullptr && decoder.shared_symbol(source) >= 0) {
        decoder.emit_operand(
            decoder.constant64(static_cast<std::uint64_t>(decoder.shared_symbol(source))));
    } else {
        decoder.emit_operand(decoder.read(source, Slot::kRead64));
    }
    decoder.commit();
}

}  // namespace sptc::ptx

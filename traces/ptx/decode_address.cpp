// Addresses: mov of a variable's, cvta and isspacep.
#include <fmt/format.h>

#include "traces/ptx/address_map.hpp"
#include "traces/ptx/decode_address.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/memory_handlers.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 2> kCvtaForms{
    "cvta.{global,shared,local,const,param}.u64 d, a",
    "cvta.to.{global,shared,local,const,param}.u64 d, a"};
constexpr std::array<std::string_view, 1> kIsspacepForms{
    "isspacep.{global,shared,local,const,param} p, a"};

struct SpaceRow {
    std::string_view word;
    Space space;
};
constexpr SpaceRow kSpaces[] = {{"global", Space::kGlobal},         {"shared", Space::kShared},
                                {"shared::cta", Space::kShared},    {"local", Space::kLocal},
                                {"const", Space::kConstant},        {"param", Space::kParameter},
                                {"param::entry", Space::kParameter}};

const SpaceRow* find_space(std::string_view word) {
    for (const SpaceRow& row : kSpaces) {
        if (row.word == word) return &row;
    }
    return nullptr;
}

/// Operand 0 = operand 1 + the constant of operand 2.
void add_constant(Execution& e) {
    LaneRegister64 out = e.registers64[e.operands[1]];
    const LaneRegister64& constant = e.registers64[e.operands[2]];
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) out[lane] += constant[lane];
    write_lanes(e.registers64[e.operands[0]], out, e.mask);
}

/// The same into a 32-bit register.
void add_constant32(Execution& e) {
    const LaneRegister64& base = e.registers64[e.operands[1]];
    const LaneRegister64& constant = e.registers64[e.operands[2]];
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = static_cast<std::uint32_t>(base[lane] + constant[lane]);
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

/// Operand 0 = does the generic address of operand 1 lie in the space of Op::modifier?
void is_in_space(Execution& e) {
    const LaneRegister64& addresses = e.registers64[e.operands[1]];
    const auto space = static_cast<Space>(e.op.modifier);
    write_predicate(e, e.operands[0], collect([&](std::uint32_t lane) {
                        return space_of(addresses[lane]) == space;
                    }));
}

void copy_register32(Execution& e) {
    write_lanes(e.registers32[e.operands[0]], e.registers32[e.operands[1]], e.mask);
}

/// Emits the address of a variable in its own space plus `addend` and chooses the handler.
void set_symbol(Decoder& decoder, const Symbol& symbol, std::uint64_t addend, bool wide) {
    const std::uint64_t value = symbol.address + addend;
    if (symbol.frame_variable >= 0) {
        const auto variable = static_cast<std::size_t>(symbol.frame_variable);
        decoder.program().frame_variables[variable].addressed = true;
        if (decoder.symbols().function() != 0) {
            decoder.emit_operand(decoder.frame_slot());
            decoder.emit_operand(decoder.constant64(value));
            decoder.op.handler = wide ? add_constant : add_constant32;
            return;
        }
    }
    decoder.emit_operand(wide ? decoder.constant64(value)
                              : decoder.constant32(static_cast<std::uint32_t>(value)));
    decoder.op.handler = wide ? copy_register64 : copy_register32;
}

}  // namespace

void copy_register64(Execution& e) {
    write_lanes(e.registers64[e.operands[0]], e.registers64[e.operands[1]], e.mask);
}

bool decode_symbol_address(Decoder& decoder, const OperandNode& node, std::uint32_t bytes) {
    const Symbol* symbol = decoder.symbol(node);
    if (symbol == nullptr) return false;
    if (bytes < 4) decoder.fail_at(node, "an address needs 32 or 64 bits");
    set_symbol(decoder, *symbol, static_cast<std::uint64_t>(node.offset), bytes == 8);
    decoder.commit();
    return true;
}

void decode_cvta(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    const auto& words = decoder.words();
    const bool to = words.size() > 1 && words[1] == "to";
    const std::size_t at = to ? 2 : 1;
    const SpaceRow* row = at < words.size() ? find_space(words[at]) : nullptr;
    if (row == nullptr || words.size() != at + 2 || words[at + 1] != "u64") {
        decoder.unsupported(kCvtaForms);
    }
    const std::uint64_t window = window_of(row->space);
    const std::uint64_t addend = to ? 0 - window : window;
    if (row->space == Space::kLocal && !to) decoder.program().cvta_local = true;
    const OperandNode& source = decoder.operand(1);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite64));
    if (const Symbol* symbol = decoder.symbol(source)) {
        set_symbol(decoder, *symbol, addend + static_cast<std::uint64_t>(source.offset), true);
    } else {
        decoder.emit_operand(decoder.read(source, Slot::kRead64));
        decoder.emit_operand(decoder.constant64(addend));
        decoder.op.handler = addend == 0 ? copy_register64 : add_constant;
    }
    decoder.commit();
}

void decode_isspacep(Decoder& decoder) {
    const auto& words = decoder.words();
    const SpaceRow* row = words.size() == 2 ? find_space(words[1]) : nullptr;
    if (row == nullptr) decoder.unsupported(kIsspacepForms);
    decoder.expect_operands(2, 2);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWritePredicate));
    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead64));
    decoder.op.handler = is_in_space;
    decoder.op.modifier = static_cast<std::uint8_t>(row->space);
    decoder.commit();
}

}  // namespace sptc::ptx

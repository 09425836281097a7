// What operands name: registers, numbers, addresses, variables.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "models/base/error.hpp"
#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {
namespace {

std::string_view describe(Width width) {
    switch (width) {
        case Width::kPredicate:
            return "a predicate";
        case Width::k16:
            return "a 16-bit register";
        case Width::k32:
            return "a 32-bit register";
        case Width::k64:
            return "a 64-bit register";
    }
    return {};
}

Width width_of_slot(Slot slot) {
    switch (slot) {
        case Slot::kWritePredicate:
        case Slot::kReadPredicate:
            return Width::kPredicate;
        case Slot::kWrite16:
        case Slot::kRead16:
            return Width::k16;
        case Slot::kWrite64:
        case Slot::kRead64:
        case Slot::kReadF64:
            return Width::k64;
        default:
            return Width::k32;
    }
}

void add_once(std::vector<isa::RegisterId>& ids, isa::RegisterId id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

/// Does a two's complement number fit, read as signed or as unsigned?
bool fits(std::uint64_t bits, int width) {
    const auto value = static_cast<std::int64_t>(bits);
    return (bits >> width) == 0 || (value < 0 && value >= -(std::int64_t{1} << (width - 1)));
}

}  // namespace

isa::RegisterId Decoder::register_id(const OperandNode& node) {
    if (node.kind != OperandKind::kName) {
        fail_at(node, fmt::format("'{}': expected a register", node.text));
    }
    if (node.offset != 0) fail_at(node, "an offset is possible in an address only");
    const std::int32_t id = symbols_.find_register(node.text, statement_.scope, node.position);
    if (id < 0) {
        fail_at(node,
                fmt::format(
                    "'{}' is not a declared register{}", node.text,
                    node.text.starts_with('%') ? " (special registers are read with mov)" : ""));
    }
    return static_cast<isa::RegisterId>(id);
}

const RegisterInfo* Decoder::find_register(const OperandNode& node) {
    if (node.kind != OperandKind::kName) return nullptr;
    const std::int32_t id = symbols_.find_register(node.text, statement_.scope, node.position);
    return id < 0 ? nullptr : &program_.registers[static_cast<std::size_t>(id)];
}

Width Decoder::width_of(const OperandNode& node) {
    return program_.registers[register_id(node)].width;
}

void Decoder::check_width(const OperandNode& node, Width found, Slot slot) const {
    if (node.negated) fail_at(node, "'!' is not possible here");
    const Width expected = width_of_slot(slot);
    if (found != expected) {
        fail_at(node, fmt::format("'{}' is {}, but '{}' needs {} here", node.text, describe(found),
                                  statement_.opcode, describe(expected)));
    }
}

std::int32_t Decoder::read(const OperandNode& node, Slot slot) {
    const bool number = node.kind == OperandKind::kInteger || node.kind == OperandKind::kFloat ||
                        node.kind == OperandKind::kDouble;
    if (number && slot != Slot::kReadPredicate) {
        const std::uint64_t bits = number_bits(node, slot);
        return width_of_slot(slot) == Width::k64 ? constant64(bits)
                                                 : constant32(static_cast<std::uint32_t>(bits));
    }
    const isa::RegisterId id = register_id(node);
    check_width(node, program_.registers[id].width, slot);
    return read_register(id);
}

std::uint64_t Decoder::number_bits(const OperandNode& node, Slot slot) const {
    const Width width = width_of_slot(slot);
    if (node.kind == OperandKind::kInteger) {
        if (slot == Slot::kReadF32 || slot == Slot::kReadF64) {
            fail_at(node, fmt::format("'{}': expected a floating-point number such as 1.0 or "
                                      "0f3F800000",
                                      node.text));
        }
        if (width == Width::k16 && !fits(node.bits, 16)) fail_at(node, "needs more than 16 bits");
        if (width == Width::k32 && !fits(node.bits, 32)) fail_at(node, "needs more than 32 bits");
        return width == Width::k16 ? node.bits & 0xffff : node.bits;
    }
    if (node.kind == OperandKind::kFloat && width == Width::k32) return node.bits;
    if (node.kind == OperandKind::kDouble && width == Width::k64) return node.bits;
    if (node.kind == OperandKind::kDouble && slot == Slot::kReadF32) {
        return std::bit_cast<std::uint32_t>(static_cast<float>(std::bit_cast<double>(node.bits)));
    }
    fail_at(node, fmt::format("'{}' has the wrong size for '{}'", node.text, statement_.opcode));
}

std::int32_t Decoder::write(const OperandNode& node, Slot slot) {
    const isa::RegisterId id = register_id(node);
    check_width(node, program_.registers[id].width, slot);
    return write_register(id);
}

void Decoder::read_hint(const OperandNode& node) {
    (void)read(node, Slot::kRead64);
    accesses_.pop_back();
}

std::int32_t Decoder::read_for_address(const OperandNode& node) {
    const std::int32_t slot = read(node, Slot::kRead32);
    if (node.kind == OperandKind::kName) {
        add_once(address_reads_, register_id(node));
    }
    return slot;
}

isa::RegisterId Decoder::temporary32() {
    const std::size_t id = program_.registers.size();
    if (id >= std::numeric_limits<isa::RegisterId>::max()) {
        fail_here("the kernel uses too many registers");
    }
    program_.registers.push_back({fmt::format("(temporary of line {})", statement_.position.line),
                                  Width::k32, static_cast<std::int32_t>(program_.count32++)});
    return static_cast<isa::RegisterId>(id);
}

std::int32_t Decoder::read_register(isa::RegisterId id) {
    const RegisterInfo& info = program_.registers[id];
    add_once(reads_, id);
    accesses_.push_back({info.slot, {info.width, false, true}});
    return info.slot;
}

std::int32_t Decoder::write_register(isa::RegisterId id) {
    const RegisterInfo& info = program_.registers[id];
    add_once(writes_, id);
    accesses_.push_back({info.slot, {info.width, true, true}});
    return info.slot;
}

isa::RegisterId Decoder::carry_id() {
    if (program_.carry_register < 0) {
        program_.carry_register = static_cast<std::int32_t>(program_.registers.size());
        const auto slot = static_cast<std::int32_t>(program_.predicate_count++);
        program_.registers.push_back({"CC.CF", Width::kPredicate, slot});
    }
    return static_cast<isa::RegisterId>(program_.carry_register);
}

std::int32_t Decoder::read_carry() { return read_register(carry_id()); }

std::int32_t Decoder::write_carry() { return write_register(carry_id()); }

std::int32_t Decoder::read_any(const OperandNode& node, Width& width) {
    if (node.kind != OperandKind::kName) {
        // A number: as wide as it gets, the operation takes what it needs.
        width = Width::k64;
        return read(node, Slot::kRead64);
    }
    const isa::RegisterId id = register_id(node);
    width = program_.registers[id].width;
    if (width == Width::kPredicate) fail_at(node, "a predicate cannot stand here");
    if (node.negated) fail_at(node, "'!' is not possible here");
    return read_register(id);
}

std::int32_t Decoder::write_any(const OperandNode& node, Width& width) {
    const isa::RegisterId id = register_id(node);
    width = program_.registers[id].width;
    if (width == Width::kPredicate) fail_at(node, "a predicate cannot stand here");
    return write_register(id);
}

std::span<const OperandNode> Decoder::elements(const OperandNode& node) {
    if (node.kind == OperandKind::kVector) return node.elements;
    return {&node, 1};
}

Address Decoder::address(const OperandNode& node) {
    Space space = Space::kShared;
    const Address result = address(node, space);
    if (space != Space::kShared && space != Space::kGlobal) {
        fail_at(node, fmt::format("'{}' lies in a state space that '{}' cannot reach",
                                  node.elements[0].text, statement_.opcode));
    }
    return result;
}

Address Decoder::address(const OperandNode& node, Space& space) {
    if (node.kind != OperandKind::kAddress) {
        fail_at(node, fmt::format("'{}': expected an address such as [%rd1+16]", node.text));
    }
    const OperandNode& base = node.elements[0];
    Address address;
    address.offset = node.offset;
    if (base.kind == OperandKind::kInteger) {
        address.wide = true;
        address.base = constant64(base.bits);
        return address;
    }
    if (const Symbol* variable = symbol(base)) {
        space = variable->space;
        address.wide = space != Space::kShared;
        if (space == Space::kLocal) {
            frame_access = variable->frame_variable;
            address.base = frame_slot();
            address.offset += static_cast<std::int64_t>(variable->address);
        } else if (address.wide) {
            address.base = constant64(variable->address);
        } else {
            address.base = constant32(static_cast<std::uint32_t>(variable->address));
        }
        return address;
    }
    if (base.kind == OperandKind::kName && find_register(base) == nullptr) {
        fail_at(base, fmt::format("'{}' is neither a register nor a variable", base.text));
    }
    const isa::RegisterId id = register_id(base);
    const Width width = program_.registers[id].width;
    if (width != Width::k32 && width != Width::k64) {
        fail_at(base, fmt::format("'{}' is {}: addresses have 32 or 64 bits", base.text,
                                  describe(width)));
    }
    address.wide = width == Width::k64;
    address.base = program_.registers[id].slot;
    add_once(reads_, id);
    add_once(address_reads_, id);
    return address;
}

std::uint64_t Decoder::immediate(const OperandNode& node, std::uint64_t low,
                                 std::uint64_t high) const {
    if (node.kind != OperandKind::kInteger || node.bits < low || node.bits > high) {
        fail_at(node, fmt::format("'{}': expected an integer constant from {} to {}", node.text,
                                  low, high));
    }
    return node.bits;
}

std::int64_t Decoder::shared_symbol(const OperandNode& node) const {
    if (node.kind != OperandKind::kName) return -1;
    const Symbol* found = symbols_.find_variable(node.text, statement_.scope);
    if (found == nullptr || found->space != Space::kShared) return -1;
    return static_cast<std::int64_t>(found->address) + node.offset;
}

const Symbol* Decoder::symbol(const OperandNode& node) {
    if (node.kind != OperandKind::kName || node.negated || find_register(node) != nullptr) {
        return nullptr;
    }
    const Symbol* found = symbols_.find_variable(node.text, statement_.scope);
    if (found != nullptr && found->external) {
        fail_at(node, fmt::format("'{}' is defined in another module: linking is not supported",
                                  node.text));
    }
    return found;
}

std::int32_t Decoder::frame_slot() {
    return symbols_.function() == 0 ? constant64(0) : program_.frame_pointer;
}

namespace {

template <class Word>
std::int32_t constant_slot(std::vector<Word>& constants, Word value, std::int32_t base) {
    const auto found = std::find(constants.begin(), constants.end(), value);
    const auto index = static_cast<std::int32_t>(found - constants.begin());
    if (found == constants.end()) constants.push_back(value);
    return base + index;
}

}  // namespace

std::int32_t Decoder::constant32(std::uint32_t value) {
    const std::int32_t slot = constant_slot(program_.constants32, value, kConstant32);
    accesses_.push_back({slot, {Width::k32, false, true}});
    return slot;
}

std::int32_t Decoder::constant64(std::uint64_t value) {
    const std::int32_t slot = constant_slot(program_.constants64, value, kConstant64);
    accesses_.push_back({slot, {Width::k64, false, true}});
    return slot;
}

}  // namespace sptc::ptx

#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// One special register: PTX ISA 9.1, "Special Registers".
struct SpecialRegister {
    std::string_view name;  ///< "%tid.x"
    Width width;            ///< of the register that mov writes
    isa::Operation operation;
    std::uint64_t (*value)(const Execution&, std::uint32_t lane);
};

/// The special register of a name, or nullptr.
[[nodiscard]] const SpecialRegister* find_special_register(std::string_view name);

/// Why a special register of PTX cannot be read here, or "".
[[nodiscard]] std::string_view special_register_note(std::string_view name);

/// Handler of mov from a special register: operand 0 is the destination, Op::modifier the row.
void read_special_register(Execution& execution);
/// The same for mov.u16, which takes the low half.
void read_special_register16(Execution& execution);

/// The row number of a special register, for Op::modifier.
[[nodiscard]] std::uint8_t special_register_index(const SpecialRegister& special);

}  // namespace sptc::ptx

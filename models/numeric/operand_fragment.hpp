#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/isa/instruction.hpp"

namespace sptc::numeric {

inline constexpr int kMaxRows = 16;  ///< largest M of the forms
inline constexpr int kColumns = 8;   ///< N of every form

/// The registers of one operand of one matrix. A register of all lanes holds 8 rows of A (or 8
/// columns of B) of 16 bytes each, so the elements of any type lie in order along K (PTX ISA
/// fragment figures; see isa/fragment.hpp). An f64 fills two registers, low half first; then a pair
/// of registers holds 8 rows of 4 elements. Of an m8n8k4 f16 instruction each of the four matrices
/// is laid out like this too, whatever its lanes were.
struct alignas(64) OperandFragment {
    std::array<isa::LaneRegister, isa::kMaxOperandRegisters> registers;
};

/// Which slot-row of B meets slot `slot` of row `row` of A: [row][slot]. Dense: k = slot.
struct alignas(64) SelectedRows {
    std::array<std::array<std::uint8_t, isa::kMaxSlots>, kMaxRows> row;
};

/// Where element `index` (along K) of 8-row line `line` of register block 0, 1, ... lies.
struct ElementPlace {
    std::size_t reg;  ///< 32-bit register
    std::size_t lane;
    int shift;
};

/// A[row][k] of an M x K matrix; `m` is 8 or 16.
[[nodiscard]] inline ElementPlace a_place(int m, int element_bits, int row, int k) {
    const int per_register = element_bits < 32 ? 32 / element_bits : 1;
    const int words = element_bits < 32 ? 1 : element_bits / 32;  // of an element
    const int per_block = 4 * per_register;
    const int reg = row / 8 + k / per_block * (m / 8);
    return {static_cast<std::size_t>(words * reg),
            static_cast<std::size_t>(4 * (row % 8) + k % per_block / per_register),
            k % per_register * element_bits};
}

/// B[k][column].
[[nodiscard]] inline ElementPlace b_place(int element_bits, int k, int column) {
    return a_place(8, element_bits, column, k);
}

/// C or D [row][column].
[[nodiscard]] inline ElementPlace c_place(int element_bits, int row, int column) {
    const int element = 2 * (row / 8) + column % 2;
    const int per_register = element_bits < 32 ? 32 / element_bits : 1;
    const int words = element_bits < 32 ? 1 : element_bits / 32;
    return {static_cast<std::size_t>(element / per_register * words),
            static_cast<std::size_t>(4 * (row % 8) + column / 2),
            element % per_register * element_bits};
}

[[nodiscard]] inline std::uint64_t element(const OperandFragment& fragment,
                                           const ElementPlace& place, int element_bits) {
    const std::uint32_t word = fragment.registers[place.reg][place.lane];
    if (element_bits == 64) {
        return word | std::uint64_t{fragment.registers[place.reg + 1][place.lane]} << 32;
    }
    return (std::uint64_t{word} >> place.shift) & ((std::uint64_t{1} << element_bits) - 1);
}

inline void set_element(OperandFragment& fragment, const ElementPlace& place, int element_bits,
                        std::uint64_t value) {
    std::uint32_t& word = fragment.registers[place.reg][place.lane];
    if (element_bits >= 32) {
        word = static_cast<std::uint32_t>(value);
        if (element_bits == 64) {
            fragment.registers[place.reg + 1][place.lane] = static_cast<std::uint32_t>(value >> 32);
        }
        return;
    }
    const std::uint32_t mask = ((1u << element_bits) - 1) << place.shift;
    word = (word & ~mask) | (static_cast<std::uint32_t>(value) << place.shift & mask);
}

}  // namespace sptc::numeric

#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/isa/instruction.hpp"

namespace sptc::numeric {

inline constexpr int kRows = 16;      ///< M of every form
inline constexpr int kColumns = 8;    ///< N of every form
inline constexpr int kMaxSlots = 16;  ///< largest k_stored of the forms

/// The registers of one operand. A register of all lanes holds 8 rows of A (or 8 columns of B) of
/// 16 bytes each, so the elements of any type lie in order along K (PTX ISA fragment figures; see
/// isa/fragment.hpp).
struct alignas(64) OperandFragment {
    std::array<isa::LaneRegister, 4> registers;
};

/// Which row k of B meets stored slot `slot` of row `row` of A: [row][slot]. Dense: k = slot.
struct alignas(64) SelectedRows {
    std::array<std::array<std::uint8_t, kMaxSlots>, kRows> row;
};

/// Where element `index` (along K) of 8-row line `line` lies. `element_bits` divides 32.
struct ElementPlace {
    std::size_t reg;
    std::size_t lane;
    int shift;
};

[[nodiscard]] inline ElementPlace element_place(int line, int index, int element_bits) {
    const int per_register = 32 / element_bits;
    const int per_block = 4 * per_register;  // elements of 16 bytes
    return {static_cast<std::size_t>(index / per_block),
            static_cast<std::size_t>(4 * line + index % per_block / per_register),
            element_bits * (index % per_register)};
}

[[nodiscard]] inline std::uint32_t low_bits(std::uint32_t word, int bits) {
    return bits == 32 ? word : word & ((1u << bits) - 1);
}

/// A[row][slot] as raw bits.
[[nodiscard]] inline std::uint32_t a_element(const OperandFragment& a, int element_bits, int row,
                                             int slot) {
    const ElementPlace place = element_place(row % 8, slot, element_bits);
    const std::size_t reg = 2 * place.reg + static_cast<std::size_t>(row / 8);
    return low_bits(a.registers[reg][place.lane] >> place.shift, element_bits);
}

/// B[k][column] as raw bits.
[[nodiscard]] inline std::uint32_t b_element(const OperandFragment& b, int element_bits, int k,
                                             int column) {
    const ElementPlace place = element_place(column, k, element_bits);
    return low_bits(b.registers[place.reg][place.lane] >> place.shift, element_bits);
}

/// Place of C or D [row][column] for 32-bit or packed 16-bit accumulators.
[[nodiscard]] inline ElementPlace c_place(int element_bits, int row, int column) {
    const int element = 2 * (row / 8) + column % 2;
    const int per_register = 32 / element_bits;
    return {static_cast<std::size_t>(element / per_register),
            static_cast<std::size_t>(4 * (row % 8) + column / 2),
            element_bits * (element % per_register)};
}

[[nodiscard]] inline std::uint32_t c_element(const OperandFragment& c, int element_bits, int row,
                                             int column) {
    const ElementPlace place = c_place(element_bits, row, column);
    return low_bits(c.registers[place.reg][place.lane] >> place.shift, element_bits);
}

inline void set_d_element(OperandFragment& d, int element_bits, int row, int column,
                          std::uint32_t value) {
    const ElementPlace place = c_place(element_bits, row, column);
    std::uint32_t& word = d.registers[place.reg][place.lane];
    const std::uint32_t mask = low_bits(~0u, element_bits) << place.shift;
    word = (word & ~mask) | (value << place.shift);
}

}  // namespace sptc::numeric

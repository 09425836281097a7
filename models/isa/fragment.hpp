#pragma once
#include "models/isa/mma.hpp"

namespace sptc::isa {

/// Where an element of a register fragment lives in its matrix.
struct Coordinate {
    int row;
    int column;
};

/// Fragment layouts of the m16n8 forms (PTX ISA figures; facts checked by tests against each form's
/// own formula). `element` counts a lane's elements in fragment order: register 0's low bits first.
/// Lane l has quad g = l / 4 and position t = l % 4; e elements fit one 32-bit register.

/// A element -> (row, stored column). For sparse forms the column counts stored elements.
[[nodiscard]] inline Coordinate a_coordinate(const MmaForm& form, int lane, int element) {
    const int per_register = 32 / types::bits(form.a);
    const int reg = element / per_register;
    return {lane / 4 + 8 * (reg & 1),
            per_register * (lane % 4) + element % per_register + 4 * per_register * (reg >> 1)};
}

/// B element -> (row k, column n).
[[nodiscard]] inline Coordinate b_coordinate(const MmaForm& form, int lane, int element) {
    const int per_register = 32 / types::bits(form.b);
    const int reg = element / per_register;
    return {per_register * (lane % 4) + element % per_register + 4 * per_register * reg, lane / 4};
}

/// C or D element -> (row, column); the same for 32-bit and for packed 16-bit accumulators.
[[nodiscard]] constexpr Coordinate c_coordinate(int lane, int element) {
    return {lane / 4 + 8 * (element >> 1), 2 * (lane % 4) + (element & 1)};
}

/// The lane whose metadata register carries 16-bit word `word` of rows g (low half) and g + 8 (high
/// half), under a sparsity selector: selectors name lanes (one lane or a pair) inside each quad.
[[nodiscard]] inline int metadata_lane(const MmaForm& form, int selector, int row, int word) {
    return 4 * (row % 8) + selector * form.metadata_words_per_row() + word;
}

}  // namespace sptc::isa

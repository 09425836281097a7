#pragma once
#include <algorithm>

#include "models/isa/mma.hpp"

namespace sptc::isa {

/// Where an element of a register fragment lives in its matrix.
struct Coordinate {
    int row;
    int column;
    int matrix = 0;  ///< which of MmaForm::matrices()
};

/// Fragment layouts (PTX ISA figures; checked by tests against each form's own formula). `element`
/// counts a lane's elements in fragment order: register 0's low bits first. Lane l has quad g = l /
/// 4 and position t = l % 4. A register of all lanes holds 8 rows of A, 8 columns of B or 8 rows of
/// D; each quad has one of them.
[[nodiscard]] Coordinate a_coordinate(const MmaForm& form, int lane,
                                      int element);  ///< stored column
[[nodiscard]] Coordinate b_coordinate(const MmaForm& form, int lane, int element);  ///< row k
/// C or D of element type `type`.
[[nodiscard]] Coordinate c_coordinate(const MmaForm& form, types::DataType type, int lane,
                                      int element);

/// Elements of an operand in one lane: 32-bit registers times what fits one.
[[nodiscard]] constexpr int elements_per_lane(int registers, int element_bits) {
    return registers * 32 / element_bits;
}

/// Where the metadata code of a row's chunk stands.
struct MetadataPlace {
    int lane;
    int shift;  ///< of its lowest bit
};

/// The selector names lanes (one lane, a pair, or all four) inside each quad.
[[nodiscard]] inline MetadataPlace metadata_place(const MmaForm& form, int selector, int row,
                                                  int chunk) {
    const int per_field = form.metadata->chunks_per_field;
    const int field = chunk / per_field;
    const int first_lane = 4 * (row % 8) + selector * form.metadata_lanes();
    const int shift = 4 * (chunk % per_field);
    if (per_field == 4) return {first_lane + field, shift + 16 * (row / 8)};
    return {first_lane + row / 8 + 2 * field, shift};
}

}  // namespace sptc::isa

#include "models/isa/fragment.hpp"

namespace sptc::isa {
namespace {

/// Row (of 8) and position along K in the layout that all forms but m8n8k4 f16 share. `blocks`: how
/// many groups of 8 rows alternate from register to register.
Coordinate standard(int element_bits, int blocks, int lane, int element) {
    const int per_register = std::max(1, 32 / element_bits);  // an f64 fills a register pair
    const int reg = element / per_register;
    return {lane / 4 + 8 * (reg % blocks),
            per_register * (lane % 4) + element % per_register + 4 * per_register * (reg / blocks)};
}

// m8n8k4 f16: lanes 4q .. 4q+3 hold the lower half of matrix q, lanes 4q+16 .. 4q+19 the upper.
int quad_pair(int lane) { return lane % 16 / 4; }
int upper_half(int lane) { return lane >= 16 ? 4 : 0; }

Coordinate quad_pair_c(types::DataType type, int lane, int i) {
    if (type == types::DataType::kF16) return {lane % 4 + upper_half(lane), i, quad_pair(lane)};
    return {(lane & 1) + (i & 2) + upper_half(lane), (i & 4) + (lane & 2) + (i & 1),
            quad_pair(lane)};
}

}  // namespace

Coordinate a_coordinate(const MmaForm& form, int lane, int element) {
    if (form.matrices() == 1) return standard(types::bits(form.a), form.m / 8, lane, element);
    const bool by_rows = form.a_major == Major::kRow;
    return {(by_rows ? lane % 4 : element) + upper_half(lane), by_rows ? element : lane % 4,
            quad_pair(lane)};
}

Coordinate b_coordinate(const MmaForm& form, int lane, int element) {
    if (form.matrices() == 1) {
        const Coordinate column = standard(types::bits(form.b), 1, lane, element);
        return {column.column, column.row};
    }
    const bool by_rows = form.b_major == Major::kRow;
    return {by_rows ? lane % 4 : element, (by_rows ? element : lane % 4) + upper_half(lane),
            quad_pair(lane)};
}

Coordinate c_coordinate(const MmaForm& form, types::DataType type, int lane, int element) {
    if (form.matrices() > 1) return quad_pair_c(type, lane, element);
    return {lane / 4 + 8 * (element >> 1), 2 * (lane % 4) + (element & 1)};
}

}  // namespace sptc::isa

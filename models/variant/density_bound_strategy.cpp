#include "models/variant/density_bound_strategy.hpp"

#include <algorithm>
#include <bit>

#include "models/variant/operands.hpp"

namespace sptc::variant {
namespace {

Int8Matrix transposed(const Int8Matrix& matrix) {
    Int8Matrix result(matrix.columns, matrix.rows);
    for (int row = 0; row < matrix.rows; ++row) {
        for (int column = 0; column < matrix.columns; ++column)
            result.row(column)[row] = matrix.at(row, column);
    }
    return result;
}

}  // namespace

void prune_activations(Int8Matrix& b, Ratio ratio) {
    Int8Matrix columns = transposed(b);
    prune_elements(columns, ratio);
    b = transposed(columns);
}

DensityBoundStrategy::DensityBoundStrategy(const Operands& operands, const MachineSpec& spec,
                                           Ratio weights, Ratio activations)
    : spec_(spec),
      weight_code_(weights),
      activation_code_(activations),
      a_(operands.a, weight_code_),
      b_(transposed(operands.b), activation_code_),
      blocks_per_step_(std::max(1, spec.k_step_stored / activations.n)) {}

int DensityBoundStrategy::last_block(const Step& step) const {
    return std::min(first_block(step) + blocks_per_step_, a_.groups());
}

Needs DensityBoundStrategy::needs(const Step& step) const {
    const auto blocks = static_cast<std::uint64_t>(blocks_per_step_);
    const std::uint64_t row_blocks = static_cast<std::uint64_t>(step.rows) * blocks;
    const std::uint64_t column_blocks = static_cast<std::uint64_t>(step.columns) * blocks;
    const auto activations = static_cast<std::uint64_t>(activation_code_.kept());
    const auto macs = static_cast<std::uint64_t>(spec_.macs);
    Needs needs;
    needs.a_bits = row_blocks * static_cast<std::uint64_t>(weight_code_.kept()) * kWordBits;
    needs.a_metadata_bits = row_blocks * static_cast<std::uint64_t>(weight_code_.bits());
    needs.b_bits = column_blocks * activations * kWordBits;
    needs.b_metadata_bits = column_blocks * static_cast<std::uint64_t>(activation_code_.bits());
    for (int block = first_block(step); block < last_block(step); ++block) {
        for (int row = step.row; row < step.row + step.rows; ++row) {
            const std::uint64_t weights = a_.metadata(row, block);
            for (int column = step.column; column < step.column + step.columns; ++column) {
                const std::uint64_t both = weights & b_.metadata(column, block);
                needs.products += static_cast<std::uint64_t>(std::popcount(both));
            }
        }
    }
    const std::uint64_t lane_cycles =
        row_blocks * static_cast<std::uint64_t>(step.columns) * activations;
    needs.gated = lane_cycles - needs.products;
    needs.cycles = (lane_cycles + macs - 1) / macs;
    return needs;
}

/// A multiplier and its accumulator, one kept activation after another.
std::int32_t DensityBoundStrategy::dot(int row, int column, int block) const {
    const std::uint64_t mask = a_.metadata(row, block);
    const std::span<const std::int8_t> weights = a_.values(row, block);
    std::uint64_t places = b_.metadata(column, block);
    std::int32_t sum = 0;
    for (const std::int8_t activation : b_.values(column, block)) {
        const std::uint64_t place = places & ~(places - 1);
        places ^= place;
        if ((mask & place) == 0) continue;
        sum += weights[static_cast<std::size_t>(std::popcount(mask & (place - 1)))] * activation;
    }
    return sum;
}

void DensityBoundStrategy::execute(const Step& step, Int32Matrix& d) const {
    for (int row = step.row; row < step.row + step.rows; ++row) {
        for (int column = step.column; column < step.column + step.columns; ++column) {
            for (int block = first_block(step); block < last_block(step); ++block)
                d.row(row)[column] += dot(row, column, block);
        }
    }
}

}  // namespace sptc::variant

#include "models/variant/outer_product_strategy.hpp"

#include <algorithm>
#include <bit>

namespace sptc::variant {
namespace {

constexpr int kWarpTile = 32;
constexpr int kQuarter = 8;  ///< of OHMMA 8x16x1
constexpr int kHalf = 16;

template <class Integer>
Integer divide_up(Integer dividend, Integer divisor) {
    return (dividend + divisor - 1) / divisor;
}

}  // namespace

OuterProductStrategy::OuterProductStrategy(const Operands& operands, const MachineSpec& spec,
                                           Quarters quarters)
    : a_(operands.a),
      b_(operands.b),
      spec_(spec),
      quarters_(quarters),
      units_per_queue_(spec.outer_product.units_per_queue),
      a_bitmap_(divide_up(a_.rows, kWarpTile), a_.columns),
      b_bitmap_(b_.rows, divide_up(b_.columns, kWarpTile)) {
    const int units = std::max(1, spec.macs / (kQuarter * kHalf));
    if (units_per_queue_ == 0) units_per_queue_ = units;
    queues_ = divide_up(units, units_per_queue_);
    for (int m = 0; m < a_.rows; ++m) {
        for (int k = 0; k < a_.columns; ++k) {
            a_bitmap_.row(m / kWarpTile)[k] |= std::uint32_t{a_.at(m, k) != 0} << (m % kWarpTile);
        }
    }
    for (int k = 0; k < b_.rows; ++k) {
        for (int n = 0; n < b_.columns; ++n) {
            b_bitmap_.row(k)[n / kWarpTile] |= std::uint32_t{b_.at(k, n) != 0} << (n % kWarpTile);
        }
    }
}

std::uint64_t OuterProductStrategy::stored_a_bits() const {
    const auto elements = static_cast<std::uint64_t>(a_.elements.size());
    const auto zeros = static_cast<std::uint64_t>(
        std::count(a_.elements.begin(), a_.elements.end(), std::int8_t{0}));
    return (elements - zeros) * kWordBits + elements;
}

std::uint64_t OuterProductStrategy::operations(int a_nonzeros, int b_nonzeros) const {
    const bool a_quarters = quarters_ == Quarters::kA;
    return static_cast<std::uint64_t>(divide_up(a_nonzeros, a_quarters ? kQuarter : kHalf)) *
           static_cast<std::uint64_t>(divide_up(b_nonzeros, a_quarters ? kHalf : kQuarter));
}

std::uint64_t OuterProductStrategy::cycles(const Queue& queue) const {
    const auto units = static_cast<std::uint64_t>(units_per_queue_);
    const std::uint64_t issue = divide_up(queue.operations, units);
    const int words = spec_.outer_product.accumulated_words_per_cycle;
    if (words == 0) return issue;
    return std::max(issue, divide_up(queue.products, units * static_cast<std::uint64_t>(words)));
}

Needs OuterProductStrategy::needs(const Step& step) const {
    Needs needs;
    std::vector<Queue> queues(static_cast<std::size_t>(queues_));
    std::uint64_t operation_count = 0, a_nonzeros = 0, b_nonzeros = 0, elements_of_k = 0;
    const int first_m = step.row / kWarpTile, last_m = divide_up(step.row + step.rows, kWarpTile);
    const int first_n = step.column / kWarpTile;
    const int last_n = divide_up(step.column + step.columns, kWarpTile);
    for (int k = step.k; k < std::min(step.k + step.k_count, a_.columns); ++k) {
        ++elements_of_k;
        for (int n = first_n; n < last_n; ++n) {
            b_nonzeros += static_cast<std::uint64_t>(std::popcount(b_bitmap_.at(k, n)));
        }
        for (int m = first_m; m < last_m; ++m) {
            const int of_a = std::popcount(a_bitmap_.at(m, k));
            a_nonzeros += static_cast<std::uint64_t>(of_a);
            for (int n = first_n; n < last_n; ++n) {
                const int of_b = std::popcount(b_bitmap_.at(k, n));
                const int warp_tile = (m - first_m) * (last_n - first_n) + n - first_n;
                Queue& queue = queues[static_cast<std::size_t>(warp_tile % queues_)];
                queue.operations += operations(of_a, of_b);
                queue.products += static_cast<std::uint64_t>(of_a * of_b);
            }
        }
    }
    const auto rows = static_cast<std::uint64_t>(step.rows);
    const auto columns = static_cast<std::uint64_t>(step.columns);
    needs.a_bits = a_nonzeros * kWordBits;
    needs.a_metadata_bits = elements_of_k * rows;
    needs.b_bits = b_nonzeros * kWordBits;
    needs.b_metadata_bits = elements_of_k * columns;
    for (const Queue& queue : queues) {
        operation_count += queue.operations;
        needs.products += queue.products;
        needs.cycles = std::max(needs.cycles, cycles(queue));
    }
    needs.gated = operation_count * kQuarter * kHalf - needs.products;
    return needs;
}

void OuterProductStrategy::execute(const Step& step, Int32Matrix& d) const {
    for (int k = step.k; k < std::min(step.k + step.k_count, a_.columns); ++k) {
        for (int m0 = step.row; m0 < step.row + step.rows; m0 += kWarpTile) {
            for (std::uint32_t of_a = a_bitmap_.at(m0 / kWarpTile, k); of_a != 0;
                 of_a &= of_a - 1) {
                const int m = m0 + std::countr_zero(of_a);
                for (int n0 = step.column; n0 < step.column + step.columns; n0 += kWarpTile) {
                    std::uint32_t of_b = b_bitmap_.at(k, n0 / kWarpTile);
                    for (; of_b != 0; of_b &= of_b - 1) {
                        const int n = n0 + std::countr_zero(of_b);
                        d.row(m)[n] += a_.at(m, k) * b_.at(k, n);
                    }
                }
            }
        }
    }
}

}  // namespace sptc::variant

#include "models/variant/operands.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "models/base/random.hpp"

namespace sptc::variant {
namespace {

std::int8_t nonzero(base::Random& random) {
    constexpr std::uint32_t kMagnitudes = 127;
    const auto magnitude = static_cast<int>(random.below(kMagnitudes)) + 1;
    return static_cast<std::int8_t>(random.below(2) == 0 ? magnitude : -magnitude);
}

/// Zeroes all but the `kept` largest of `places`, the first of equals first.
template <class Place>
void keep_largest(std::vector<Place>& places, int kept) {
    std::stable_sort(places.begin(), places.end(), [](const Place& one, const Place& other) {
        return std::abs(*one) > std::abs(*other);
    });
    for (std::size_t i = static_cast<std::size_t>(kept); i < places.size(); ++i) *places[i] = 0;
}

}  // namespace

Operands random_operands(int m, int n, int k, double b_density, std::uint64_t seed) {
    base::Random random(seed);
    Operands operands{Int8Matrix(m, k), Int8Matrix(k, n)};
    for (std::int8_t& element : operands.a.elements) element = nonzero(random);
    for (std::int8_t& element : operands.b.elements) {
        if (random.uniform() < b_density) element = nonzero(random);
    }
    return operands;
}

void prune_elements(Int8Matrix& a, Ratio ratio) {
    std::vector<std::int8_t*> places;
    for (int row = 0; row < a.rows; ++row) {
        for (int k = 0; k < a.columns; k += ratio.m) {
            places.clear();
            for (int i = k; i < std::min(k + ratio.m, a.columns); ++i)
                places.push_back(a.row(row) + i);
            keep_largest(places, ratio.n);
        }
    }
}

void prune_unstructured(Int8Matrix& a, double kept) {
    struct Place {
        int magnitude;
        std::uint64_t order;
        std::int8_t* element;
    };
    base::Random random(a.elements.size());
    std::vector<Place> places;
    places.reserve(a.elements.size());
    for (std::int8_t& element : a.elements)
        places.push_back({std::abs(element), random.bits(), &element});
    const auto count = static_cast<std::size_t>(kept * static_cast<double>(places.size()) + 0.5);
    const auto middle = places.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(places.begin(), middle, places.end(),
                     [](const Place& one, const Place& other) {
                         return one.magnitude != other.magnitude ? one.magnitude > other.magnitude
                                                                 : one.order < other.order;
                     });
    std::for_each(middle, places.end(), [](const Place& place) { *place.element = 0; });
}

void prune_blocks(Int8Matrix& a, Ratio blocks, int width) {
    std::vector<int> sums(static_cast<std::size_t>(blocks.m));
    std::vector<std::size_t> order(sums.size());
    const auto magnitude = [](int sum, std::int8_t element) { return sum + std::abs(element); };
    for (int row = 0; row < a.rows; ++row) {
        for (int k = 0; k < a.columns; k += blocks.m * width) {
            const auto begin_of = [&](std::size_t block) {
                return a.row(row) + std::min(k + static_cast<int>(block) * width, a.columns);
            };
            for (std::size_t block = 0; block < sums.size(); ++block) {
                sums[block] = std::accumulate(begin_of(block), begin_of(block + 1), 0, magnitude);
            }
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(), [&sums](std::size_t one, std::size_t two) {
                return sums[one] > sums[two];
            });
            for (std::size_t i = static_cast<std::size_t>(blocks.n); i < order.size(); ++i) {
                std::fill(begin_of(order[i]), begin_of(order[i] + 1), std::int8_t{0});
            }
        }
    }
}

}  // namespace sptc::variant

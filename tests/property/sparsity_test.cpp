#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "models/base/random.hpp"
#include "models/sparsity/check.hpp"
#include "models/sparsity/compress.hpp"
#include "models/sparsity/index_packing.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"
#include "models/sparsity/prune.hpp"

using namespace sptc;

namespace {

using Half = std::uint16_t;

/// Few distinct values, so that ties and zeros are common.
template <class E>
E random_element(base::Random& random) {
    const double value = static_cast<double>(random.below(7)) - 3.0;
    if constexpr (std::is_same_v<E, Half>) {
        return random.below(4) == 0 ? static_cast<Half>(random.bits()) : types::f64_to_f16(value);
    } else {
        return static_cast<E>(value);
    }
}

template <class E>
sparsity::Dense<E> random_matrix(base::Random& random, std::size_t rows, std::size_t columns) {
    sparsity::Dense<E> matrix{rows, columns, {}};
    for (std::size_t i = 0; i < rows * columns; ++i) {
        matrix.elements.push_back(random_element<E>(random));
    }
    return matrix;
}

/// |w| with NaN above infinity, by value and not by bits.
double rank_of(double value) { return std::isnan(value) ? 2.0 : std::fabs(value) / 0x1p1023; }
template <class E>
double rank(E element) {
    const double value = sparsity::to_f64(element);
    return std::isinf(value) ? 1.5 : rank_of(value);
}

template <class E>
bool is_finite(E element) {
    return std::isfinite(sparsity::to_f64(element));
}

/// Pruning by sorting: the definition, written the slow way.
template <class E>
void prune_by_sorting(sparsity::Dense<E>& matrix, const sparsity::Pattern& pattern) {
    const auto m = static_cast<std::size_t>(pattern.m);
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t first = 0; first < matrix.columns; first += m) {
            std::vector<std::size_t> order(std::min(m, matrix.columns - first));
            std::iota(order.begin(), order.end(), r * matrix.columns + first);
            std::ranges::stable_sort(order, [&](std::size_t x, std::size_t y) {
                return rank(matrix.elements[x]) > rank(matrix.elements[y]);
            });
            for (std::size_t i = static_cast<std::size_t>(pattern.n); i < order.size(); ++i) {
                matrix.elements[order[i]] = E{};
            }
        }
    }
}

template <class E>
sparsity::Dense<E> without_negative_zero(sparsity::Dense<E> matrix) {
    for (E& element : matrix.elements) {
        if (sparsity::is_zero(element)) element = E{};
    }
    return matrix;
}

/// NaN equal to itself: compares bits.
template <class E>
bool same_bits(const std::vector<E>& x, const std::vector<E>& y) {
    return std::ranges::equal(std::as_bytes(std::span(x)), std::as_bytes(std::span(y)));
}

}  // namespace

TEMPLATE_TEST_CASE("sparsity: prune, check, compress and expand agree for every pattern", "", Half,
                   float, double) {
    base::Random random(1);
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        for (int trial = 0; trial < 60; ++trial) {
            const std::size_t rows = 1 + random.below(9);
            const std::size_t columns = 1 + random.below(70);
            CAPTURE(pattern.name, rows, columns, trial);
            const auto original = random_matrix<TestType>(random, rows, columns);
            auto pruned = original;
            const sparsity::PruneReport report = sparsity::prune(pruned, pattern);
            auto expected = original;
            prune_by_sorting(expected, pattern);
            REQUIRE(same_bits(pruned.elements, expected.elements));
            REQUIRE_FALSE(sparsity::find_violation(pruned, pattern));
            REQUIRE(report.kept + report.zeros == rows * columns);
            // NaN and infinity displace finite values but are not counted.
            if (std::ranges::all_of(original.elements, is_finite<TestType>)) {
                REQUIRE(report.retained_magnitude >= (1.0 - 1e-9) * pattern.n / pattern.m);
            }
            REQUIRE(report.retained_magnitude <= 1.0);

            const auto compressed = sparsity::compress(pruned, pattern);
            const auto back = without_negative_zero(sparsity::expand(compressed, pattern));
            REQUIRE(same_bits(back.elements, without_negative_zero(pruned).elements));
            const auto packed = sparsity::pack_indices(compressed.indices, pattern);
            REQUIRE(packed.size() ==
                    sparsity::packed_index_bytes(compressed.indices.size(), pattern));
            REQUIRE(sparsity::unpack_indices(packed, compressed.indices.size(), pattern) ==
                    compressed.indices);

            auto again = pruned;
            sparsity::prune(again, pattern);
            REQUIRE(same_bits(again.elements, pruned.elements));
        }
    }
}

TEST_CASE("sparsity: one nonzero more than the pattern allows is always found") {
    base::Random random(2);
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        const auto m = static_cast<std::size_t>(pattern.m);
        for (int trial = 0; trial < 40; ++trial) {
            const std::size_t rows = 1 + random.below(6);
            const std::size_t columns = m * (1 + random.below(6));
            auto matrix = random_matrix<float>(random, rows, columns);
            sparsity::prune(matrix, pattern);
            const std::size_t row = random.below(static_cast<std::uint32_t>(rows));
            const std::size_t group = random.below(static_cast<std::uint32_t>(columns / m));
            for (std::size_t i = 0; i <= static_cast<std::size_t>(pattern.n); ++i) {
                matrix.row(row)[group * m + m - 1 - i] = 1.0f;
            }
            const auto bad = sparsity::find_violation(matrix, pattern);
            REQUIRE(bad);
            REQUIRE(bad->row == row);
            REQUIRE(bad->first_column == group * m);
            REQUIRE_THROWS_AS(sparsity::compress(matrix, pattern), base::ConfigError);
        }
    }
}

TEST_CASE("sparsity: metadata survives encoding, reordering and the way back") {
    base::Random random(3);
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:4");
    for (int trial = 0; trial < 40; ++trial) {
        const std::size_t rows = 32 * (1 + random.below(4));
        const std::size_t columns = 32 * (1 + random.below(5));
        auto matrix = random_matrix<Half>(random, rows, columns);
        sparsity::prune(matrix, pattern);
        const auto compressed = sparsity::compress(matrix, pattern);
        const auto words = sparsity::encode_metadata(compressed.indices);
        REQUIRE(words.size() == rows * columns / 16);
        REQUIRE(sparsity::decode_metadata(words, columns / 16) == compressed.indices);
        const auto packed = sparsity::pack_indices(compressed.indices, pattern);
        REQUIRE(std::ranges::equal(packed, std::as_bytes(std::span(words))));

        const auto reordered = sparsity::reorder_metadata<std::uint16_t>(words, rows);
        REQUIRE(sparsity::restore_metadata<std::uint16_t>(reordered, rows) == words);
    }
}

#include "models/sparsity/prune.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "models/sparsity/check.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

using Half = std::uint16_t;

template <class E>
std::vector<E> pruned(std::vector<E> row, const char* pattern) {
    const std::size_t columns = row.size();
    sparsity::Dense<E> matrix{1, columns, std::move(row)};
    sparsity::prune(matrix, sparsity::find_pattern(pattern));
    return matrix.elements;
}

}  // namespace

TEST_CASE("prune: the two largest magnitudes of each group of four stay, whatever their sign") {
    CHECK(pruned<double>({1, -4, 3, 2, -0.1, 0.3, 0.2, -0.4}, "2:4") ==
          std::vector<double>{0, -4, 3, 0, 0, 0.3, 0, -0.4});
    CHECK(pruned<float>({1, -4, 3, 2}, "1:4") == std::vector<float>{0, -4, 0, 0});
    CHECK(pruned<float>({1, -4, 3, 2}, "1:2") == std::vector<float>{0, -4, 3, 0});
    CHECK(pruned<float>({1, 2, 3, 4, 5, 6, 7, 8}, "6:8") ==
          std::vector<float>{0, 0, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("prune: equal magnitudes keep the lower column") {
    CHECK(pruned<float>({1, 1, 1, 1}, "2:4") == std::vector<float>{1, 1, 0, 0});
    CHECK(pruned<float>({1, -2, 2, -2}, "2:4") == std::vector<float>{0, -2, 2, 0});
    CHECK(pruned<Half>({0xbc00, 0x3c00, 0x4000, 0x3c00}, "2:4") ==
          std::vector<Half>{0xbc00, 0, 0x4000, 0});
}

TEST_CASE("prune: a partial group at the end of a row counts as padded with zeros") {
    CHECK(pruned<float>({1, 2, 3, 4, 5}, "2:4") == std::vector<float>{0, 0, 3, 4, 5});
    CHECK(pruned<float>({1, 2, 3, 4, 7, 5, 6}, "2:4") == std::vector<float>{0, 0, 3, 4, 7, 0, 6});
    CHECK(pruned<float>({1, 2, 3}, "1:8") == std::vector<float>{0, 0, 3});
}

TEST_CASE("prune: groups begin anew in every row, also when K is ragged") {
    sparsity::Dense<float> matrix{2, 5, {1, 2, 3, 4, 5, 9, 8, 7, 6, 5}};
    sparsity::prune(matrix, sparsity::find_pattern("2:4"));
    CHECK(matrix.elements == std::vector<float>{0, 0, 3, 4, 5, 9, 8, 0, 0, 5});
}

TEST_CASE(
    "prune: f16 bits are ordered by magnitude, with NaN above infinity and subnormals above zero") {
    const Half nan = 0xfe01, infinity = 0x7c00, largest = 0xfbff, subnormal = 0x8001;
    CHECK(pruned<Half>({largest, infinity, nan, largest}, "2:4") ==
          std::vector<Half>{0, infinity, nan, 0});
    CHECK(pruned<Half>({0, subnormal, 0x8000, 0x0002}, "2:4") ==
          std::vector<Half>{0, subnormal, 0, 0x0002});
    // All NaN are equal, so the lower columns stay.
    CHECK(pruned<Half>({0x7c01, 0x7fff, nan, 0x7e00}, "2:4") ==
          std::vector<Half>{0x7c01, 0x7fff, 0, 0});
}

TEST_CASE("prune: NaN of float and double count as largest") {
    const float f =
        pruned<float>({std::numeric_limits<float>::infinity(), -std::nanf("")}, "1:2")[1];
    const double d =
        pruned<double>({std::numeric_limits<double>::infinity(), std::nan("")}, "1:2")[1];
    CHECK(f != f);
    CHECK(d != d);
}

TEST_CASE("prune: the report gives the retained share of the magnitude and counts zeros") {
    sparsity::Dense<float> matrix{1, 8, {1, -4, 3, 2, 0, 0, 0, -6}};
    const sparsity::PruneReport report = sparsity::prune(matrix, sparsity::find_pattern("2:4"));
    CHECK(report.retained_magnitude == 13.0 / 16.0);
    CHECK(report.kept == 3);
    CHECK(report.zeros == 5);
}

TEST_CASE("prune: the report stays a number with NaN, infinity, huge values or nothing at all") {
    const auto retained = [](std::vector<double> row) {
        const std::size_t columns = row.size();
        sparsity::Dense<double> matrix{1, columns, std::move(row)};
        return sparsity::prune(matrix, sparsity::find_pattern("1:2")).retained_magnitude;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const double huge = std::numeric_limits<double>::max();
    CHECK(retained({0, 0, 0, 0}) == 1.0);
    CHECK(retained({}) == 1.0);
    CHECK(retained({infinity, 1, 3, 0}) == 0.75);
    CHECK(retained({std::nan(""), 1, 3, 0}) == 0.75);
    CHECK(retained({huge, huge, huge, huge}) == 0.5);
}

TEST_CASE("check: the first group with too many nonzeros is named with its values") {
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:4");
    sparsity::Dense<Half> matrix{3, 6, std::vector<Half>(18, 0)};
    CHECK_FALSE(sparsity::find_violation(matrix, pattern));
    // Row 2: columns 0..3 hold 1, 0, -2, 0.5; the partial group 4..5 may hold two nonzeros.
    matrix.elements = {0, 0x3c00, 0, 0x3c00, 0x3c00, 0x3c00, 0x8000, 0x8000, 0x8000,
                       0, 0,      0, 0x3c00, 0,      0xc000, 0x3800, 0x3c00, 0x3c00};
    const auto bad = sparsity::find_violation(matrix, pattern);
    REQUIRE(bad);
    CHECK(bad->row == 2);
    CHECK(bad->first_column == 0);
    CHECK(bad->columns == 4);
    CHECK(bad->nonzeros == 3);
    CHECK_THROWS_WITH(sparsity::require_pattern(matrix, pattern, "weights.npy"),
                      Contains("weights.npy") && Contains("2:4") && Contains("row 2") &&
                          Contains("columns 0..3") && Contains("(1, 0, -2, 0.5)"));
    CHECK_THROWS_AS(sparsity::require_pattern(matrix, pattern, "A"), base::ConfigError);
}

TEST_CASE("check: a partial group with more nonzeros than the pattern keeps is a violation") {
    const sparsity::Dense<float> matrix{1, 6, {0, 1, 0, 1, 1, 1}};
    CHECK_FALSE(sparsity::find_violation(matrix, sparsity::find_pattern("2:4")));
    const auto bad = sparsity::find_violation(matrix, sparsity::find_pattern("1:4"));
    REQUIRE(bad);
    CHECK(bad->first_column == 0);
    const sparsity::Dense<float> tail{1, 6, {0, 1, 0, 0, 1, 1}};
    const auto last = sparsity::find_violation(tail, sparsity::find_pattern("1:4"));
    REQUIRE(last);
    CHECK(last->first_column == 4);
    CHECK(last->columns == 2);
}

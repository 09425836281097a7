#include "models/sparsity/units.hpp"

#include <catch2/catch.hpp>

using namespace sptc;

TEST_CASE("sparsity: of 4:8 in pairs the two pairs with the largest sum of |w| stay") {
    sparsity::Dense<double> a{1, 10, {1, -1, 7, 0, 3, 3, 0, 8, 5, 0}};
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:4");
    const auto report = sparsity::prune_units(a, pattern, 2);
    CHECK(a.elements == std::vector<double>{0, 0, 7, 0, 0, 0, 0, 8, 5, 0});
    CHECK(report.kept == 3);
    CHECK(report.retained_magnitude == Approx(20.0 / 28.0));

    const auto compressed = sparsity::compress_units(a, pattern, 2);
    CHECK(compressed.stored_columns == 8);
    CHECK(compressed.values == std::vector<double>{7, 0, 0, 8, 5, 0, 0, 0});
    CHECK(compressed.indices == std::vector<std::uint8_t>{1, 3, 0, 2});
}

TEST_CASE("sparsity: three nonzero pairs of eight elements are refused") {
    const sparsity::Dense<double> a{1, 8, {1, 0, 1, 0, 0, 1, 0, 0}};
    CHECK_THROWS_WITH(sparsity::compress_units(a, sparsity::find_pattern("2:4"), 2, "A"),
                      Catch::Contains("2:4"));
}

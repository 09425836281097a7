#include "models/types/value.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace sptc;
using types::DataType;

TEST_CASE("types: the nearest bits of an element's own value are the element's") {
    for (const DataType type : {DataType::kF16, DataType::kBf16, DataType::kTf32, DataType::kS8,
                                DataType::kU8, DataType::kS4, DataType::kU4, DataType::kB1}) {
        // tf32: the upper 16 bits, and the 3 fraction bits below.
        const int bits = type == DataType::kTf32 ? 19 : types::bits(type);
        const int ignored = type == DataType::kTf32 ? 13 : 0;
        for (std::uint64_t i = 0; i < std::uint64_t{1} << bits; ++i) {
            const double value = types::value_of(type, i << ignored);
            if (std::isnan(value)) continue;
            if (types::nearest_bits(type, value) != i << ignored) {
                FAIL(types::name(type) << " " << i);
            }
        }
    }
}

TEST_CASE("types: bf16, tf32 and f32 are rounded once, to nearest even") {
    using types::nearest_bits;
    CHECK(nearest_bits(DataType::kBf16, 1 + 0x1p-8) == 0x3f80);            // a tie, to even
    CHECK(nearest_bits(DataType::kBf16, 1 + 0x3p-8) == 0x3f82);            // a tie, to even
    CHECK(nearest_bits(DataType::kBf16, 1 + 0x1p-8 + 0x1p-40) == 0x3f81);  // above a tie of f64
    CHECK(nearest_bits(DataType::kBf16, 0x1.fffp127) == 0x7f80);           // overflows
    CHECK(nearest_bits(DataType::kBf16, -0.0) == 0x8000);
    CHECK(nearest_bits(DataType::kBf16, 0x1p-133) == 1);  // the smallest subnormal
    CHECK(nearest_bits(DataType::kBf16, 0x1p-134) == 0);  // a tie, to even
    CHECK(nearest_bits(DataType::kTf32, 1 + 0x1p-11) == 0x3f800000);
    CHECK(nearest_bits(DataType::kTf32, 1 + 0x3p-11) == 0x3f804000);
    CHECK(nearest_bits(DataType::kF32, 1 + 0x1p-24 + 0x1p-50) == 0x3f800001);
    CHECK(nearest_bits(DataType::kF32, -std::numeric_limits<double>::infinity()) == 0xff800000);
    CHECK(nearest_bits(DataType::kF32, std::nan("")) == 0x7fffffff);
    CHECK(types::integer_range(DataType::kS4).least == -8);
    CHECK(types::integer_range(DataType::kU8).greatest == 255);
}

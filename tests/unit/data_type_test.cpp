#include "models/types/data_type.hpp"

#include <catch2/catch.hpp>

using namespace sptc;

TEST_CASE("types: every f16 survives the way to f64 and back") {
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const bool nan = (half & 0x7fff) > 0x7c00;
        REQUIRE(types::f64_to_f16(types::f16_to_f64(half)) == (nan ? 0x7fff : half));
    }
}

TEST_CASE("types: f64 to f16 rounds to nearest even, once, with gradual underflow") {
    CHECK(types::f64_to_f16(0x1p-25) == 0x0000);
    CHECK(types::f64_to_f16(0x1.000001p-25) == 0x0001);
    CHECK(types::f64_to_f16(0x1.8p-24) == 0x0002);
    CHECK(types::f64_to_f16(1.0 + 0x1p-11) == 0x3c00);
    CHECK(types::f64_to_f16(1.0 + 0x3p-11) == 0x3c02);
    CHECK(types::f64_to_f16(65519.0) == 0x7bff);
    CHECK(types::f64_to_f16(65520.0) == 0x7c00);
    CHECK(types::f64_to_f16(-65520.0) == 0xfc00);
    CHECK(types::f64_to_f16(0x1.ffcp-15) == 0x0400);
}

#include "models/reference/number.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "models/reference/packed.hpp"
#include "tests/support/encode.hpp"

using namespace sptc;
using types::DataType;

namespace {

double value(DataType type, std::uint64_t bits) {
    return reference::to_f64(type, reference::decode(type, bits));
}

struct SmallFloat {
    DataType type;
    int exponent_bits, fraction_bits, bias;
};

}  // namespace

TEST_CASE("reference: decoding a float of at most 16 bits gives the value its encoding defines") {
    for (const auto& [type, exponent_bits, fraction_bits, bias] :
         {SmallFloat{DataType::kF16, 5, 10, 15}, SmallFloat{DataType::kBf16, 8, 7, 127},
          SmallFloat{DataType::kE5m2, 5, 2, 15}, SmallFloat{DataType::kE4m3, 4, 3, 7}}) {
        INFO(types::name(type));
        const std::uint32_t top = (1u << exponent_bits) - 1;
        const std::uint32_t sign = 1u << (exponent_bits + fraction_bits);
        for (std::uint32_t bits = 0; bits < sign; ++bits) {
            const std::uint32_t code = bits >> fraction_bits;
            const std::uint32_t fraction = bits & ((1u << fraction_bits) - 1);
            if (code == top && type != DataType::kE4m3) continue;
            if (type == DataType::kE4m3 && bits == 0x7f) continue;
            const double significand = code == 0 ? fraction : fraction + (1u << fraction_bits);
            const int exponent = (code == 0 ? 1 : static_cast<int>(code)) - bias - fraction_bits;
            REQUIRE(value(type, bits) == std::ldexp(significand, exponent));
            REQUIRE(value(type, bits | sign) == -std::ldexp(significand, exponent));
        }
    }
}

TEST_CASE("reference: e4m3 reaches 448 and has NaN but no infinity, e5m2 has both") {
    CHECK(value(DataType::kE4m3, 0x7e) == 448);
    CHECK(value(DataType::kE4m3, 0xf8) == -256);
    CHECK(std::isnan(value(DataType::kE4m3, 0x7f)));
    CHECK(std::isnan(value(DataType::kE4m3, 0xff)));
    CHECK(value(DataType::kE5m2, 0xfc) == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(value(DataType::kE5m2, 0x7d)));
    CHECK(value(DataType::kE5m2, 0x7b) == 57344);
}

TEST_CASE("reference: tf32 is an f32 without its low 13 bits") {
    CHECK(value(DataType::kTf32, 0x3f801fff) == 1);
    CHECK(value(DataType::kTf32, 0x3f802000) == 1 + 0x1p-10);
    CHECK(value(DataType::kTf32, 0x00002000) == 0x1p-136);
    CHECK(reference::decode(DataType::kTf32, 0x80001fff).zero());
    // A NaN whose payload is in the ignored bits is an infinity.
    CHECK(value(DataType::kTf32, 0x7f800001) == std::numeric_limits<double>::infinity());
    CHECK(std::isnan(value(DataType::kTf32, 0x7f802000)));
}

TEST_CASE("reference: decoding f32 and f64 gives what the processor holds") {
    for (const std::uint32_t bits : {0u, 1u, 0x007fffffu, 0x00800000u, 0x3f800001u, 0xc0490fdbu,
                                     0x7f7fffffu, 0x7f800000u, 0xff800000u}) {
        CHECK(value(DataType::kF32, bits) == static_cast<double>(std::bit_cast<float>(bits)));
    }
    for (const double number : {0.0, 5e-324, -2.2e-308, 2.2250738585072014e-308, 1.0, -0.1,
                                1.7976931348623157e308, -HUGE_VAL}) {
        CHECK(value(DataType::kF64, std::bit_cast<std::uint64_t>(number)) == number);
    }
}

TEST_CASE("reference: integers decode in two's complement") {
    CHECK(value(DataType::kS8, 0x80) == -128);
    CHECK(value(DataType::kU8, 0x80) == 128);
    CHECK(value(DataType::kS4, 0x8) == -8);
    CHECK(value(DataType::kS4, 0x7) == 7);
    CHECK(value(DataType::kU4, 0xf) == 15);
    CHECK(value(DataType::kB1, 1) == 1);
    CHECK(value(DataType::kS32, 0x80000000) == -2147483648.0);
    CHECK(value(DataType::kS32, 0xffffffff) == -1);
}

TEST_CASE("reference: elements of every width are packed from the low bits up") {
    std::vector<std::byte> bytes(2);
    reference::store_bits(DataType::kS4, bytes, 1, 0xa);
    reference::store_bits(DataType::kU4, bytes, 2, 0x5);
    CHECK(bytes == std::vector{std::byte{0xa0}, std::byte{0x05}});
    reference::store_bits(DataType::kB1, bytes, 3, 1);
    CHECK(bytes[0] == std::byte{0xa8});
    reference::store_bits(DataType::kB1, bytes, 3, 0);
    CHECK(bytes[0] == std::byte{0xa0});
    CHECK(reference::load_bits(DataType::kU4, bytes, 1) == 0xa);
    CHECK(reference::load_bits(DataType::kB1, bytes, 5) == 1);
    CHECK(reference::load_bits(DataType::kU16, bytes, 0) == 0x05a0);
    CHECK(reference::packed_bytes(DataType::kB1, 9) == 2);
    CHECK(reference::packed_bytes(DataType::kF64, 3) == 24);
}

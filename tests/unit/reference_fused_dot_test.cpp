// Expected bits: the rules of T-FDPA and the values that tell architectures apart, from MMA-Sim
// (arXiv 2511.10909) and the Leeds models (arXiv 2512.07004), for Ampere.
#include "models/reference/fused_dot.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/encode.hpp"

using namespace sptc;

namespace {

using types::DataType;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Product {
    double a;
    double b;
};

/// f16 on sm_80: groups of eight products.
reference::FdpaRules ampere(DataType accumulator) {
    return reference::fdpa_rules(isa::find_architecture("sm_80").fdpa, DataType::kF16,
                                 DataType::kF16, accumulator);
}

/// The same arithmetic on operands with f32's exponent range, to reach its ends; bf16 values are
/// such operands.
reference::FdpaRules ampere_wide() {
    reference::FdpaRules rules = ampere(DataType::kF32);
    rules.a = rules.b = reference::float_format(DataType::kF32);
    return rules;
}

/// Bits of the chain over `products`, padded with +0 to whole groups.
std::uint64_t dot(const reference::FdpaRules& rules, const std::vector<Product>& products,
                  std::uint64_t c_bits) {
    const auto group = static_cast<std::size_t>(rules.products);
    std::vector<reference::Number> a((products.size() + group - 1) / group * group);
    std::vector<reference::Number> b(a.size());
    for (std::size_t j = 0; j < products.size(); ++j) {
        a[j] = reference::decode(rules.a, test::encode(rules.a.type, products[j].a));
        b[j] = reference::decode(rules.b, test::encode(rules.b.type, products[j].b));
    }
    return reference::chained_dot_add(rules, a, b, c_bits);
}

std::uint64_t dot_f32(const std::vector<Product>& products, double c = 0) {
    const auto rules = ampere(DataType::kF32);
    return dot(rules, products, test::encode(rules.accumulator.type, c));
}
std::uint64_t dot_f16(const std::vector<Product>& products, double c = 0) {
    const auto rules = ampere(DataType::kF16);
    return dot(rules, products, test::encode(rules.accumulator.type, c));
}
std::uint64_t dot_wide(const std::vector<Product>& products, double c = 0) {
    const auto rules = ampere_wide();
    return dot(rules, products, test::encode(rules.accumulator.type, c));
}

/// +2^14 at `plus`, -2^14 at `minus`, 2^-11 at the other fourteen places.
std::vector<Product> cancelling_pair(std::size_t plus, std::size_t minus) {
    std::vector<Product> products(16, Product{0x1p-5, 0x1p-6});
    products[plus] = {0x1p7, 0x1p7};
    products[minus] = {-0x1p7, 0x1p7};
    return products;
}

}  // namespace

TEST_CASE("reference: rule 1: subnormals count, and align by the smallest exponent of their type") {
    CHECK(dot_f32({{0x1p-24, 1}}) == 0x33800000);
    // 2^-24 * 2^15 is 2^-9 but aligns as exponent -14 + 15 = 1, so that 2^-24 is below the last
    // kept bit 2^-23.
    CHECK(dot_f32({{0x1p-24, 0x1p15}, {0x1p-12, 0x1p-12}}) == 0x3b000000);
    CHECK(dot_f32({{0x1p-14, 0x1p5}, {0x1p-12, 0x1p-12}}) == 0x3b000100);
}

TEST_CASE("reference: rule 2: a product of 2 or more is aligned by the sum of exponents") {
    CHECK(dot_f32({{1.5, 1.5}, {-1.5, 1.5}, {0x1p-12, 0x1p-12}}) == 0x33800000);
    CHECK(dot_f32({{1.5, 1.5}, {-1.5, 1.5}, {0x1p-12, 0x1p-13}}) == 0x00000000);
}

TEST_CASE("reference: rule 2: a product neither overflows nor underflows") {
    CHECK(dot_wide({{0x1p127, 0x1p127}, {-0x1p127, 0x1p127}}) == 0);
    CHECK(dot_wide({{0x1p127, 0x1p127}}) == 0x7f800000);
    CHECK(dot_f16({{0x1p15, 0x1p15}, {-0x1p15, 0x1p15}}) == 0);
}

TEST_CASE(
    "reference: rule 3: NaN, 0 * Inf and opposite infinities give NaN, else an infinity wins") {
    CHECK(dot_f32({{kNan, 1}}) == 0x7fffffff);
    CHECK(dot_f32({{1, kNan}, {kInfinity, 1}}) == 0x7fffffff);
    CHECK(dot_f32({{1, 1}}, kNan) == 0x7fffffff);
    CHECK(dot_f32({{0, kInfinity}}) == 0x7fffffff);
    CHECK(dot_f32({{-kInfinity, 0}}) == 0x7fffffff);
    CHECK(dot_f32({{kInfinity, 1}, {kInfinity, -1}}) == 0x7fffffff);
    CHECK(dot_f32({{kInfinity, 1}}, -kInfinity) == 0x7fffffff);
    CHECK(dot_f32({{kInfinity, -0x1p-24}, {0x1p15, 0x1p15}}) == 0xff800000);
    CHECK(dot_f32({{1, 1}}, -kInfinity) == 0xff800000);
    CHECK(dot_f16({{-kInfinity, -kInfinity}}) == 0x7c00);
}

TEST_CASE("reference: rule 3: an infinity reaches the next group as its addend") {
    std::vector<Product> products(16, Product{1, 1});
    products[0] = {kInfinity, 1};
    CHECK(dot_f32(products) == 0x7f800000);
    products[15] = {-kInfinity, 1};
    CHECK(dot_f32(products) == 0x7fffffff);
    // f16 overflows after the first group, and the second cannot bring it back.
    std::vector<Product> overflowing(16);
    overflowing[0] = {0x1p15, 2};
    overflowing[8] = {-0x1p15, 2};
    CHECK(dot_f16(overflowing) == 0x7c00);
}

TEST_CASE("reference: rule 4: a zero product does not raise the common exponent") {
    CHECK(dot_f32({{0, 0x1p15}, {0x1p-12, 0x1p-12}}) == 0x33800000);
    CHECK(dot_f32({{0x1p-12, 0x1p-12}, {0x1p15, -0.0}}, -0.0) == 0x33800000);
}

TEST_CASE("reference: rule 5: terms are truncated toward zero, negative ones too") {
    const auto after_cancelling = [](double term) {
        return dot_f32({{0x1p7, 0x1p7}, {-0x1p7, 0x1p7}, {term, 0x1p-5}});
    };
    CHECK(after_cancelling(0.75 * 0x1p-5) == 0);  // the unit is 2^(14 - 24)
    CHECK(after_cancelling(-0.75 * 0x1p-5) == 0);
    CHECK(after_cancelling(1.5 * 0x1p-5) == 0x3a800000);
    CHECK(after_cancelling(-1.5 * 0x1p-5) == 0xba800000);
}

TEST_CASE("reference: rule 6: the order inside a group does not matter, the group does") {
    std::vector<Product> group{{0x1p7, 0x1p7}, {-0x1p7, 0x1p7}, {1.5, 1.25},   {-3, 0x1p-9},
                               {0x1p-14, 7},   {100, -0.3},     {0x1p-24, 11}, {5, 5}};
    const std::uint64_t expected = dot_f32(group, 0.1);
    const auto less = [](Product x, Product y) { return x.a * x.b < y.a * y.b; };
    std::sort(group.begin(), group.end(), less);
    int orders = 0;
    do {
        REQUIRE(dot_f32(group, 0.1) == expected);
    } while (++orders < 500 && std::next_permutation(group.begin(), group.end(), less));
    CHECK(orders == 500);
    CHECK(dot_f32(cancelling_pair(7, 3)) == dot_f32(cancelling_pair(0, 1)));
    CHECK(dot_f32(cancelling_pair(7, 8)) != dot_f32(cancelling_pair(6, 7)));
}

TEST_CASE(
    "reference: rule 7: f32 results are truncated, with gradual underflow and overflow to Inf") {
    CHECK(dot_f32({{0x1p-12, 0x1p-12}}, 1) == 0x3f800000);
    CHECK(dot_f32({{0x1p-12, 0x3p-12}}, 1) == 0x3f800001);  // nearest even would be 3f800002
    CHECK(dot_f32({{0x1p-12, -0x1p-12}}, 1) == 0x3f7fffff);
    CHECK(dot_f32({{0x1p-12, -0x3p-12}}, -1) == 0xbf800001);
    CHECK(dot_wide({{0x1p-100, 0x1p-49}, {0x1p-100, 0x1p-50}}) == 0x00000001);
    CHECK(dot_wide({{-0x1p-100, 0x1p-49}, {-0x1p-100, 0x1p-50}}) == 0x80000001);
    CHECK(dot_wide({{0x1p-100, 0x1p-27}, {0x1p-100, 0x1p-28}}) == 0x00600000);
    CHECK(dot_wide({{-0x1p127, 1}, {-0x1p127, 1}}) == 0xff800000);
}

TEST_CASE(
    "reference: rule 7: f16 results are rounded once to nearest even, with gradual underflow") {
    CHECK(dot_f16({{0x1p-12, 1}}, 1) == 0x3c00);
    CHECK(dot_f16({{0x1p-11, 1}}, 1) == 0x3c00);
    CHECK(dot_f16({{0x3p-11, 1}}, 1) == 0x3c02);
    CHECK(dot_f16({{0x1p-11, 1}, {0x1p-12, 0x1p-12}}, 1) == 0x3c01);
    CHECK(dot_f16({{0x1p-12, 0x3p-13}}) == 0x0002);
    CHECK(dot_f16({{1, 16}}, 65504) == 0x7c00);
    CHECK(dot_f16({{-1, 16}}, -65504) == 0xfc00);
    CHECK(dot_f16({{1, 15.9921875}}, 65504) == 0x7bff);
    CHECK(dot_f16({{0x1p-14, 1}, {-0x1p-13, 0x1p-13}}) ==
          0x0400);  // carries into the smallest normal
}

TEST_CASE("reference: rule 8: a zero sum is +0, whatever the signs of its terms") {
    CHECK(dot_f32({{-0.0, 1}, {1, -0.0}}, -0.0) == 0);
    CHECK(dot_f32({{3, -5}}, 15) == 0);
    CHECK(dot_f16({{-0.0, 1}}, -0.0) == 0);
}

TEST_CASE("reference: rule 8: a negative sum that rounds to zero keeps its sign (our reading)") {
    CHECK(dot_f16({{-0x1p-12, 0x1p-14}}) == 0x8000);
    CHECK(dot_wide({{-0x1p-100, 0x1p-50}}) == 0x80000000);
}

TEST_CASE("reference: rule 9: every NaN payload and sign gives the canonical NaN") {
    const auto f32 = ampere(DataType::kF32);
    for (const std::uint32_t nan : {0x7f800001u, 0x7fc00000u, 0xffc12345u, 0xff800001u}) {
        CHECK(dot(f32, {{1, 1}}, nan) == 0x7fffffff);
    }
    const auto f16 = ampere(DataType::kF16);
    for (const std::uint32_t nan : {0x7c01u, 0x7e00u, 0xfe12u, 0xfc01u}) {
        CHECK(dot(f16, {{1, 1}}, nan) == 0x7fff);
    }
}

TEST_CASE("reference: rule 7: fp8 units keep 13 fraction bits of an f32, and of the addend") {
    const auto rules = reference::fdpa_rules(isa::find_architecture("sm_89").fp8, DataType::kE4m3,
                                             DataType::kE4m3, DataType::kF32);
    CHECK(rules.products == 16);
    CHECK(dot(rules, {{1, 0x1p-6}, {1, 1}}, 0) == 0x3f820000);
    // Units of 2^-13: 2^-7 * 2^-7 = 2^-14 is lost, 2^-7 * 2^-6 is not.
    CHECK(dot(rules, {{0x1p-7, 0x1p-7}, {1, 1}}, 0) == 0x3f800000);
    CHECK(dot(rules, {{0x1p-7, 0x1p-6}, {1, 1}}, 0) == 0x3f800400);
    // The addend alone: 1 + 2^-13 + 2^-14 loses its last bit, toward zero.
    CHECK(dot(rules, {{0, 0}}, 0x3f800600) == 0x3f800400);
    CHECK(dot(rules, {{0, 0}}, 0xbf800600) == 0xbf800400);
    // 448 * 448 * 16 has 22 bits, of which 14 survive: 3211264 = 0x310000.
    CHECK(dot(rules, std::vector<Product>(16, Product{448, 448}), 0) == 0x4a440000);
    // The sum 1 + 2^-12 + ... carries to 2 + 3 * 2^-13, whose last bit has no place.
    CHECK(dot(rules, {{1, 1}, {1, 1}, {0x1p-7, 0x1p-6}, {0x1p-6, 0x1p-6}}, 0) == 0x40000400);
    CHECK(dot(rules, {{kNan, 1}}, 0) == 0x7fffffff);
}

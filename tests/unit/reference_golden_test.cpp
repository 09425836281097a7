// The values that tell architectures apart (MMA-Sim, arXiv 2511.10909; the Leeds models, arXiv
// 2512.07004), each through a whole instruction. Expected bits are those of the papers' rules
// worked out by hand.
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "tests/support/reference_item.hpp"

using namespace sptc;

namespace {

struct Product {
    double a;
    double b;
};
using Products = std::vector<Product>;

/// D[0][0] of products at k = 0, 1, ... and C[0][0] = c.
std::uint64_t d(std::string_view architecture, std::string_view ptx_name, const Products& products,
                double c = 0) {
    test::ReferenceItem item(test::form_of(ptx_name));
    REQUIRE(products.size() <= static_cast<std::size_t>(item.form().k_stored));
    for (int k = 0; k < static_cast<int>(products.size()); ++k) {
        item.set_a(0, k, products[static_cast<std::size_t>(k)].a);
        item.set_b(k, 0, products[static_cast<std::size_t>(k)].b);
    }
    item.set_c(0, 0, c);
    return item.d(architecture);
}

constexpr auto kVoltaF32 = "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32";
constexpr auto kVoltaF16 = "mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f16";
constexpr auto kF32 = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32";
constexpr auto kF16 = "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16";
constexpr auto kBf16 = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32";

/// +2^14 at `plus`, -2^14 at `minus`, 2^-11 at the other fourteen places.
Products cancelling_pair(std::size_t plus, std::size_t minus) {
    Products products(16, Product{0x1p-5, 0x1p-6});
    products[plus] = {0x1p7, 0x1p7};
    products[minus] = {-0x1p7, 0x1p7};
    return products;
}

}  // namespace

TEST_CASE("reference golden: the terms below 2^23 that survive count the fraction bits") {
    const Products products{{-0x1p13, 0x1p10}, {-0.5, 1}, {-0.25, 1}, {-0.125, 1}};
    CHECK(d("sm_70", kVoltaF32, products, 0x1p23) == 0x00000000);
    CHECK(d("sm_80", kF32, products, 0x1p23) == 0xbf000000);
    CHECK(d("sm_90", kF32, products, 0x1p23) == 0xbf400000);
}

TEST_CASE("reference golden: a cancelling pair shows which products are summed together") {
    CHECK(d("sm_80", kF32, cancelling_pair(0, 8)) == 0x00000000);
    CHECK(d("sm_90", kF32, cancelling_pair(0, 8)) == 0x3be00000);
    CHECK(d("sm_80", kF32, cancelling_pair(0, 1)) == 0x3b800000);
    CHECK(d("sm_90", kF32, cancelling_pair(0, 1)) == 0x3be00000);
}

TEST_CASE("reference golden: the floor of the exponent of f16 results") {
    const Products above_tie_44{{0x1p-11, 0x1p-14}, {0x1p-20, 0x1p-24}};
    const Products above_tie_45{{0x1p-11, 0x1p-14}, {0x1p-21, 0x1p-24}};
    CHECK(d("sm_70", kVoltaF16, above_tie_44) == 0x0000);
    CHECK(d("sm_80", kF16, above_tie_44) == 0x0001);
    CHECK(d("sm_90", kF16, above_tie_44) == 0x0001);
    CHECK(d("sm_70", kVoltaF16, above_tie_45) == 0x0000);
    CHECK(d("sm_80", kF16, above_tie_45) == 0x0000);
    CHECK(d("sm_90", kF16, above_tie_45) == 0x0001);
}

TEST_CASE("reference golden: the floor of the exponent of f32 results") {
    const Products minus_156{{0x1p-100, 0x1p-49}, {-0x1p-100, 0x1p-56}};
    const Products minus_157{{0x1p-100, 0x1p-49}, {-0x1p-100, 0x1p-57}};
    CHECK(d("sm_80", kBf16, minus_156) == 0x00000000);
    CHECK(d("sm_80", kBf16, minus_157) == 0x00000001);
    CHECK(d("sm_90", kBf16, minus_156) == 0x00000000);
    CHECK(d("sm_90", kBf16, minus_157) == 0x00000000);
}

TEST_CASE("reference golden: f32 overflows to infinity, from 2^128 on") {
    for (const auto* architecture : {"sm_80", "sm_90"}) {
        CHECK(d(architecture, kBf16, {{0x1p127, 1}, {0x1p127, 1}}) == 0x7f800000);
        CHECK(d(architecture, kBf16, {{0x1p127, 1}, {0x1p127, 1}, {-0x1p103, 1}}) == 0x7f7fffff);
    }
}

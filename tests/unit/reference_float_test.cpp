// Instructions of tf32, f64 and the f16 m8n8k4 against results worked out by hand.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <string>

#include "tests/support/reference_item.hpp"

using namespace sptc;
using test::ReferenceItem;

namespace {

ReferenceItem item_of(const std::string& ptx_name) {
    return ReferenceItem(test::form_of(ptx_name));
}

}  // namespace

TEST_CASE("reference tf32: the low 13 bits of an operand are ignored") {
    ReferenceItem item = item_of("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32");
    item.set_a_bits(0, 0, 0x3f801fff);  // 1 and a bit
    item.set_b_bits(0, 0, 0x40003fff);  // 2 + 2^-9 and a bit
    CHECK(item.d("sm_80") == 0x40002000);
    item.set_a_bits(0, 0, 0xff800fff);  // a NaN whose payload is ignored
    CHECK(item.d("sm_80") == 0xff800000);
    // C is a whole f32.
    item.set_a_bits(0, 0, 0);
    item.set_c_bits(0, 0, 0x3f801fff);
    CHECK(item.d("sm_80") == 0x3f801fff);
}

TEST_CASE("reference tf32 1:2: a code names the first or the second element of a pair") {
    ReferenceItem item = item_of("mma.sp.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32");
    for (int j = 0; j < 4; ++j) item.set_a(0, j, 1 << (4 * j));
    for (int k = 0; k < 8; ++k) item.set_b(k, 0, k);
    CHECK(item.d("sm_80") == test::encode(types::DataType::kF32, 0x6420));
    item.set_code(0, 0, 0xe);
    item.set_code(0, 3, 0xe);
    CHECK(item.d("sm_80") == test::encode(types::DataType::kF32, 0x7421));
}

TEST_CASE("reference f64: products are not rounded before they are added") {
    ReferenceItem item = item_of("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64");
    item.set_a(0, 0, 1 + 0x1p-30);
    item.set_b(0, 0, 1 + 0x1p-30);
    item.set_c(0, 0, -(1 + 0x1p-29));
    CHECK(item.d("sm_80") == 0x3c30000000000000);  // 2^-60; rounded first it would be 0
}

TEST_CASE("reference f64: each term is added in turn, k ascending, to nearest even") {
    ReferenceItem item = item_of("mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64");
    for (int k = 0; k < 16; ++k) item.set_b(k, 0, 1);
    item.set_a(0, 0, 0x1p53);
    item.set_a(0, 1, 1);
    item.set_a(0, 2, 1);
    item.set_a(0, 15, -0x1p53);
    CHECK(item.d("sm_90") == 0);  // 2^53 + 1 rounds to 2^53, twice
    item.set_a(0, 1, 3);
    item.set_a(0, 2, 0);
    CHECK(item.d("sm_90") == 0x4010000000000000);  // 2^53 + 3 rounds to 2^53 + 4
}

TEST_CASE("reference f64: subnormals, overflow, zeros and NaN are IEEE's, NaN canonical") {
    const auto d = [](double x, double y, double c) {
        ReferenceItem item = item_of("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64");
        for (int k = 1; k < 4; ++k) {  // terms of -0 leave every sum alone
            item.set_a(0, k, -0.0);
            item.set_b(k, 0, 1);
        }
        item.set_a(0, 0, x);
        item.set_b(0, 0, y);
        item.set_c(0, 0, c);
        return item.d("sm_80");
    };
    CHECK(d(0x1p-537, 0x1p-537, 0) == 1);
    CHECK(d(0x1p-537, 0x1p-538, 0) == 0);
    CHECK(d(-0x1p-537, 0x1p-538, 0) == 0x8000000000000000);
    CHECK(d(0x1.8p-537, 0x1p-537, 0) == 2);
    CHECK(d(0x1p-537, 0x1p-537, 0x1p-1022) == 0x0010000000000001);
    CHECK(d(0x1p1023, 2, 0) == 0x7ff0000000000000);
    CHECK(d(0x1p1023, -2, 0x1p1023) == 0xffe0000000000000);
    CHECK(d(-0.0, 1, -0.0) == 0x8000000000000000);
    CHECK(d(-0.0, 1, 0.0) == 0);
    CHECK(d(1, 1, -1) == 0);
    CHECK(d(HUGE_VAL, 0, 0) == 0x7ff8000000000000);
    CHECK(d(HUGE_VAL, 1, -HUGE_VAL) == 0x7ff8000000000000);
    CHECK(d(-std::nan("1"), 1, 0) == 0x7ff8000000000000);
    CHECK(d(-HUGE_VAL, 1, 1) == 0xfff0000000000000);
}

TEST_CASE("reference m8n8k4: four pairs of matrices are multiplied apart") {
    for (const auto* order : {"row.col", "row.row", "col.row", "col.col"}) {
        ReferenceItem item =
            item_of(std::string("mma.sync.aligned.m8n8k4.") + order + ".f32.f16.f16.f32");
        for (int q = 0; q < 4; ++q) {
            item.set_a(7, 3, q + 1, q);
            item.set_b(3, 2, 10 * (q + 1), q);
            item.set_c(7, 2, 0.5 * q, q);
            item.set_c(0, 0, -q, q);
        }
        for (int q = 0; q < 4; ++q) {
            const double expected = 10 * (q + 1) * (q + 1) + 0.5 * q;
            CHECK(item.d("sm_70", 7, 2, q) == test::encode(types::DataType::kF32, expected));
            CHECK(item.d("sm_70", 0, 0, q) == test::encode(types::DataType::kF32, q == 0 ? 0 : -q));
            CHECK(item.d("sm_70", 7, 3, q) == 0);
        }
    }
}

TEST_CASE("reference m8n8k4: Turing keeps one bit more than Volta") {
    ReferenceItem item = item_of("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32");
    const double a[] = {-0x1p13, -0.5, -0.25, -0.125};
    for (int k = 0; k < 4; ++k) {
        item.set_a(0, k, a[k]);
        item.set_b(k, 0, k == 0 ? 0x1p10 : 1);
    }
    item.set_c(0, 0, 0x1p23);
    CHECK(item.d("sm_70") == 0x00000000);
    CHECK(item.d("sm_75") == 0xbf000000);
}

TEST_CASE("reference m8n8k4: an f16 C of an f32 D is widened before it is aligned (our reading)") {
    ReferenceItem item = item_of("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f16");
    item.set_c_bits(0, 0, 0x0001);  // 2^-24, subnormal as f16, exponent -24 as f32
    CHECK(item.d("sm_70") == 0x33800000);
    item.set_a(0, 0, 0x1p-24);
    item.set_b(0, 0, 0x1p-14);
    CHECK(item.d("sm_70") == 0x33800200);
    item.set_c_bits(0, 0, 0xfc00);
    CHECK(item.d("sm_70") == 0xff800000);
    item.set_c_bits(0, 0, 0xfe01);
    CHECK(item.d("sm_70") == 0x7fffffff);
}

// fp8 instructions against results worked out by hand: native on Ada (sm_89) and sm_120, widened to
// f16 on Hopper (sm_90) and sm_100.
#include <catch2/catch.hpp>
#include <string>

#include "models/reference/dot_arithmetic.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;
using test::ReferenceItem;

namespace {

ReferenceItem item_of(const std::string& ptx_name) {
    return ReferenceItem(test::form_of(ptx_name));
}

}  // namespace

TEST_CASE("reference fp8: Ada keeps 13 fraction bits and sums 16 products at a time") {
    const std::string name = "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32";
    ReferenceItem lost = item_of(name);
    lost.set_a(0, 0, 1);
    lost.set_b(0, 0, 1);
    lost.set_a(0, 1, 0x1p-7);
    lost.set_b(1, 0, 0x1p-7);
    CHECK(lost.d("sm_89") == 0x3f800000);
    CHECK(lost.d("sm_90") == 0x3f800200);
    CHECK(lost.d("sm_120") == 0x3f800200);

    ReferenceItem addend = item_of(name);
    addend.set_c_bits(0, 0, 0x3f8007ff);
    CHECK(addend.d("sm_89") == 0x3f800400);
    CHECK(addend.d("sm_90") == 0x3f8007ff);
    CHECK(addend.d("sm_120") == 0x3f8007ff);

    ReferenceItem groups = item_of(name);
    for (const int k : {0, 1, 2, 16}) groups.set_b(k, 0, k < 2 ? 256 : 1);
    groups.set_a(0, 0, 256);
    groups.set_a(0, 1, -256);
    groups.set_a(0, 2, 1);   // below the unit 2^(16 - 13) of the first group
    groups.set_a(0, 16, 1);  // alone in the second
    CHECK(groups.d("sm_89") == 0x3f800000);
    CHECK(groups.d("sm_120") == 0x40000000);
}

TEST_CASE("reference fp8: Hopper widens to f16 and sums the lower pair of every four first") {
    ReferenceItem item = item_of("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
    item.set_a(0, 0, 256);
    item.set_b(0, 0, 256);
    item.set_a(0, 29, -256);  // 29 mod 4 = 1
    item.set_b(29, 0, 256);
    for (const int k : {2, 4, 15}) {  // 2^-10, below the unit 2^(16 - 25) of the pair's group
        item.set_a(0, k, 0x1p-5);
        item.set_b(k, 0, 0x1p-5);
    }
    CHECK(item.d("sm_90") == 0x3b000000);  // k = 2 and k = 15 survive: 2^-9
    CHECK(item.d("sm_100") == 0x3b000000);
    CHECK(item.d("sm_120") == 0);
}

TEST_CASE("reference fp8: Hopper adds C last, to nearest even") {
    ReferenceItem item = item_of("mma.sync.aligned.m16n8k16.row.col.f32.e4m3.e5m2.f32");
    for (const int k : {0, 6, 15}) {
        item.set_a(0, k, 1);
        item.set_b(k, 0, 1);
    }
    item.set_c(0, 0, 0x1p24);
    CHECK(item.d("sm_90") == 0x4b800002);  // 2^24 + 3: up to 2^24 + 4; one truncated sum gives + 2
    CHECK(item.d("sm_120") == 0x4b800001);
    item.set_c_bits(0, 0, 0xffc12345);
    CHECK(item.d("sm_90") == 0x7fffffff);
    item.set_c_bits(0, 0, 0xff800000);
    CHECK(item.d("sm_90") == 0xff800000);
    ReferenceItem zeros = item_of("mma.sync.aligned.m16n8k16.row.col.f32.e4m3.e5m2.f32");
    zeros.set_c(0, 0, -0.0);
    CHECK(zeros.d("sm_90") == 0);
}

TEST_CASE("reference fp8: with f16 results Hopper rounds three times") {
    const std::string name = "mma.sync.aligned.m16n8k32.row.col.f16.e5m2.e5m2.f16";
    ReferenceItem overflow = item_of(name);
    for (const int k : {0, 2}) {
        overflow.set_a(0, k, k == 0 ? 256 : -256);
        overflow.set_b(k, 0, 256);
    }
    CHECK(overflow.d("sm_90") == 0x7c00);  // infinite after the first half
    CHECK(overflow.d("sm_89") == 0);

    ReferenceItem ties = item_of(name);
    for (const int k : {0, 1, 2, 6}) {
        ties.set_a(0, k, k == 0 ? 1 : 0x1p-6);
        ties.set_b(k, 0, k == 0 ? 1 : 0x1p-5);
    }
    // 1 + 2^-11 ties to 1; then + 2^-10 gives 3c01; at once it would be 1 + 1.5 * 2^-10.
    CHECK(ties.d("sm_90") == 0x3c01);
    CHECK(ties.d("sm_120") == 0x3c02);
    ties.set_c(0, 0, 0x1p-11);
    CHECK(ties.d("sm_90") == 0x3c02);  // 1 + 1.5 * 2^-10 ties to even
    ties.set_c_bits(0, 0, 0xfe01);
    CHECK(ties.d("sm_90") == 0x7fff);
}

TEST_CASE("reference fp8: e4m3 has NaN but no infinity; e5m2 infinities go through") {
    ReferenceItem e4m3 = item_of("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
    e4m3.set_a_bits(0, 0, 0x7e);
    e4m3.set_b_bits(0, 0, 0xfe);
    ReferenceItem e5m2 = item_of("mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e4m3.f32");
    e5m2.set_a_bits(0, 0, 0xfc);
    e5m2.set_b_bits(0, 0, 0x01);
    for (const auto* architecture : {"sm_89", "sm_90", "sm_120"}) {
        CHECK(e4m3.d(architecture) == 0xc8440000);  // -448^2
        CHECK(e5m2.d(architecture) == 0xff800000);
    }
    e4m3.set_a_bits(0, 0, 0xff);
    for (const auto* architecture : {"sm_89", "sm_90", "sm_120"}) {
        CHECK(e4m3.d(architecture) == 0x7fffffff);
    }
}

TEST_CASE("reference fp8: a subnormal keeps its exponent on Ada, and is normal as f16 on Hopper") {
    const isa::MmaForm& form = test::form_of("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
    const auto smallest = [&](const char* architecture) {
        return reference::DotArithmetic(form, isa::find_architecture(architecture),
                                        isa::kDefaultPartition)
            .decode_a(0x01);
    };
    CHECK(smallest("sm_89").exponent == -6);
    CHECK(smallest("sm_89").significand == 1);
    CHECK(smallest("sm_90").exponent == -9);
    CHECK(smallest("sm_90").significand == 0x400);
}

// Instructions of integers and bits against results worked out by hand.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "tests/support/reference_item.hpp"

using namespace sptc;
using test::ReferenceItem;

namespace {

ReferenceItem item_of(const std::string& ptx_name) {
    return ReferenceItem(test::form_of(ptx_name));
}

/// D[0][0] of a[0][k] * b[k][0] = x * y for one k and a c given as bits.
std::uint64_t one_product(const std::string& ptx_name, double x, double y, std::uint64_t c = 0) {
    ReferenceItem item = item_of(ptx_name);
    item.set_a(0, 3, x);
    item.set_b(3, 0, y);
    item.set_c_bits(0, 0, c);
    return item.d("sm_80");
}

}  // namespace

TEST_CASE("reference integers: signed and unsigned elements mix") {
    const auto dense = [](const char* a, const char* b) {
        return std::string("mma.sync.aligned.m16n8k32.row.col.s32.") + a + "." + b + ".s32";
    };
    CHECK(one_product(dense("s8", "s8"), -128, -128) == 16384);
    CHECK(one_product(dense("u8", "s8"), 255, -128) == 0xffff8080);
    CHECK(one_product(dense("s8", "u8"), -128, 255) == 0xffff8080);
    CHECK(one_product(dense("u8", "u8"), 255, 255) == 65025);
    CHECK(one_product("mma.sync.aligned.m16n8k64.row.col.s32.s4.u4.s32", -8, 15) == 0xffffff88);
    CHECK(one_product("mma.sync.aligned.m16n8k64.row.col.s32.u4.s4.s32", 15, -8) == 0xffffff88);
    CHECK(one_product("mma.sync.aligned.m16n8k64.row.col.s32.u4.u4.s32", 15, 15) == 225);
}

TEST_CASE("reference integers: a sum wraps, and with .satfinite clamps at both ends") {
    const std::string wrapping = "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32";
    const std::string clamping = "mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32";
    CHECK(one_product(wrapping, 10, 10, 0x7ffffff5) == 0x80000059);
    CHECK(one_product(clamping, 10, 10, 0x7ffffff5) == 0x7fffffff);
    CHECK(one_product(wrapping, 10, -10, 0x8000000a) == 0x7fffffa6);
    CHECK(one_product(clamping, 10, -10, 0x8000000a) == 0x80000000);
    CHECK(one_product(clamping, 1, 10, 0x7ffffff5) == 0x7fffffff);
    CHECK(one_product(clamping, 1, 9, 0x7ffffff5) == 0x7ffffffe);
}

TEST_CASE("reference integers: .satfinite clamps once, after the whole sum") {
    ReferenceItem item = item_of("mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32");
    for (int k = 0; k < 32; ++k) {
        item.set_a(0, k, k < 16 ? 100 : -100);
        item.set_b(k, 0, 100);
    }
    item.set_c_bits(0, 0, 0x7ffffff5);
    CHECK(item.d("sm_80") == 0x7ffffff5);
}

TEST_CASE("reference 4:8: a 4-bit index names a pair of adjacent elements") {
    ReferenceItem item = item_of("mma.sp.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32");
    const double stored[] = {1, 2, 3, -8};
    for (int j = 0; j < 4; ++j) item.set_a(0, 4 + j, stored[j]);  // chunk 1: columns 8 .. 15
    for (int k = 0; k < 8; ++k) item.set_b(8 + k, 0, k);
    const auto with_code = [&](unsigned code) {
        item.set_code(0, 1, code);
        return static_cast<std::int32_t>(item.d("sm_80"));
    };
    CHECK(with_code(0x9) == 1 * 2 + 2 * 3 + 3 * 4 - 8 * 5);  // pairs 1 and 2
    CHECK(with_code(0xc) == 1 * 0 + 2 * 1 + 3 * 6 - 8 * 7);  // pairs 0 and 3
    CHECK(with_code(0x6) == 1 * 4 + 2 * 5 + 3 * 2 - 8 * 3);  // pairs 2 and 1
    CHECK(with_code(0x5) == 1 * 2 + 2 * 3 + 3 * 2 - 8 * 3);  // pair 1 twice
}

TEST_CASE("reference b1: and counts common ones, xor differing bits, both modulo 2^32") {
    const auto count = [](const std::string& operation, std::uint64_t c) {
        ReferenceItem item =
            item_of("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32." + operation + ".popc");
        for (int k = 100; k < 110; ++k) item.set_a(0, k, 1);
        for (int k = 105; k < 118; ++k) item.set_b(k, 0, 1);
        item.set_c_bits(0, 0, c);
        return item.d("sm_80");
    };
    CHECK(count("and", 0) == 5);
    CHECK(count("xor", 0) == 13);
    CHECK(count("and", 0xffffffff) == 4);
    CHECK(count("xor", 0x7fffffff) == 0x8000000c);
}

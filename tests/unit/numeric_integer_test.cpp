// Integer and b1 forms: exact sums, wrapped or saturated (PTX ISA, warp-level mma).
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/one_element.hpp"

using namespace sptc;
using test::OneElement;

namespace {

using Bits = std::vector<std::uint64_t>;

std::uint64_t s32(std::int64_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

TEST_CASE("numeric: s8 and u8 mix in every way") {
    const auto run = [](std::string_view types) {
        const std::string name =
            "mma.sync.aligned.m16n8k32.row.col.s32." + std::string(types) + ".s32";
        return OneElement{"sm_80", name}(Bits(32, 0x80), Bits(32, 0xff), 5);
    };
    CHECK(run("s8.s8") == s32(32 * -128 * -1 + 5));
    CHECK(run("s8.u8") == s32(32 * -128 * 255 + 5));
    CHECK(run("u8.s8") == s32(32 * 128 * -1 + 5));
    CHECK(run("u8.u8") == s32(32 * 128 * 255 + 5));
}

TEST_CASE("numeric: s4 and u4 mix in every way") {
    const auto run = [](std::string_view types) {
        const std::string name =
            "mma.sync.aligned.m16n8k64.row.col.s32." + std::string(types) + ".s32";
        return OneElement{"sm_80", name}(Bits(64, 0x8), Bits(64, 0xf), -7);
    };
    CHECK(run("s4.s4") == s32(64 * -8 * -1 - 7));
    CHECK(run("s4.u4") == s32(64 * -8 * 15 - 7));
    CHECK(run("u4.s4") == s32(64 * 8 * -1 - 7));
    CHECK(run("u4.u4") == s32(64 * 8 * 15 - 7));
}

TEST_CASE("numeric: integers wrap, or saturate once with .satfinite") {
    const OneElement wraps{"sm_80", "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32"};
    const OneElement clamps{"sm_80", "mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32"};
    CHECK(wraps({100}, {1}, 0x7ffffff0) == 0x80000054);
    CHECK(clamps({100}, {1}, 0x7ffffff0) == 0x7fffffff);
    CHECK(wraps({100}, {0xff}, 0x80000010) == 0x7fffffac);
    CHECK(clamps({100}, {0xff}, 0x80000010) == 0x80000000);
    // The sum leaves the range on the way, and comes back.
    CHECK(clamps({100, 100}, {1, 0xff}, 0x7ffffff0) == 0x7ffffff0);
    CHECK(clamps({1}, {15}, 0x7ffffff0) == 0x7fffffff);
}

TEST_CASE("numeric: two slots of a row may select the same row of B") {
    const isa::MmaForm& form =
        *isa::parse_mma("mma.sp.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32").form;
    const numeric::MmaArithmetic arithmetic(isa::find_architecture("sm_80"), form,
                                            isa::kDefaultPartition, numeric::choose_simd());
    numeric::OperandFragment a{}, b{}, c{}, d{};
    numeric::SelectedRows rows{};
    numeric::set_element(a, numeric::a_place(16, 8, 9, 0), 8, 3);
    numeric::set_element(a, numeric::a_place(16, 8, 9, 1), 8, 0xfe);  // -2
    numeric::set_element(b, numeric::b_place(8, 31, 6), 8, 200);
    rows.row[9][0] = rows.row[9][1] = 31;
    arithmetic.instruction(a, b, rows, c, d);
    CHECK(numeric::element(d, numeric::c_place(32, 9, 6), 32) == 200);
}

TEST_CASE("numeric: b1 counts the ones of and, and of xor") {
    Bits a(256, 0);
    Bits b(256, 0);
    for (std::size_t k = 0; k < 256; ++k) {
        a[k] = k % 3 == 0;  // 86
        b[k] = k % 5 == 0;  // 52, of which 18 in a
    }
    const OneElement count_and{"sm_80",
                               "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc"};
    const OneElement count_xor{"sm_80",
                               "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.xor.popc"};
    CHECK(count_and(a, b, 1000) == 1018);
    CHECK(count_xor(a, b, 1000) == 1102);
    CHECK(count_xor(a, b, 0xffffffff) == 101);
}

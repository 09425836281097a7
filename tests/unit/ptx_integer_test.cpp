#include <catch2/catch.hpp>

#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::evaluate;
using Values = std::vector<std::uint64_t>;

namespace {

constexpr std::uint64_t kOnes32 = 0xffffffffu;
constexpr std::uint64_t kOnes64 = ~0ull;

}  // namespace

TEST_CASE("ptx: 32-bit add, sub and mul.lo wrap") {
    CHECK(evaluate("add.u32 %d32, %a32, %b32;", {{5, 7}, {kOnes32, 1}, {0x80000000, 0x80000000}}) ==
          Values{12, 0, 0});
    CHECK(evaluate("sub.s32 %d32, %a32, %b32;", {{5, 7}, {0x80000000, 1}}) ==
          Values{0xfffffffe, 0x7fffffff});
    CHECK(evaluate("mul.lo.s32 %d32, %a32, %b32;", {{0x10001, 0x10001}, {kOnes32, kOnes32}}) ==
          Values{0x20001, 1});
    CHECK(evaluate("add.s32 %d32, %a32, -3;", {{1}, {10}}) == Values{0xfffffffe, 7});
}

TEST_CASE("ptx: 16- and 64-bit add, sub and mul.lo wrap") {
    CHECK(evaluate("add.u16 %d16, %a16, %b16;", {{0xffff, 2}}) == Values{1});
    CHECK(evaluate("mul.lo.u16 %d16, %a16, %b16;", {{0xffff, 0xffff}}) == Values{1});
    CHECK(evaluate("sub.u64 %d64, %a64, %b64;", {{0, 1}}) == Values{kOnes64});
    CHECK(evaluate("mul.lo.u64 %d64, %a64, %b64;", {{0x100000001, 0x100000001}}) ==
          Values{0x200000001});
}

TEST_CASE("ptx: mul.hi, mul.wide and mad follow the signedness of the type") {
    CHECK(evaluate("mul.hi.u32 %d32, %a32, %b32;", {{kOnes32, kOnes32}}) == Values{0xfffffffe});
    CHECK(evaluate("mul.hi.s32 %d32, %a32, %b32;", {{kOnes32, kOnes32}, {kOnes32, 1}}) ==
          Values{0, kOnes32});
    CHECK(evaluate("mul.hi.u64 %d64, %a64, %b64;", {{kOnes64, kOnes64}}) == Values{kOnes64 - 1});
    CHECK(evaluate("mul.hi.s64 %d64, %a64, %b64;", {{kOnes64, 5}}) == Values{kOnes64});
    CHECK(evaluate("mul.wide.u32 %d64, %a32, %b32;", {{kOnes32, 2}}) == Values{0x1fffffffe});
    CHECK(evaluate("mul.wide.s32 %d64, %a32, %b32;", {{kOnes32, 2}}) == Values{kOnes64 - 1});
    CHECK(evaluate("mul.wide.s16 %d32, %a16, %b16;", {{0xffff, 3}}) == Values{0xfffffffd});
    CHECK(evaluate("mad.lo.s32 %d32, %a32, %b32, %c32;", {{7, 6, 8}, {kOnes32, 5, 3}}) ==
          Values{50, 0xfffffffe});
    CHECK(evaluate("mad.wide.s32 %d64, %a32, %b32, %c64;", {{kOnes32, 5, 3}}) ==
          Values{kOnes64 - 1});
    CHECK(evaluate("mad.wide.u32 %d64, %a32, 4, %c64;", {{kOnes32, 0, 1}}) == Values{0x3fffffffd});
}

TEST_CASE("ptx: min, max, neg and abs follow the signedness of the type") {
    CHECK(evaluate("min.u32 %d32, %a32, %b32;", {{kOnes32, 1}}) == Values{1});
    CHECK(evaluate("min.s32 %d32, %a32, %b32;", {{kOnes32, 1}}) == Values{kOnes32});
    CHECK(evaluate("max.u64 %d64, %a64, %b64;", {{kOnes64, 1}}) == Values{kOnes64});
    CHECK(evaluate("max.s64 %d64, %a64, %b64;", {{kOnes64, 1}}) == Values{1});
    CHECK(evaluate("neg.s32 %d32, %a32;", {{1}, {0x80000000}}) == Values{kOnes32, 0x80000000});
    CHECK(evaluate("abs.s32 %d32, %a32;", {{kOnes32}, {7}, {0x80000000}}) ==
          Values{1, 7, 0x80000000});
}

TEST_CASE("ptx: division truncates and its overflow cases do not trap") {
    CHECK(evaluate("div.u32 %d32, %a32, %b32;", {{100, 7}, {kOnes32, 2}, {5, 0}}) ==
          Values{14, 0x7fffffff, kOnes32});
    CHECK(evaluate("div.s32 %d32, %a32, %b32;", {{kOnes32 - 6, 2}, {0x80000000, kOnes32}}) ==
          Values{kOnes32 - 2, 0x80000000});
    CHECK(evaluate("rem.s32 %d32, %a32, %b32;", {{kOnes32 - 6, 2}, {0x80000000, kOnes32}}) ==
          Values{kOnes32, 0});
    CHECK(evaluate("rem.u64 %d64, %a64, %b64;", {{1ull << 40, 1000}, {5, 0}}) ==
          Values{(1ull << 40) % 1000, 5});
}

TEST_CASE("ptx: logic and shifts; amounts beyond the width shift everything out") {
    CHECK(evaluate("and.b32 %d32, %a32, %b32;", {{0xff00ff00, 0x0ff00ff0}}) == Values{0x0f000f00});
    CHECK(evaluate("or.b64 %d64, %a64, %b64;", {{0xff00000000, 1}}) == Values{0xff00000001});
    CHECK(evaluate("xor.b16 %d16, %a16, %b16;", {{0xffff, 0x0ff0}}) == Values{0xf00f});
    CHECK(evaluate("not.b32 %d32, %a32;", {{1}}) == Values{0xfffffffe});
    CHECK(evaluate("shl.b32 %d32, %a32, %b32;", {{1, 31}, {1, 32}, {3, 31}}) ==
          Values{0x80000000, 0, 0x80000000});
    CHECK(evaluate("shr.u32 %d32, %a32, %b32;", {{0x80000000, 31}, {0x80000000, 40}}) ==
          Values{1, 0});
    CHECK(evaluate("shr.s32 %d32, %a32, %b32;", {{0x80000000, 31}, {0x80000000, 40}}) ==
          Values{kOnes32, kOnes32});
    CHECK(evaluate("shr.s64 %d64, %a64, 4;", {{1ull << 63}}) == Values{0xf800000000000000});
    CHECK(evaluate("shl.b16 %d16, %a16, 4;", {{0x1234}}) == Values{0x2340});
}

TEST_CASE("ptx: lop3 applies its truth table") {
    // PTX ISA: F(a, b, c) is given by F(0xf0, 0xcc, 0xaa).
    const std::uint64_t a = 0x12345678;
    const std::uint64_t b = 0x9abcdef0;
    const std::uint64_t c = 0x0f1e2d3c;
    CHECK(evaluate("lop3.b32 %d32, %a32, %b32, %c32, 0x80;", {{a, b, c}}) == Values{a & b & c});
    CHECK(evaluate("lop3.b32 %d32, %a32, %b32, %c32, 0xfe;", {{a, b, c}}) == Values{a | b | c});
    CHECK(evaluate("lop3.b32 %d32, %a32, %b32, %c32, 0x96;", {{a, b, c}}) == Values{a ^ b ^ c});
    CHECK(evaluate("lop3.b32 %d32, %a32, %b32, %c32, 0x6a;", {{a, b, c}}) == Values{(a & b) ^ c});
    CHECK(evaluate("lop3.b32 %d32, %a32, %b32, %c32, 0x40;", {{a, b, c}}) ==
          Values{a & b & ~c & kOnes32});
}

TEST_CASE("ptx: bit counting, fields and permutation") {
    CHECK(evaluate("popc.b32 %d32, %a32;", {{0xf0f0}, {kOnes32}}) == Values{8, 32});
    CHECK(evaluate("popc.b64 %d32, %a64;", {{kOnes64}}) == Values{64});
    CHECK(evaluate("clz.b32 %d32, %a32;", {{1}, {0}, {0x80000000}}) == Values{31, 32, 0});
    CHECK(evaluate("brev.b32 %d32, %a32;", {{1}, {0x80000001}}) == Values{0x80000000, 0x80000001});
    CHECK(evaluate("bfe.u32 %d32, %a32, 8, 8;", {{0x12345678}}) == Values{0x56});
    CHECK(evaluate("bfe.s32 %d32, %a32, 8, 8;", {{0x1234f678}}) == Values{0xfffffff6});
    CHECK(evaluate("bfe.s32 %d32, %a32, 28, 8;", {{0x80000000}}) == Values{0xfffffff8});
    CHECK(evaluate("bfe.u32 %d32, %a32, 0, 32;", {{0x80000001}}) == Values{0x80000001});
    CHECK(evaluate("bfi.b32 %d32, %a32, %b32, 4, 8;", {{0xff, 0}, {0, kOnes32}}) ==
          Values{0xff0, 0xfffff00f});
    CHECK(evaluate("bfi.b32 %d32, %a32, %b32, 0, 32;", {{5, 6}}) == Values{5});
    CHECK(evaluate("prmt.b32 %d32, %a32, %b32, 0x7610;", {{0x33221100, 0x77665544}}) ==
          Values{0x77661100});
    CHECK(evaluate("prmt.b32 %d32, %a32, %b32, 0x0008;", {{0x80, 0}}) == Values{0x808080ff});
    CHECK(evaluate("shf.l.wrap.b32 %d32, %a32, %b32, 8;", {{0x12345678, 0x9abcdef0}}) ==
          Values{0xbcdef012});
}

TEST_CASE("ptx: integer cvt truncates, extends and saturates") {
    CHECK(evaluate("cvt.s64.s32 %d64, %a32;", {{0x80000000}}) == Values{0xffffffff80000000});
    CHECK(evaluate("cvt.u64.u32 %d64, %a32;", {{0x80000000}}) == Values{0x80000000});
    CHECK(evaluate("cvt.u32.u64 %d32, %a64;", {{0x123456789}}) == Values{0x23456789});
    CHECK(evaluate("cvt.s32.s8 %d32, %a32;", {{0x1ff}, {0x7f}}) == Values{kOnes32, 0x7f});
    CHECK(evaluate("cvt.u16.u32 %d16, %a32;", {{0x12345}}) == Values{0x2345});
    CHECK(evaluate("cvt.s32.s16 %d32, %a16;", {{0x8000}}) == Values{0xffff8000});
    CHECK(evaluate("cvt.sat.u8.s32 %d32, %a32;", {{kOnes32}, {300}, {7}}) == Values{0, 255, 7});
    CHECK(evaluate("cvt.sat.s8.s32 %d32, %a32;", {{kOnes32 - 999}, {300}}) ==
          Values{0xffffff80, 127});
}

TEST_CASE("ptx: mov packs and unpacks register pairs") {
    CHECK(evaluate("mov.b64 %d64, {%a32, %b32};", {{1, 2}}) == Values{0x200000001});
    CHECK(evaluate("mov.b64 {%e32, %d32}, %a64;", {{0x500000006}}) == Values{5});
    CHECK(evaluate("mov.b32 %d32, {%a16, %b16};", {{0x1111, 0x2222}}) == Values{0x22221111});
    CHECK(evaluate("mov.b32 {%d16, %e16}, %a32;", {{0xaaaabbbb}}) == Values{0xbbbb});
}

TEST_CASE("ptx: setp compares by type and combines with a third predicate") {
    const auto compare = [](const std::string& setp, std::uint64_t a, std::uint64_t b) {
        return evaluate(setp + " selp.u32 %d32, 1, 0, %p;", {{a, b}}).front() == 1;
    };
    CHECK(compare("setp.lt.s32 %p, %a32, %b32;", kOnes32, 0));
    CHECK_FALSE(compare("setp.lt.u32 %p, %a32, %b32;", kOnes32, 0));
    CHECK(compare("setp.hi.u32 %p, %a32, %b32;", kOnes32, 0));
    CHECK(compare("setp.ge.s64 %p, %a64, -1;", kOnes64, 0));
    CHECK(compare("setp.ne.b16 %p, %a16, %b16;", 0x10001, 0));
    CHECK(compare("setp.le.u64 %p, %a64, %b64;", 3, 3));
    const std::string both = "setp.gt.u32 %q, %b32, 10; setp.lt.and.u32 %p, %a32, %b32, %q;";
    CHECK(compare(both, 5, 11));
    CHECK_FALSE(compare(both, 5, 9));
    CHECK(compare("setp.gt.u32 %q, %b32, 10; setp.lt.or.u32 %p, %a32, %b32, !%q;", 9, 9));
    CHECK(compare("setp.eq.u32 %q|%p, %a32, %b32;", 1, 2));
    CHECK_FALSE(compare("setp.eq.u32 %q|%p, %a32, %b32;", 2, 2));
}

TEST_CASE("ptx: predicate logic") {
    const auto of = [](const std::string& logic, std::uint64_t a, std::uint64_t b) {
        return evaluate("setp.ne.u32 %p, %a32, 0; setp.ne.u32 %q, %b32, 0; " + logic +
                            " selp.u32 %d32, 1, 0, %p;",
                        {{a, b}})
            .front();
    };
    for (std::uint64_t a : {0, 1}) {
        for (std::uint64_t b : {0, 1}) {
            CHECK(of("and.pred %p, %p, %q;", a, b) == (a & b));
            CHECK(of("or.pred %p, %p, %q;", a, b) == (a | b));
            CHECK(of("xor.pred %p, %p, %q;", a, b) == (a ^ b));
            CHECK(of("not.pred %p, %q;", a, b) == 1 - b);
            CHECK(of("mov.pred %p, %q;", a, b) == b);
        }
    }
}

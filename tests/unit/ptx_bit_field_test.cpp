#include <catch2/catch.hpp>

#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::evaluate;
using Values = std::vector<std::uint64_t>;

namespace {

constexpr std::uint64_t kOnes32 = 0xffffffffu;

}  // namespace

// Expected values: PTX ISA, the pseudo-code of each instruction.

TEST_CASE("ptx: bfind finds the highest bit that is not the sign") {
    CHECK(evaluate("bfind.u32 %d32, %a32;", {{0}, {1}, {0x80000000}, {0x00012345}}) ==
          Values{kOnes32, 0, 31, 16});
    CHECK(evaluate("bfind.s32 %d32, %a32;", {{0}, {kOnes32}, {0xfffffffe}, {0x7fffffff}}) ==
          Values{kOnes32, kOnes32, 0, 30});
    CHECK(evaluate("bfind.shiftamt.u32 %d32, %a32;", {{0}, {1}, {0x80000000}}) ==
          Values{kOnes32, 31, 0});
    CHECK(evaluate("bfind.u64 %d32, %a64;", {{0}, {1ull << 40}}) == Values{kOnes32, 40});
    CHECK(evaluate("bfind.shiftamt.s64 %d32, %a64;", {{~0ull << 10}, {1}}) == Values{54, 63});
}

TEST_CASE("ptx: fns finds the n-th set bit up or down from a base") {
    // mask 0b1011_0010: bits 1, 4, 5, 7
    const std::uint64_t mask = 0xb2;
    CHECK(evaluate("fns.b32 %d32, %a32, %b32, %c32;", {{mask, 0, 1},
                                                       {mask, 0, 4},
                                                       {mask, 0, 5},
                                                       {mask, 5, 1},
                                                       {mask, 5, kOnes32},
                                                       {mask, 6, kOnes32},
                                                       {mask, 7, 0xfffffffd},
                                                       {mask, 4, 0},
                                                       {mask, 3, 0}}) ==
          Values{1, 7, kOnes32, 5, 5, 5, 4, 4, kOnes32});
}

TEST_CASE("ptx: bmsk makes a mask that clamps or wraps") {
    CHECK(evaluate("bmsk.clamp.b32 %d32, %a32, %b32;",
                   {{4, 8}, {0, 32}, {28, 8}, {32, 1}, {3, 0}, {0, 40}}) ==
          Values{0xff0, kOnes32, 0xf0000000, 0, 0, kOnes32});
    CHECK(evaluate("bmsk.wrap.b32 %d32, %a32, %b32;", {{4, 8}, {0, 32}, {33, 2}, {28, 8}}) ==
          Values{0xff0, 0, 6, 0xf0000000});
}

TEST_CASE("ptx: szext extends a field by its sign or by zeros") {
    CHECK(evaluate("szext.clamp.s32 %d32, %a32, %b32;",
                   {{0xff, 8}, {0x7f, 8}, {0xff, 0}, {0x12345678, 32}, {0x12345678, 99}}) ==
          Values{kOnes32, 0x7f, 0, 0x12345678, 0x12345678});
    CHECK(evaluate("szext.clamp.u32 %d32, %a32, %b32;", {{0xfff, 8}}) == Values{0xff});
    CHECK(evaluate("szext.wrap.u32 %d32, %a32, %b32;", {{0xfff, 40}, {0xfff, 32}}) ==
          Values{0xff, 0});
    CHECK(evaluate("szext.wrap.s32 %d32, %a32, %b32;", {{0x80, 40}}) == Values{0xffffff80});
}

TEST_CASE("ptx: prmt's modes pick bytes as the ISA's table says") {
    const std::uint64_t a = 0x33221100;  // byte i is 0x11 * i, in a and b together
    const std::uint64_t b = 0x77665544;
    const auto of = [&](const std::string& mode) {
        return evaluate("prmt.b32" + mode + " %d32, %a32, %b32, %c32;",
                        {{a, b, 0}, {a, b, 1}, {a, b, 2}, {a, b, 7}});
    };
    CHECK(of(".f4e") == Values{0x33221100, 0x44332211, 0x55443322, 0x66554433});
    CHECK(of(".b4e") == Values{0x55667700, 0x66770011, 0x77001122, 0x00112233});
    CHECK(of(".rc8") == Values{0x00000000, 0x11111111, 0x22222222, 0x33333333});
    CHECK(of(".ecl") == Values{0x33221100, 0x33221111, 0x33222222, 0x33333333});
    CHECK(of(".ecr") == Values{0x00000000, 0x11111100, 0x22221100, 0x33221100});
    CHECK(of(".rc16") == Values{0x11001100, 0x33223322, 0x11001100, 0x33223322});
    // Bit 3 of a nibble copies the sign of the byte it names.
    CHECK(evaluate("prmt.b32 %d32, %a32, %b32, %c32;", {{0x80, 0x7f000000, 0xf870}}) ==
          Values{0x00ff7f80});
}

TEST_CASE("ptx: lop3 can combine whether any bit is set with a predicate") {
    const auto of = [](const std::string& logic, std::uint64_t a, std::uint64_t q) {
        return evaluate("setp.ne.u32 %q, %b32, 0; lop3." + logic +
                            ".b32 %e32|%p, %a32, %a32, %a32, 0x80, %q;"
                            " selp.u32 %d32, 1, 0, %p; shl.b32 %e32, %e32, 4;"
                            " or.b32 %d32, %d32, %e32;",
                        {{a, q}})
            .front();
    };
    CHECK(of("or", 0, 0) == 0);
    CHECK(of("or", 0, 1) == 1);
    CHECK(of("or", 2, 0) == 0x21);
    CHECK(of("and", 2, 0) == 0x20);
    CHECK(of("and", 2, 1) == 0x21);
    CHECK(evaluate("setp.ne.u32 %q, %a32, 0; lop3.and.b32 _|%p, %a32, %b32, 0, 0xc0, %q;"
                   " selp.u32 %d32, 1, 0, %p;",
                   {{6, 2}, {6, 1}}) == Values{1, 0});
}

TEST_CASE("ptx: mov packs and unpacks parts, and drops those named _") {
    CHECK(evaluate("mov.b64 %d64, {%a16, %b16, %c16, %a16};", {{0x1111, 0x2222, 0x3333}}) ==
          Values{0x1111333322221111});
    CHECK(evaluate("mov.b64 {_, %e16, _, %d16}, %a64;", {{0x4444333322221111}}) == Values{0x4444});
    CHECK(evaluate("mov.b64 {%e32, %d32}, %a64;", {{0x4444333322221111}}) == Values{0x44443333});
    CHECK(evaluate("mov.b32 {%d16, _}, %a32;", {{0x22221111}}) == Values{0x1111});
    CHECK(evaluate("mov.b32 %d32, {%a16, 7};", {{0x1111}}) == Values{0x71111});
}

TEST_CASE("ptx: mov.pred takes constants") {
    CHECK(evaluate("mov.pred %p, -1; selp.u32 %d32, 1, 2, %p;", {{}}) == Values{1});
    CHECK(evaluate("mov.pred %p, 0; selp.u32 %d32, 1, 2, %p;", {{}}) == Values{2});
}

#include <bit>
#include <catch2/catch.hpp>
#include <limits>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::evaluate;
using Values = std::vector<std::uint64_t>;

namespace {

std::uint64_t f32(float value) { return std::bit_cast<std::uint32_t>(value); }
std::uint64_t f64(double value) { return std::bit_cast<std::uint64_t>(value); }

/// Below, equal, above or unordered: what a pair of sources is.
enum Relation { kBelow, kEqual, kAbove, kUnordered };

/// PTX ISA, setp: which relations make a comparison true.
bool holds(const std::string& compare, Relation relation) {
    if (compare == "num") return relation != kUnordered;
    if (compare == "nan") return relation == kUnordered;
    const bool unordered = compare.size() == 3;  // equ, neu, ...
    if (relation == kUnordered) return unordered;
    const std::string base = compare.substr(0, 2);
    if (base == "eq") return relation == kEqual;
    if (base == "ne") return relation != kEqual;
    if (base == "lt" || base == "lo") return relation == kBelow;
    if (base == "le" || base == "ls") return relation != kAbove;
    if (base == "gt" || base == "hi") return relation == kAbove;
    return relation != kBelow;
}

std::uint64_t setp(const std::string& opcode, const std::string& reg, std::uint64_t a,
                   std::uint64_t b) {
    return evaluate(
               "setp." + opcode + " %p, %a" + reg + ", %b" + reg + "; selp.u32 %d32, 1, 0, %p;",
               {{a, b}})
        .front();
}

const std::vector<std::string> kReal{"eq",  "ne",  "lt",  "le",  "gt",  "ge",  "equ",
                                     "neu", "ltu", "leu", "gtu", "geu", "num", "nan"};

}  // namespace

TEST_CASE("ptx: every comparison of every floating-point type follows the ISA's table") {
    struct Case {
        std::string type;
        std::string reg;
        std::uint64_t low;
        std::uint64_t high;
        std::uint64_t nan;
    };
    const Case cases[] = {{"f32", "32", f32(-2.5f), f32(1.0f), 0x7fc00001},
                          {"f64", "64", f64(-2.5), f64(1.0), 0xfff0000000000001},
                          {"f16", "16", 0xc100, 0x3c00, 0x7e00}};
    for (const Case& c : cases) {
        for (const std::string& compare : kReal) {
            INFO(compare << "." << c.type);
            CHECK(setp(compare + "." + c.type, c.reg, c.low, c.high) == holds(compare, kBelow));
            CHECK(setp(compare + "." + c.type, c.reg, c.high, c.high) == holds(compare, kEqual));
            CHECK(setp(compare + "." + c.type, c.reg, c.high, c.low) == holds(compare, kAbove));
            CHECK(setp(compare + "." + c.type, c.reg, c.nan, c.low) == holds(compare, kUnordered));
            CHECK(setp(compare + "." + c.type, c.reg, c.low, c.nan) == holds(compare, kUnordered));
        }
    }
}

TEST_CASE("ptx: integers compare by their own signedness") {
    for (const std::string bits : {"16", "32", "64"}) {
        const std::uint64_t ones = ~0ull >> (64 - std::stoi(bits));
        for (const std::string compare : {"eq", "ne", "lt", "le", "gt", "ge"}) {
            INFO(compare << bits);
            CHECK(setp(compare + ".u" + bits, bits, ones, 1) == holds(compare, kAbove));
            CHECK(setp(compare + ".s" + bits, bits, ones, 1) == holds(compare, kBelow));
            CHECK(setp(compare + ".s" + bits, bits, ones, ones) == holds(compare, kEqual));
        }
        for (const std::string compare : {"lo", "ls", "hi", "hs"}) {
            CHECK(setp(compare + ".u" + bits, bits, ones, 1) == holds(compare, kAbove));
            CHECK(setp(compare + ".u" + bits, bits, 1, 1) == holds(compare, kEqual));
        }
    }
}

TEST_CASE("ptx: .ftz compares subnormal numbers as zeros") {
    CHECK(setp("eq.f32", "32", 1, 0) == 0);
    CHECK(setp("eq.ftz.f32", "32", 1, 0x80000001) == 1);
    CHECK(setp("lt.ftz.f16", "16", 0x8001, 0x0001) == 0);
    CHECK(setp("lt.f16", "16", 0x8001, 0x0001) == 1);
    CHECK(setp("lt.ftz.f16", "16", 0x0001, 0x0400) == 1);
}

TEST_CASE("ptx: setp combines with a predicate and gives the complement too") {
    const auto of = [](const std::string& text, std::uint64_t a, std::uint64_t third) {
        return evaluate(".reg .pred %s; setp.ne.u32 %s, %b32, 0; " + text +
                            " selp.u32 %d32, 1, 0, %p; selp.u32 %e32, 2, 0, %q;"
                            " or.b32 %d32, %d32, %e32;",
                        {{a, third}})
            .front();
    };
    for (const std::uint64_t a : {0, 1}) {
        for (const std::uint64_t c : {0, 1}) {
            const bool equal = a == 1;
            const auto pair = [](bool p, bool q) { return (p ? 1u : 0u) | (q ? 2u : 0u); };
            INFO(a << c);
            CHECK(of("setp.eq.u32 %p|%q, %a32, 1;", a, c) == pair(equal, !equal));
            CHECK(of("setp.eq.and.u32 %p|%q, %a32, 1, %s;", a, c) == pair(equal && c, !equal && c));
            CHECK(of("setp.eq.or.u32 %p|%q, %a32, 1, !%s;", a, c) ==
                  pair(equal || !c, !equal || !c));
            CHECK(of("setp.eq.xor.u32 %p|%q, %a32, 1, %s;", a, c) ==
                  pair(equal != (c == 1), !equal != (c == 1)));
        }
    }
    CHECK(evaluate("setp.eq.f16x2 %p|%q, %a32, %b32; selp.u32 %d32, 1, 0, %p;"
                   " selp.u32 %e32, 2, 0, %q; or.b32 %d32, %d32, %e32;",
                   {{0x3c004000, 0x3c003c00}, {0x3c004000, 0x40004000}}) == Values{2, 1});
    CHECK(evaluate("setp.lt.u32 _|%p, %a32, %b32; selp.u32 %d32, 1, 0, %p;", {{1, 2}, {2, 1}}) ==
          Values{0, 1});
}

TEST_CASE("ptx: set writes ones, 1.0 or halves of them") {
    CHECK(evaluate("set.lt.u32.s32 %d32, %a32, %b32;", {{0xffffffff, 0}, {0, 0}}) ==
          Values{0xffffffff, 0});
    CHECK(evaluate("set.gt.f32.f32 %d32, %a32, %b32;", {{f32(2.0f), f32(1.0f)}, {0, 0}}) ==
          Values{f32(1.0f), 0});
    CHECK(evaluate("set.eq.u16.f16 %d16, %a16, %b16;", {{0x3c00, 0x3c00}, {0, 1}}) ==
          Values{0xffff, 0});
    CHECK(evaluate("set.eq.f16.f16 %d16, %a16, %b16;", {{0x8000, 0}}) == Values{0x3c00});
    CHECK(evaluate("set.ltu.f16x2.f16x2 %d32, %a32, %b32;", {{0x7e003c00, 0x3c003c00}}) ==
          Values{0x3c000000});
    CHECK(evaluate("set.le.u32.f16x2 %d32, %a32, %b32;", {{0x3c003c00, 0x00003c00}}) ==
          Values{0x0000ffff});
    CHECK(evaluate("setp.ne.u32 %p, %c32, 0; set.eq.xor.u32.u32 %d32, %a32, %b32, %p;",
                   {{1, 1, 0}, {1, 1, 1}, {1, 2, 1}}) == Values{0xffffffff, 0, 0xffffffff});
}

TEST_CASE("ptx: slct selects by the sign of its third source") {
    CHECK(evaluate("slct.u32.s32 %d32, %a32, %b32, %c32;", {{1, 2, 0}, {1, 2, 0x80000000}}) ==
          Values{1, 2});
    CHECK(evaluate("slct.b64.f32 %d64, %a64, %b64, %c32;",
                   {{1, 2, f32(-0.0f)}, {1, 2, f32(-1.0f)}, {1, 2, 0x7fc00000}}) ==
          Values{1, 2, 2});
    CHECK(evaluate("slct.ftz.u16.f32 %d16, %a16, %b16, %c32;", {{1, 2, 0x80000001}}) == Values{1});
}

TEST_CASE("ptx: testp classifies f32 and f64") {
    const auto of = [](const std::string& kind, const std::string& type, const std::string& reg,
                       std::uint64_t a) {
        return evaluate(
                   "testp." + kind + "." + type + " %p, %a" + reg + "; selp.u32 %d32, 1, 0, %p;",
                   {{a}})
            .front();
    };
    struct Case {
        std::uint64_t f32;
        std::uint64_t f64;
        std::vector<std::string> kinds;
    };
    const Case cases[] = {{0x80000000, 0x8000000000000000, {"finite", "number"}},
                          {0x00000001, 0x0000000000000001, {"finite", "number", "subnormal"}},
                          {0xff7fffff, 0xffefffffffffffff, {"finite", "number", "normal"}},
                          {0xff800000, 0xfff0000000000000, {"infinite", "number"}},
                          {0x7f800001, 0x7ff0000000000001, {"notanumber"}}};
    for (const Case& c : cases) {
        for (const std::string kind :
             {"finite", "infinite", "number", "notanumber", "normal", "subnormal"}) {
            const bool expected = std::find(c.kinds.begin(), c.kinds.end(), kind) != c.kinds.end();
            INFO(kind << std::hex << c.f32);
            CHECK(of(kind, "f32", "32", c.f32) == expected);
            CHECK(of(kind, "f64", "64", c.f64) == expected);
        }
    }
}

TEST_CASE("ptx: min and max choose by the NaN and sign rules that are asked for") {
    const std::uint64_t nan = 0x7f800001;
    CHECK(evaluate("min.NaN.f32 %d32, %a32, %b32;", {{nan, f32(1.0f)}, {f32(2.0f), f32(1.0f)}}) ==
          Values{0x7fffffff, f32(1.0f)});
    CHECK(evaluate("max.ftz.f32 %d32, %a32, %b32;", {{1, 0x80000001}}) == Values{0});
    CHECK(evaluate("min.xorsign.abs.f32 %d32, %a32, %b32;",
                   {{f32(-3.0f), f32(2.0f)}, {f32(-3.0f), f32(-4.0f)}}) ==
          Values{f32(-2.0f), f32(3.0f)});
    CHECK(evaluate("max.f16x2 %d32, %a32, %b32;", {{0x7e004000, 0x3c003c00}}) ==
          Values{0x3c004000});
    CHECK(evaluate("min.NaN.bf16x2 %d32, %a32, %b32;", {{0x7f814000, 0x3f80bf80}}) ==
          Values{0x7fffbf80});
    CHECK(evaluate("max.f64 %d64, %a64, %b64;",
                   {{f64(-0.0), f64(0.0)}, {0x7ff0000000000001, f64(3.0)}}) ==
          Values{f64(0.0), f64(3.0)});
    // f64 keeps the payload of a NaN, quiet.
    CHECK(evaluate("min.f64 %d64, %a64, %b64;", {{0x7ff0000000000001, 0x7ff0000000000002}}) ==
          Values{0x7ff8000000000001});
}

TEST_CASE("ptx: neg, abs and copysign move signs alone") {
    CHECK(evaluate("neg.f16x2 %d32, %a32;", {{0x3c00bc00}}) == Values{0xbc003c00});
    CHECK(evaluate("abs.bf16 %d16, %a16;", {{0xbf80}}) == Values{0x3f80});
    CHECK(evaluate("neg.ftz.f32 %d32, %a32;", {{1}}) == Values{0x80000000});
    CHECK(evaluate("copysign.f32 %d32, %a32, %b32;", {{f32(-1.0f), f32(3.0f)}, {0, 0xffc00001}}) ==
          Values{f32(-3.0f), 0x7fc00001});
    CHECK(evaluate("copysign.f64 %d64, %a64, %b64;", {{f64(-0.0), f64(3.0)}}) == Values{f64(-3.0)});
}

TEST_CASE("ptx: what sm_80 lacks is refused with what it has instead") {
    const auto problem = [](const std::string& instruction) -> std::string {
        try {
            (void)ptx::load_program(test::evaluation_kernel(instruction), "k.ptx", "");
        } catch (const base::KernelError& error) {
            return error.what();
        }
        return "";
    };
    using Catch::Contains;
    CHECK_THAT(problem("add.rn.bf16 %d16, %a16, %b16;"),
               Contains("'add.rn.bf16': needs sm_90; sm_80 has fma.rn"));
    CHECK_THAT(problem("setp.eq.bf16 %p, %a16, %b16;"), Contains("needs sm_90"));
    CHECK_THAT(problem("max.s16x2 %d32, %a32, %b32;"), Contains("needs sm_90"));
    CHECK_THAT(problem("vadd4.s32.s32.s32 %d32, %a32, %b32, %c32;"),
               Contains("SIMD video instructions are not executed"));
    CHECK_THAT(problem("setp.lt.b32 %p, %a32, %b32;"), Contains("eq ne (b16 b32 b64)"));
    CHECK_THAT(problem("fma.f32 %d32, %a32, %b32, %c32;"), Contains("fma.rn.f32"));
    CHECK_THAT(problem("mov.u32 %d32, %envreg3;"), Contains("%envreg3: is set by the driver"));
    CHECK_THAT(problem("cvt.f16.f32 %d16, %a32;"), Contains("cvt.{rn,rz,rm,rp}"));
    CHECK_THAT(problem("cvt.u8.u32 %d64, %a16;"),
               Contains("'%a16' has 16 bits, but .u32 needs 32"));
}

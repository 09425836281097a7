// What the simulator accepts of arithmetic, logic, comparison and conversion is what NVIDIA's
// assembler accepts for sm_80: every combination of words, types and qualifiers is asked for.
// Skipped where ptxas is not on the PATH.
#include <catch2/catch.hpp>
#include <map>

#include "models/base/error.hpp"
#include "tests/support/ptxas.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;
using Words = std::vector<std::string>;

namespace {

const std::string kHead =
    ".version 8.7\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\n"
    ".reg .pred p, q, s;\n.reg .b16 h<4>;\n.reg .b32 r<4>;\n.reg .b64 d<4>;\n";

const Words kIntegers{"u16", "s16", "u32", "s32", "u64", "s64"};
const Words kBits{"b16", "b32", "b64"};
const Words kReals{"f16", "f16x2", "bf16", "bf16x2", "f32", "f64"};
const Words kRoundings{"", ".rn", ".rz", ".rm", ".rp"};
const Words kFlush{"", ".ftz"};

Words joined(const std::vector<Words>& lists) {
    Words all;
    for (const Words& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

/// "h", "r" or "d": the registers of a type's width.
std::string file_of(const std::string& type) {
    if (type.find("x2") != std::string::npos) return type.front() == 'e' ? "h" : "r";
    if (type.find("16") != std::string::npos) return "h";
    return type.find("64") != std::string::npos ? "d" : "r";
}
std::string reg(const std::string& type, int number) {
    return file_of(type) + std::to_string(number);
}
/// d, a, b, ... all of one type
std::string same(const std::string& type, int count) {
    std::string text = reg(type, 0);
    for (int i = 1; i < count; ++i) text += ", " + reg(type, i);
    return text;
}

/// Every way to take one of each list.
Words product(const std::vector<Words>& lists) {
    Words all{""};
    for (const Words& list : lists) {
        Words longer;
        for (const std::string& begin : all) {
            for (const std::string& end : list) longer.push_back(begin + end);
        }
        all = std::move(longer);
    }
    return all;
}

bool accepts(const std::string& instruction) {
    try {
        (void)ptx::load_program(kHead + instruction + "\nret;\n}\n", "k.ptx", "");
        return true;
    } catch (const base::KernelError&) {
        return false;
    }
}

bool nothing(const std::string&) { return false; }

/// Both must agree on every line but those of `known`, which ptxas accepts and we refuse.
void compare(const Words& lines, bool (*known)(const std::string&) = nothing) {
    if (!test::has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    const std::vector<bool> expected = test::accepted_lines(kHead, lines);
    int count = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        count += expected[i] ? 1 : 0;
        if (accepts(lines[i]) == (expected[i] && !known(lines[i]))) continue;
        FAIL_CHECK((expected[i] ? "only ptxas accepts " : "ptxas refuses ") << lines[i]);
    }
    CHECK(count > 0);
}

/// Forms that the PTX ISA does not have.
bool undocumented(const std::string& line) {
    const bool carry =
        line.starts_with("addc") || line.starts_with("subc") || line.starts_with("madc");
    return carry &&
           (line.find("16 ") != std::string::npos || line.find(".sat") != std::string::npos);
}

}  // namespace

TEST_CASE("ptxas: it accepts the same integer arithmetic") {
    Words lines;
    const std::map<std::string, int> sources{{"add", 2},   {"sub", 2}, {"addc", 2}, {"subc", 2},
                                             {"mul", 2},   {"mad", 3}, {"madc", 3}, {"mul24", 2},
                                             {"mad24", 3}, {"div", 2}, {"rem", 2},  {"abs", 1},
                                             {"neg", 1},   {"min", 2}, {"max", 2},  {"sad", 3}};
    for (const auto& [word, count] : sources) {
        for (const std::string& type : kIntegers) {
            for (const std::string& qualifiers :
                 product({{"", ".lo", ".hi"}, {"", ".cc", ".sat"}})) {
                lines.push_back(word + qualifiers + "." + type + " " + same(type, count + 1) + ";");
            }
            const std::string twice = type.find("16") != std::string::npos ? "b32" : "b64";
            lines.push_back(word + ".wide." + type + " " + reg(twice, 0) + ", " + reg(type, 1) +
                            ", " + reg(type, 2) + (count == 3 ? ", " + reg(twice, 3) : "") + ";");
        }
    }
    compare(lines, undocumented);
}

TEST_CASE("ptxas: it accepts the same logic, shifts, bit fields and dot products") {
    Words lines;
    const Words types = joined({kIntegers, kBits});
    for (const std::string& t : types) {
        for (const std::string word : {"and", "or", "xor", "not", "cnot"}) {
            lines.push_back(word + "." + t + " " + same(t, word.ends_with("not") ? 2 : 3) + ";");
        }
        for (const std::string word : {"shl", "shr"}) {
            lines.push_back(word + "." + t + " " + same(t, 2) + ", r2;");
        }
        for (const std::string word : {"popc", "clz", "bfind", "bfind.shiftamt"}) {
            lines.push_back(word + "." + t + " r0, " + reg(t, 1) + ";");
        }
        lines.push_back("brev." + t + " " + same(t, 2) + ";");
        lines.push_back("bfe." + t + " " + same(t, 2) + ", r2, r3;");
        lines.push_back("bfi." + t + " " + same(t, 3) + ", r2, r3;");
        lines.push_back("fns." + t + " " + same(t, 4) + ";");
        for (const std::string mode : {"", ".clamp", ".wrap"}) {
            lines.push_back("bmsk" + mode + "." + t + " " + same(t, 3) + ";");
            lines.push_back("szext" + mode + "." + t + " " + same(t, 3) + ";");
            lines.push_back("shf.l" + mode + "." + t + " " + same(t, 4) + ";");
            lines.push_back("shf.r" + mode + "." + t + " " + same(t, 4) + ";");
        }
        for (const std::string& other : types) {
            for (const std::string word : {"dp4a", "dp2a.lo", "dp2a.hi", "dp2a"}) {
                lines.push_back(word + "." + t + "." + other + " r0, r1, r2, r3;");
            }
        }
    }
    for (const std::string mode : {"", ".f4e", ".b4e", ".rc8", ".ecl", ".ecr", ".rc16", ".wrap"}) {
        lines.push_back("prmt.b32" + mode + " r0, r1, r2, r3;");
    }
    for (const std::string word : {"and", "or", "xor"}) lines.push_back(word + ".pred p, q, s;");
    for (const std::string word : {"not", "cnot"}) lines.push_back(word + ".pred p, q;");
    for (const std::string logic : {"", ".and", ".or", ".xor"}) {
        lines.push_back("lop3" + logic + ".b32 r0, r1, r2, r3, 0x96;");
        lines.push_back("lop3" + logic + ".b32 r0|p, r1, r2, r3, 0x96, q;");
        lines.push_back("lop3" + logic + ".b32 _|p, r1, r2, r3, 0x96, q;");
    }
    compare(lines);
}

TEST_CASE("ptxas: it accepts the same floating-point arithmetic") {
    Words lines;
    const auto add = [&](const std::string& word, int sources, const Words& qualifiers) {
        for (const std::string& type : kReals) {
            for (const std::string& qualifier : qualifiers) {
                lines.push_back(word + qualifier + "." + type + " " + same(type, sources + 1) +
                                ";");
            }
        }
    };
    const Words rounded = product({kRoundings, kFlush, {"", ".sat", ".relu"}});
    for (const std::string word : {"add", "sub", "mul"}) add(word, 2, rounded);
    for (const std::string word : {"fma", "mad"}) add(word, 3, rounded);
    Words rules = kRoundings;
    rules.insert(rules.end(), {".approx", ".full"});
    add("div", 2, product({rules, kFlush}));
    for (const std::string word : {"rcp", "sqrt", "rsqrt", "ex2", "lg2", "sin", "cos", "tanh"}) {
        add(word, 1, product({rules, kFlush}));
    }
    for (const std::string word : {"min", "max"}) {
        add(word, 2, product({kFlush, {"", ".NaN"}, {""}}));
    }
    for (const std::string word : {"neg", "abs"}) add(word, 1, kFlush);
    add("copysign", 2, kFlush);
    for (const std::string& type : kReals) {
        for (const std::string test :
             {"finite", "infinite", "number", "notanumber", "normal", "subnormal"}) {
            lines.push_back("testp." + test + "." + type + " p, " + reg(type, 1) + ";");
        }
    }
    // rcp.ftz of f64 is undocumented but for .approx.
    compare(lines, [](const std::string& line) {
        return line.starts_with("rcp.") && line.find(".ftz.f64") != std::string::npos &&
               line.find("approx") == std::string::npos;
    });
}

TEST_CASE("ptxas: it accepts the same comparisons and selections") {
    Words lines;
    const Words compares{"eq", "ne",  "lt",  "le",  "gt",  "ge",  "lo",  "ls",  "hi",
                         "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"};
    const Words types = joined({kBits, kIntegers, kReals});
    for (const std::string& compare : compares) {
        for (const std::string& type : types) {
            const std::string sources = reg(type, 1) + ", " + reg(type, 2);
            for (const std::string& flush : kFlush) {
                lines.push_back("setp." + compare + flush + "." + type + " p, " + sources + ";");
                lines.push_back("setp." + compare + flush + "." + type + " p|q, " + sources + ";");
                lines.push_back("setp." + compare + ".xor" + flush + "." + type + " p, " + sources +
                                ", !s;");
                for (const std::string& to : types) {
                    lines.push_back("set." + compare + flush + "." + to + "." + type + " " +
                                    reg(to, 0) + ", " + sources + ";");
                }
            }
        }
    }
    for (const std::string& type : types) {
        lines.push_back("selp." + type + " " + same(type, 3) + ", p;");
        for (const std::string& flush : kFlush) {
            for (const std::string sign : {"s32", "f32"}) {
                lines.push_back("slct" + flush + "." + type + "." + sign + " " + same(type, 3) +
                                ", r3;");
            }
        }
    }
    compare(lines);
}

TEST_CASE("ptxas: it accepts the same conversions") {
    const Words types = joined({{"u8", "s8"}, kIntegers, {"f16", "bf16", "tf32", "f32", "f64"}});
    const Words qualifiers =
        product({{"", ".rn", ".rz", ".rm", ".rp", ".rna", ".rni", ".rzi", ".rmi", ".rpi"},
                 kFlush,
                 {"", ".sat"},
                 {"", ".relu"},
                 {"", ".satfinite"}});
    for (const std::string& to : types) {
        Words lines;
        for (const std::string& from : types) {
            for (const std::string& qualifier : qualifiers) {
                lines.push_back("cvt" + qualifier + "." + to + "." + from + " " + reg(to, 0) +
                                ", " + reg(from, 1) + ";");
            }
        }
        compare(lines);
    }
    Words lines;
    for (const std::string& qualifier : qualifiers) {
        for (const std::string to : {"f16x2", "bf16x2"}) {
            lines.push_back("cvt" + qualifier + "." + to + ".f32 r0, r1, r2;");
        }
    }
    for (const std::string to : {"u2", "s2", "u4", "s4", "u8", "s8", "u16", "s16", "u32"}) {
        lines.push_back("cvt.pack.sat." + to + ".s32 r0, r1, r2;");
        lines.push_back("cvt.pack.sat." + to + ".s32.b32 r0, r1, r2, r3;");
    }
    compare(lines);
}

TEST_CASE("ptxas: it accepts the same moves of every type") {
    Words lines;
    for (const std::string& type : joined({kBits, kIntegers, kReals})) {
        lines.push_back("mov." + type + " " + same(type, 2) + ";");
    }
    for (const std::string line :
         {"mov.b32 r0, {h0, h1};", "mov.b32 {h0, h1}, r0;", "mov.b32 {_, h1}, r0;",
          "mov.b64 d0, {r0, r1};", "mov.b64 {r0, r1}, d0;", "mov.b64 {r0, _}, d0;",
          "mov.b64 d0, {h0, h1, h2, h3};", "mov.b64 {h0, h1, h2, h3}, d0;",
          "mov.b64 {_, h1, _, h3}, d0;", "mov.u32 r0, {h0, h1};", "mov.b32 r0, {r0, r1};",
          "mov.pred p, q;", "mov.pred p, 1;", "mov.pred p, 0;", "mov.pred p, -1;"}) {
        lines.emplace_back(line);
    }
    compare(lines);
}

// The simulator takes them in every order; ptxas wants .lo before .cc and .l before .wrap.
TEST_CASE("ptxas: it accepts qualifiers in the same orders") {
    compare({"add.ftz.rn.f32 r0, r1, r2;", "add.sat.ftz.rn.f32 r0, r1, r2;",
             "setp.and.lt.u32 p, r0, r1, q;", "setp.ftz.or.neu.f32 p, r0, r1, q;",
             "cvt.ftz.rn.f16.f32 h0, r1;", "cvt.sat.rzi.s32.f32 r0, r1;",
             "cvt.satfinite.relu.rn.bf16x2.f32 r0, r1, r2;", "fma.relu.rn.f16 h0, h1, h2, h3;",
             "prmt.b32.f4e r0, r1, r2, r3;", "prmt.f4e.b32 r0, r1, r2, r3;",
             "min.NaN.ftz.f16x2 r0, r1, r2;", "add.rn.rn.f32 r0, r1, r2;"});
}

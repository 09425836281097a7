// Integer arithmetic of every type against unbounded integers (Boost.Multiprecision).
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>
#include <functional>

#include "models/base/random.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Integer = boost::multiprecision::cpp_int;

namespace {

struct Type {
    std::string name;
    int bits;
    bool is_signed;
    [[nodiscard]] std::string reg() const { return std::to_string(bits); }
};
const Type kTypes[] = {{"u16", 16, false}, {"s16", 16, true},  {"u32", 32, false},
                       {"s32", 32, true},  {"u64", 64, false}, {"s64", 64, true}};

Integer power(int exponent) { return Integer(1) << exponent; }

/// The value of a pattern of a type.
Integer value(const Type& type, std::uint64_t bits) {
    Integer number = Integer(bits) % power(type.bits);
    if (type.is_signed && number >= power(type.bits - 1)) number -= power(type.bits);
    return number;
}
/// The pattern of a number, modulo 2^bits.
std::uint64_t pattern(const Integer& number, int bits) {
    Integer rest = number % power(bits);
    if (rest < 0) rest += power(bits);
    return static_cast<std::uint64_t>(rest);
}
/// number / 2^shift, rounded down.
Integer shifted(const Integer& number, int shift) {
    const Integer quotient = number / power(shift);
    return number < 0 && quotient * power(shift) != number ? quotient - 1 : quotient;
}

std::vector<test::Sources> operands(int bits, std::uint64_t seed) {
    const std::uint64_t ones = ~std::uint64_t{0} >> (64 - bits);
    const std::uint64_t top = std::uint64_t{1} << (bits - 1);
    const std::uint64_t edges[] = {0, 1, 2, ones, ones - 1, top, top - 1, top + 1, 0xff, 0x80};
    base::Random random(seed);
    std::vector<test::Sources> all;
    for (const std::uint64_t a : edges) {
        for (const std::uint64_t b : edges) all.push_back({a, b, edges[random.below(10)]});
    }
    for (int i = 0; i < 300; ++i) {
        all.push_back({random.bits() & ones, random.bits() & ones, random.bits() & ones});
    }
    return all;
}

using Expected = std::function<std::uint64_t(const test::Sources&)>;

void check(const std::string& instruction, const std::vector<test::Sources>& sources,
           const Expected& expected) {
    const auto results = test::evaluate_all(instruction, sources);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        INFO(std::hex << instruction << " a=" << sources[i][0] << " b=" << sources[i][1]
                      << " c=" << sources[i][2]);
        REQUIRE(results[i] == expected(sources[i]));
    }
}

/// "mad.lo.u32 %d32, %a32, %b32, %c32;"
std::string text(const std::string& opcode, const std::string& reg, int sources) {
    std::string line = opcode + " %d" + reg;
    for (int i = 0; i < sources; ++i) {
        line += std::string(", %") + static_cast<char>('a' + i) + reg;
    }
    return line + ";";
}

}  // namespace

TEST_CASE("ptx: integer arithmetic of every type is exact modulo the width") {
    for (const Type& type : kTypes) {
        const auto sources = operands(type.bits, 21);
        const auto run = [&](const std::string& word, int count, auto&& result) {
            check(text(word + "." + type.name, type.reg(), count), sources, [&](const auto& s) {
                return pattern(result(value(type, s[0]), value(type, s[1]), value(type, s[2])),
                               type.bits);
            });
        };
        using I = const Integer&;
        run("add", 2, [](I a, I b, I) -> Integer { return a + b; });
        run("sub", 2, [](I a, I b, I) -> Integer { return a - b; });
        run("mul.lo", 2, [](I a, I b, I) -> Integer { return a * b; });
        run("mul.hi", 2, [&](I a, I b, I) { return shifted(a * b, type.bits); });
        run("mad.lo", 3, [](I a, I b, I c) -> Integer { return a * b + c; });
        run("mad.hi", 3, [&](I a, I b, I c) -> Integer { return shifted(a * b, type.bits) + c; });
        run("min", 2, [](I a, I b, I) { return a < b ? a : b; });
        run("max", 2, [](I a, I b, I) { return a < b ? b : a; });
        run("sad", 3, [](I a, I b, I c) -> Integer { return abs(Integer(a - b)) + c; });
        // Both leave division by zero open; the documented choice is all ones and the dividend.
        run("div", 2, [](I a, I b, I) -> Integer { return b == 0 ? Integer(-1) : Integer(a / b); });
        run("rem", 2, [](I a, I b, I) -> Integer { return b == 0 ? a : Integer(a % b); });
        if (type.is_signed) {
            run("neg", 1, [](I a, I, I) -> Integer { return -a; });
            run("abs", 1, [](I a, I, I) -> Integer { return abs(a); });
        }
        if (type.bits == 64) continue;
        const std::string wide = std::to_string(2 * type.bits);
        const std::string tail = " %d" + wide + ", %a" + type.reg() + ", %b" + type.reg();
        check("mul.wide." + type.name + tail + ";", sources, [&](const auto& s) {
            return pattern(value(type, s[0]) * value(type, s[1]), 2 * type.bits);
        });
        check("mad.wide." + type.name + tail + ", %c" + wide + ";", sources, [&](const auto& s) {
            return pattern(value(type, s[0]) * value(type, s[1]) + Integer(s[2]), 2 * type.bits);
        });
    }
}

TEST_CASE("ptx: saturating and 24-bit arithmetic of 32 bits") {
    const auto sources = operands(32, 22);
    const Type s32 = kTypes[3];
    const auto clamped = [](const Integer& number) {
        const Integer low = -power(31);
        const Integer high = power(31) - 1;
        return pattern(number < low ? low : number > high ? high : number, 32);
    };
    const auto v = [&](std::uint64_t bits) { return value(s32, bits); };
    check(text("add.sat.s32", "32", 2), sources,
          [&](const auto& s) { return clamped(v(s[0]) + v(s[1])); });
    check(text("sub.sat.s32", "32", 2), sources,
          [&](const auto& s) { return clamped(v(s[0]) - v(s[1])); });
    check(text("mad.hi.sat.s32", "32", 3), sources,
          [&](const auto& s) { return clamped(shifted(v(s[0]) * v(s[1]), 32) + v(s[2])); });
    for (const bool is_signed : {false, true}) {
        const Type narrow{"", 24, is_signed};
        const std::string type = is_signed ? ".s32" : ".u32";
        const auto product = [=](const auto& s) -> Integer {
            return value(narrow, s[0]) * value(narrow, s[1]);
        };
        check(text("mul24.lo" + type, "32", 2), sources,
              [&](const auto& s) { return pattern(product(s), 32); });
        check(text("mul24.hi" + type, "32", 2), sources,
              [&](const auto& s) { return pattern(shifted(product(s), 16), 32); });
        check(text("mad24.lo" + type, "32", 3), sources,
              [&](const auto& s) { return pattern(product(s) + v(s[2]), 32); });
        check(text("mad24.hi" + type, "32", 3), sources,
              [&](const auto& s) { return pattern(shifted(product(s), 16) + v(s[2]), 32); });
        if (!is_signed) continue;
        // Bits 16 to 47 as a 32-bit number, then a clamped sum.
        check(text("mad24.hi.sat.s32", "32", 3), sources, [&](const auto& s) {
            return clamped(v(pattern(shifted(product(s), 16), 32)) + v(s[2]));
        });
    }
}

TEST_CASE("ptx: carry chains add, subtract and multiply numbers of two words") {
    // Each pair of sources is read as high:low halves of one number.
    for (const int bits : {32, 64}) {
        const std::string reg = std::to_string(bits);
        const std::string type = ".u" + reg;
        const auto sources = operands(bits, 23);
        const auto high = [&](const Integer& number) {
            return pattern(shifted(number, bits), bits);
        };
        const auto wide = [&](std::uint64_t top, std::uint64_t low) -> Integer {
            return (Integer(top) << bits) + low;
        };
        const auto chain = [&](const std::string& first, const std::string& second) {
            return first + type + " %e" + reg + ", %a" + reg + ", %b" + reg + "; " + second + type +
                   " %d" + reg + ", %b" + reg + ", %c" + reg + ";";
        };
        check(chain("add.cc", "addc"), sources,
              [&](const auto& s) { return high(wide(s[1], s[0]) + wide(s[2], s[1])); });
        check(chain("sub.cc", "subc"), sources,
              [&](const auto& s) { return high(wide(s[1], s[0]) - wide(s[2], s[1])); });
        // a * b + c:c in full: low half, then high half with the carry.
        const std::string regs = ", %a" + reg + ", %b" + reg + ", %c" + reg + "; ";
        check("mad.lo.cc" + type + " %e" + reg + regs + "madc.hi" + type + " %d" + reg + regs,
              sources,
              [&](const auto& s) { return high(Integer(s[0]) * s[1] + wide(s[2], s[2])); });
        const Type is_signed{"", bits, true};
        check("mad.lo.cc.s" + reg + " %e" + reg + regs + "madc.hi.s" + reg + " %d" + reg + regs,
              sources, [&](const auto& s) {
                  return high(value(is_signed, s[0]) * value(is_signed, s[1]) + wide(s[2], s[2]));
              });
        // The carry goes through: addc.cc of three words.
        const std::string d = "%d" + reg;
        const std::string e = "%e" + reg;
        const std::string a = "%a" + reg;
        const std::string b = "%b" + reg;
        const std::string zero = ", 0; ";
        check("add.cc" + type + " " + e + ", " + a + ", " + b + "; addc.cc" + type + " " + e +
                  ", %c" + reg + zero + "addc" + type + " " + d + ", 0" + zero,
              sources, [&](const auto& s) {
                  const Integer sum = Integer(s[0]) + s[1] + (Integer(s[2]) << bits);
                  return pattern(shifted(sum, 2 * bits), bits);
              });
        check("sub.cc" + type + " " + e + ", " + a + ", " + b + "; subc.cc" + type + " " + e +
                  ", %c" + reg + zero + "subc" + type + " " + d + ", 0" + zero,
              sources, [&](const auto& s) {
                  const Integer sum = Integer(s[0]) - s[1] + (Integer(s[2]) << bits);
                  return pattern(shifted(sum, 2 * bits), bits);
              });
        // Between the two CC.CF is the carry of a + ~b + 1.
        check("sub.cc" + type + " " + e + ", " + a + ", " + b + "; addc" + type + " " + d + ", %c" +
                  reg + ", 0;",
              sources,
              [&](const auto& s) { return pattern(Integer(s[2]) + (s[0] >= s[1] ? 1 : 0), bits); });
        check("add.cc" + type + " " + e + ", " + a + ", " + b + "; subc" + type + " " + d + ", %c" +
                  reg + ", 0;",
              sources, [&](const auto& s) {
                  const bool carry = shifted(Integer(s[0]) + s[1], bits) != 0;
                  return pattern(Integer(s[2]) - (carry ? 0 : 1), bits);
              });
        check("mad.hi.cc" + type + " " + e + regs + "madc.lo.cc" + type + " " + e + regs + "addc" +
                  type + " " + d + ", 0" + zero,
              sources, [&](const auto& s) {
                  const Integer product = Integer(s[0]) * s[1];
                  const Integer first = shifted(product, bits) + s[2];
                  const Integer second =
                      Integer(pattern(product, bits)) + s[2] + shifted(first, bits);
                  return pattern(shifted(second, bits), bits);
              });
    }
}

TEST_CASE("ptx: dp4a and dp2a multiply bytes and half words of every signedness") {
    const auto sources = operands(32, 24);
    for (const bool a_signed : {false, true}) {
        for (const bool b_signed : {false, true}) {
            const std::string types =
                std::string(a_signed ? ".s32" : ".u32") + (b_signed ? ".s32" : ".u32");
            const auto element = [](std::uint64_t word, int bits, int i, bool is_signed) {
                return value({"", bits, is_signed}, word >> (bits * i));
            };
            check(text("dp4a" + types, "32", 3), sources, [&](const auto& s) {
                Integer sum = s[2];
                for (int i = 0; i < 4; ++i) {
                    sum += element(s[0], 8, i, a_signed) * element(s[1], 8, i, b_signed);
                }
                return pattern(sum, 32);
            });
            for (const int first : {0, 2}) {
                const std::string word = first == 0 ? "dp2a.lo" : "dp2a.hi";
                check(text(word + types, "32", 3), sources, [&](const auto& s) {
                    Integer sum = s[2];
                    for (int i = 0; i < 2; ++i) {
                        sum +=
                            element(s[0], 16, i, a_signed) * element(s[1], 8, first + i, b_signed);
                    }
                    return pattern(sum, 32);
                });
            }
        }
    }
}

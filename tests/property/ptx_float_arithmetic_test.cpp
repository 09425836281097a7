// Every rounding of every floating-point operation against exact arithmetic (Boost.Multiprecision
// through models/reference, which shares no code with traces/ptx).
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>

#include "models/reference/ieee.hpp"
#include "models/reference/rounding.hpp"
#include "tests/support/float_operands.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using reference::FloatFormat;
using reference::Number;
using reference::NumberClass;
using types::DataType;
using Integer = boost::multiprecision::cpp_int;

namespace {

struct Type {
    DataType type;
    std::string name;       ///< "f32"
    std::string registers;  ///< the suffix of evaluate()'s registers: "32"
};
const Type kTypes[] = {{DataType::kF16, "f16", "16"},
                       {DataType::kBf16, "bf16", "16"},
                       {DataType::kF32, "f32", "32"},
                       {DataType::kF64, "f64", "64"}};

struct RoundingCase {
    std::string name;
    isa::Rounding rounding;
};
const RoundingCase kRoundings[] = {{"rn", isa::Rounding::kNearestEven},
                                   {"rz", isa::Rounding::kTowardZero},
                                   {"rm", isa::Rounding::kDown},
                                   {"rp", isa::Rounding::kUp}};

bool is_nan(const FloatFormat& format, std::uint64_t bits) {
    return (bits & ~format.sign_bit()) > format.infinity();
}

/// All pairs (with a third) of edge patterns, and random ones.
std::vector<test::Sources> operands(const FloatFormat& format, std::uint64_t seed) {
    const auto edges = test::edge_patterns(format);
    base::Random random(seed);
    std::vector<test::Sources> all;
    for (const std::uint64_t a : edges) {
        for (const std::uint64_t b : edges) {
            all.push_back({a, b, edges[random.below(static_cast<std::uint32_t>(edges.size()))]});
        }
    }
    for (int i = 0; i < 2000; ++i) {
        all.push_back({test::random_pattern(format, random), test::random_pattern(format, random),
                       test::random_pattern(format, random)});
    }
    // Sums that cancel, and products beside their addend.
    for (int i = 0; i < 500; ++i) {
        const std::uint64_t a = test::random_pattern(format, random);
        const std::uint64_t near = (a ^ format.sign_bit()) + random.below(3);
        all.push_back({a, near & ((format.sign_bit() << 1) - 1), near});
    }
    return all;
}

/// Compares results; f64 keeps NaN payloads, so there only being NaN counts.
void check(const std::string& instruction, const FloatFormat& format,
           const std::vector<test::Sources>& sources,
           const std::function<std::uint64_t(const test::Sources&)>& expected) {
    const auto results = test::evaluate_all(instruction, sources);
    CHECK(results.size() == sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::uint64_t wanted = expected(sources[i]);
        const bool same =
            results[i] == wanted ||
            (format.type == DataType::kF64 && is_nan(format, wanted) && is_nan(format, results[i]));
        if (same) continue;
        INFO(std::hex << instruction << " a=" << sources[i][0] << " b=" << sources[i][1]
                      << " c=" << sources[i][2] << " got " << results[i] << " expected " << wanted);
        REQUIRE(false);
    }
}

Number one(const FloatFormat& format) {
    return {.significand = std::uint64_t{1} << format.fraction_bits,
            .exponent = 0,
            .kind = NumberClass::kFinite,
            .negative = false};
}

/// A positive magnitude * 2^exponent, with `sticky` for anything below it, rounded for a sign.
std::uint64_t rounded(const FloatFormat& format, bool negative, Integer magnitude, int exponent,
                      bool sticky, isa::Rounding rounding) {
    magnitude = (magnitude << 1) | (sticky ? 1 : 0);
    using reference::Rounding;
    const bool away = (rounding == isa::Rounding::kUp && !negative) ||
                      (rounding == isa::Rounding::kDown && negative);
    const Rounding direction = rounding == isa::Rounding::kNearestEven ? Rounding::kNearestEven
                               : away                                  ? Rounding::kAwayFromZero
                                                                       : Rounding::kTowardZero;
    const std::uint64_t bits =
        reference::round_magnitude(magnitude, exponent - 1, format, direction);
    const bool finite = bits == format.infinity() && direction == Rounding::kTowardZero;
    return (negative ? format.sign_bit() : 0) | (finite ? bits - 1 : bits);
}

std::uint64_t quotient(const FloatFormat& format, std::uint64_t x, std::uint64_t y,
                       isa::Rounding rounding) {
    const Number a = decode(format, x);
    const Number b = decode(format, y);
    const bool negative = a.negative != b.negative;
    const std::uint64_t sign = negative ? format.sign_bit() : 0;
    const bool a_infinite = a.kind == NumberClass::kInfinite;
    const bool b_infinite = b.kind == NumberClass::kInfinite;
    if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan || (a_infinite && b_infinite) ||
        (a.zero() && b.zero())) {
        return format.canonical_nan();
    }
    if (a_infinite || b.zero()) return sign | format.infinity();
    if (a.zero() || b_infinite) return sign;
    constexpr int kBits = 200;
    const Integer dividend = Integer(a.significand) << kBits;
    const Integer whole = dividend / b.significand;
    return rounded(format, negative, whole, a.exponent - b.exponent - kBits,
                   whole * b.significand != dividend, rounding);
}

std::uint64_t root(const FloatFormat& format, std::uint64_t x, isa::Rounding rounding) {
    const Number a = decode(format, x);
    if (a.zero()) return x;
    if (a.kind == NumberClass::kNan || a.negative) return format.canonical_nan();
    if (a.kind == NumberClass::kInfinite) return x;
    const int exponent = a.exponent - format.fraction_bits;
    const int shift = 200 + (exponent & 1);
    const Integer radicand = Integer(a.significand) << shift;
    Integer rest;
    const Integer whole = boost::multiprecision::sqrt(radicand, rest);
    return rounded(format, false, whole, (exponent - shift) / 2, rest != 0, rounding);
}

/// "add.rn.f32 %d32, %a32, %b32;"
std::string text(const std::string& opcode, const Type& type, int sources) {
    std::string line = opcode + "." + type.name + " %d" + type.registers;
    for (int i = 0; i < sources; ++i) {
        line += std::string(", %") + static_cast<char>('a' + i) + type.registers;
    }
    return line + ";";
}

}  // namespace

TEST_CASE("ptx: add, sub, mul and fma of every type and rounding are exact and rounded once") {
    for (const Type& type : kTypes) {
        const FloatFormat format = reference::float_format(type.type);
        const auto sources = operands(format, 11);
        for (const auto& [name, rounding] : kRoundings) {
            const bool half = type.registers == "16";
            const auto fma = [&, rounding = rounding](const Number& a, const Number& b,
                                                      const Number& c) {
                return reference::fused_multiply_add(format, a, b, c, rounding);
            };
            const auto number = [&](std::uint64_t bits) { return decode(format, bits); };
            if (type.type != DataType::kF16 || name == "rn") {
                check(text("fma." + name, type, 3), format, sources,
                      [&](const auto& s) { return fma(number(s[0]), number(s[1]), number(s[2])); });
            }
            if (type.type == DataType::kBf16 || (half && name != "rn")) continue;
            check(text("add." + name, type, 2), format, sources,
                  [&](const auto& s) { return fma(one(format), number(s[0]), number(s[1])); });
            check(text("sub." + name, type, 2), format, sources, [&](const auto& s) {
                return fma(one(format), number(s[0]), number(s[1] ^ format.sign_bit()));
            });
            check(text("mul." + name, type, 2), format, sources, [&](const auto& s) {
                const std::uint64_t zero = (s[0] ^ s[1]) & format.sign_bit();
                return fma(number(s[0]), number(s[1]), number(zero));
            });
        }
    }
}

TEST_CASE("ptx: div, rcp and sqrt of f32 and f64 are exact and rounded once") {
    for (const Type& type : {kTypes[2], kTypes[3]}) {
        const FloatFormat format = reference::float_format(type.type);
        const std::uint64_t unit = test::edge_patterns(format)[7];
        const auto sources = operands(format, 12);
        for (const auto& [name, rounding] : kRoundings) {
            check(text("div." + name, type, 2), format, sources,
                  [&, rounding = rounding](const auto& s) {
                      return quotient(format, s[0], s[1], rounding);
                  });
            check(text("rcp." + name, type, 1), format, sources,
                  [&, rounding = rounding](const auto& s) {
                      return quotient(format, unit, s[0], rounding);
                  });
            check(text("sqrt." + name, type, 1), format, sources,
                  [&, rounding = rounding](const auto& s) { return root(format, s[0], rounding); });
        }
    }
}

TEST_CASE("ptx: .ftz flushes subnormal sources and results of f32 and f16 to zeros of their sign") {
    for (const Type& type : {kTypes[0], kTypes[2]}) {
        const FloatFormat format = reference::float_format(type.type);
        const auto flushed = [&](std::uint64_t bits) {
            const bool small = (bits & ~format.sign_bit()) >> format.fraction_bits == 0;
            return small ? bits & format.sign_bit() : bits;
        };
        const auto sources = operands(format, 13);
        check(text("fma.rn.ftz", type, 3), format, sources, [&](const auto& s) {
            return flushed(reference::fused_multiply_add(format, decode(format, flushed(s[0])),
                                                         decode(format, flushed(s[1])),
                                                         decode(format, flushed(s[2]))));
        });
        check(text("add.ftz", type, 2), format, sources, [&](const auto& s) {
            return flushed(reference::add(format, flushed(s[0]), flushed(s[1])));
        });
    }
}

TEST_CASE("ptx: .sat clamps f32 and f16 results to [0, 1] and makes NaN +0") {
    for (const Type& type : {kTypes[0], kTypes[2]}) {
        const FloatFormat format = reference::float_format(type.type);
        const std::uint64_t unit = test::edge_patterns(format)[7];
        check(text("add.rn.sat", type, 2), format, operands(format, 14), [&](const auto& s) {
            const std::uint64_t sum = reference::add(format, s[0], s[1]);
            if (is_nan(format, sum) || (sum & format.sign_bit()) != 0) return std::uint64_t{0};
            return std::min(sum, unit);
        });
    }
}

TEST_CASE("ptx: fma.relu makes negative results +0 and NaN canonical") {
    for (const Type& type : {kTypes[0], kTypes[1]}) {
        const FloatFormat format = reference::float_format(type.type);
        check(text("fma.rn.relu", type, 3), format, operands(format, 15), [&](const auto& s) {
            const std::uint64_t value = reference::fused_multiply_add(
                format, decode(format, s[0]), decode(format, s[1]), decode(format, s[2]));
            return (value & format.sign_bit()) != 0 ? 0 : value;
        });
    }
}

TEST_CASE("ptx: packed f16x2 and bf16x2 compute each half as the scalar instruction does") {
    const FloatFormat f16 = reference::float_format(DataType::kF16);
    const FloatFormat bf16 = reference::float_format(DataType::kBf16);
    base::Random random(16);
    for (const auto& [format, name, words] :
         {std::tuple{f16, std::string("f16"),
                     std::vector<std::string>{"fma.rn", "fma.rn.ftz.relu", "fma.rn.sat"}},
          std::tuple{bf16, std::string("bf16"),
                     std::vector<std::string>{"fma.rn", "fma.rz.relu", "fma.rp"}}}) {
        std::vector<test::Sources> low;
        std::vector<test::Sources> high;
        std::vector<test::Sources> both;
        for (int i = 0; i < 320; ++i) {
            test::Sources parts[3];
            for (std::size_t k = 0; k < 3; ++k) {
                parts[0][k] = test::random_pattern(format, random);
                parts[1][k] = test::random_pattern(format, random);
                parts[2][k] = parts[0][k] | (parts[1][k] << 16);
            }
            low.push_back(parts[0]);
            high.push_back(parts[1]);
            both.push_back(parts[2]);
        }
        for (const std::string& word : words) {
            const std::string scalar = word + "." + name + " %d16, %a16, %b16, %c16;";
            const auto low_results = test::evaluate_all(scalar, low);
            const auto high_results = test::evaluate_all(scalar, high);
            const auto results =
                test::evaluate_all(word + "." + name + "x2 %d32, %a32, %b32, %c32;", both);
            INFO(word << name);
            for (std::size_t i = 0; i < results.size(); ++i) {
                REQUIRE(results[i] == (low_results[i] | (high_results[i] << 16)));
            }
        }
    }
}

// cvt between every two types against exact numbers: a value is a fraction of unbounded integers
// (Boost.Multiprecision); rounding, clamping and NaN follow the PTX ISA, cvt.
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>

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
    std::string name;
    int bits;
    bool is_signed;
    std::optional<DataType> real;
};
const Type kIntegers[] = {{"u8", 8, false, {}},   {"s8", 8, true, {}},    {"u16", 16, false, {}},
                          {"s16", 16, true, {}},  {"u32", 32, false, {}}, {"s32", 32, true, {}},
                          {"u64", 64, false, {}}, {"s64", 64, true, {}}};
const Type kReals[] = {{"f16", 16, false, DataType::kF16},
                       {"f32", 32, false, DataType::kF32},
                       {"f64", 64, false, DataType::kF64}};

enum class Direction { kNearest, kZero, kDown, kUp };
const std::pair<std::string, Direction> kDirections[] = {{"n", Direction::kNearest},
                                                         {"z", Direction::kZero},
                                                         {"m", Direction::kDown},
                                                         {"p", Direction::kUp}};

/// The registers of a type in evaluate(): 8-bit values stand in 16-bit registers.
std::string reg(const Type& type) { return std::to_string(type.bits == 8 ? 16 : type.bits); }

/// (-1)^negative * magnitude * 2^exponent
struct Value {
    bool nan = false;
    bool infinite = false;
    bool negative = false;
    Integer magnitude;
    int exponent = 0;
};

Value value_of(const Type& type, std::uint64_t bits) {
    Value value;
    if (!type.real) {
        const std::uint64_t low = bits & (~0ull >> (64 - type.bits));
        value.negative = type.is_signed && (low >> (type.bits - 1)) != 0;
        value.magnitude = value.negative ? (Integer(1) << type.bits) - low : Integer(low);
        return value;
    }
    const FloatFormat format = reference::float_format(*type.real);
    const Number number = decode(format, bits & ((format.sign_bit() << 1) - 1));
    value.nan = number.kind == NumberClass::kNan;
    value.infinite = number.kind == NumberClass::kInfinite;
    value.negative = number.negative;
    value.magnitude = number.zero() ? 0 : number.significand;
    value.exponent = number.exponent - format.fraction_bits;
    return value;
}

/// Does a magnitude of this sign round away from zero in a direction?
bool away(Direction direction, bool negative) {
    return (direction == Direction::kUp && !negative) ||
           (direction == Direction::kDown && negative);
}

Integer rounded_magnitude(const Value& value, Direction direction) {
    if (value.exponent >= 0) return value.magnitude << value.exponent;
    const Integer unit = Integer(1) << -value.exponent;
    Integer whole = value.magnitude / unit;
    const Integer rest = value.magnitude - whole * unit;
    const bool nearest_up = 2 * rest > unit || (2 * rest == unit && bit_test(whole, 0));
    const bool up = direction == Direction::kNearest ? nearest_up
                                                     : rest != 0 && away(direction, value.negative);
    return up ? Integer(whole + 1) : whole;
}

std::uint64_t as_integer(const Type& to, const Type& from, const Value& value,
                         Direction direction) {
    const std::uint64_t ones = ~0ull >> (64 - to.bits);
    if (value.nan) {
        return from.bits == 64 || to.bits == 64 ? std::uint64_t{1} << (to.bits - 1) : 0;
    }
    const Integer high = (Integer(1) << (to.is_signed ? to.bits - 1 : to.bits)) - 1;
    const Integer low = to.is_signed ? Integer(high + 1) : Integer(0);
    Integer magnitude = value.infinite ? high + 1 : rounded_magnitude(value, direction);
    magnitude = std::min(magnitude, value.negative ? low : high);
    const auto bits = static_cast<std::uint64_t>(magnitude);
    return (value.negative ? 0 - bits : bits) & ones;
}

/// For NaN the canonical pattern, which the caller relaxes for f64.
std::uint64_t as_real(const Type& to, const Value& value, Direction direction) {
    const FloatFormat format = reference::float_format(*to.real);
    if (value.nan) return format.canonical_nan();
    const std::uint64_t sign = value.negative ? format.sign_bit() : 0;
    if (value.infinite) return sign | format.infinity();
    if (value.magnitude == 0) return sign;
    const bool up = away(direction, value.negative);
    const auto rounding = direction == Direction::kNearest ? reference::Rounding::kNearestEven
                          : up                             ? reference::Rounding::kAwayFromZero
                                                           : reference::Rounding::kTowardZero;
    const std::uint64_t bits =
        reference::round_magnitude(value.magnitude, value.exponent, format, rounding);
    const bool stays = bits == format.infinity() && rounding == reference::Rounding::kTowardZero;
    return sign | (stays ? bits - 1 : bits);
}

std::vector<test::Sources> operands(const Type& from, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<test::Sources> all;
    const std::uint64_t ones = ~0ull >> (64 - from.bits);
    if (!from.real) {
        const std::uint64_t top = std::uint64_t{1} << (from.bits - 1);
        for (const std::uint64_t edge : {0ull, 1ull, 0x7full, 0x80ull, 0xffffull}) {
            all.push_back({edge & ones});
        }
        for (const std::uint64_t edge : {ones, ones - 1, top, top - 1, top + 1}) {
            all.push_back({edge});
        }
        for (int i = 0; i < 300; ++i) all.push_back({random.bits() >> (64 - from.bits)});
        for (int i = 0; i < 100; ++i) {
            all.push_back({(random.bits() >> random.below(64)) & ones});
        }
        return all;
    }
    const FloatFormat format = reference::float_format(*from.real);
    for (const std::uint64_t edge : test::edge_patterns(format)) all.push_back({edge});
    // Around every power of two that is a limit of an integer type or of a narrower format.
    const int bias = (1 << (format.exponent_bits - 1)) - 1;
    for (int exponent = -160; exponent < 160; ++exponent) {
        const int field = exponent + bias;
        if (field <= 0 || field >= 2 * bias) continue;
        const std::uint64_t power = static_cast<std::uint64_t>(field) << format.fraction_bits;
        const std::uint64_t half = std::uint64_t{1} << (format.fraction_bits - 1);
        for (const std::uint64_t bits : {power - 1, power, power + 1, power + half}) {
            all.push_back({bits});
            all.push_back({bits | format.sign_bit()});
        }
    }
    for (int i = 0; i < 600; ++i) all.push_back({test::random_pattern(format, random)});
    return all;
}

bool is_nan64(std::uint64_t bits) { return (bits & ~(1ull << 63)) > 0x7ff0000000000000u; }

template <class Expected>
void check(const std::string& opcode, const Type& to, const Type& from,
           const std::vector<test::Sources>& sources, Expected&& expected) {
    const std::string line = opcode + " %d" + reg(to) + ", %a" + reg(from) + ";";
    const auto results = test::evaluate_all(line, sources);
    CHECK(results.size() == sources.size());
    const std::uint64_t ones = ~0ull >> (64 - to.bits);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::uint64_t wanted = expected(sources[i][0]);
        const bool both_nan = to.real == DataType::kF64 && is_nan64(wanted) && is_nan64(results[i]);
        if ((results[i] & ones) == wanted || both_nan) continue;
        INFO(std::hex << line << " of " << sources[i][0] << " got " << results[i] << " expected "
                      << wanted);
        REQUIRE(false);
    }
}

}  // namespace

TEST_CASE("ptx: cvt from floats to integers rounds, clamps and treats NaN as the ISA says") {
    for (const Type& from : kReals) {
        const auto sources = operands(from, 31);
        for (const Type& to : kIntegers) {
            for (const auto& [letter, direction] : kDirections) {
                check("cvt.r" + letter + "i." + to.name + "." + from.name, to, from, sources,
                      [&, direction = direction](std::uint64_t bits) {
                          return as_integer(to, from, value_of(from, bits), direction);
                      });
            }
        }
    }
}

TEST_CASE("ptx: cvt from integers to floats rounds once in every direction") {
    for (const Type& from : kIntegers) {
        const auto sources = operands(from, 32);
        for (const Type& to : kReals) {
            for (const auto& [letter, direction] : kDirections) {
                check("cvt.r" + letter + "." + to.name + "." + from.name, to, from, sources,
                      [&, direction = direction](std::uint64_t bits) {
                          return as_real(to, value_of(from, bits), direction);
                      });
            }
        }
    }
}

TEST_CASE("ptx: cvt between floats widens exactly and narrows with one rounding") {
    const Type bf16{"bf16", 16, false, DataType::kBf16};
    for (const Type& from : kReals) {
        const auto sources = operands(from, 33);
        for (const Type& to : {kReals[0], kReals[1], kReals[2], bf16}) {
            if (to.name == "bf16" && from.name != "f32") continue;
            const bool narrows = to.bits < from.bits;
            for (const auto& [letter, direction] : kDirections) {
                const std::string rounding = narrows ? ".r" + letter : "";
                check("cvt" + rounding + "." + to.name + "." + from.name, to, from, sources,
                      [&, direction = direction](std::uint64_t bits) {
                          return as_real(to, value_of(from, bits), direction);
                      });
            }
        }
    }
    check("cvt.f32.bf16", kReals[1], bf16, operands(bf16, 34), [&](std::uint64_t bits) {
        return as_real(kReals[1], value_of(bf16, bits), Direction::kNearest);
    });
}

TEST_CASE("ptx: cvt.rni and the like round a float to an integral one of its type") {
    for (const Type& type : kReals) {
        for (const auto& [letter, direction] : kDirections) {
            check("cvt.r" + letter + "i." + type.name + "." + type.name, type, type,
                  operands(type, 35), [&, direction = direction](std::uint64_t bits) {
                      Value value = value_of(type, bits);
                      if (!value.nan && !value.infinite) {
                          value.magnitude = rounded_magnitude(value, direction);
                          value.exponent = 0;
                      }
                      return as_real(type, value, direction);
                  });
        }
    }
}

TEST_CASE("ptx: cvt between integers extends, cuts off or with .sat clamps") {
    for (const Type& from : kIntegers) {
        const auto sources = operands(from, 36);
        for (const Type& to : kIntegers) {
            check("cvt." + to.name + "." + from.name, to, from, sources, [&](std::uint64_t bits) {
                const Value value = value_of(from, bits);
                const auto low = static_cast<std::uint64_t>(value.magnitude);
                return (value.negative ? 0 - low : low) & (~0ull >> (64 - to.bits));
            });
            const bool fits = to.is_signed == from.is_signed ? to.bits >= from.bits
                                                             : to.is_signed && to.bits > from.bits;
            if (fits) continue;
            check("cvt.sat." + to.name + "." + from.name, to, from, sources,
                  [&](std::uint64_t bits) {
                      return as_integer(to, from, value_of(from, bits), Direction::kZero);
                  });
        }
    }
}

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/base/random.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/numeric/operand_fragment.hpp"

namespace sptc::test {

/// Kinds of random operands for one matrix of one form.
enum class Values : std::uint8_t {
    kBits,        ///< any bits
    kFinite,      ///< any finite bits
    kNarrow,      ///< exponents near 0
    kCancelling,  ///< few magnitudes, any sign
    kTiny,        ///< subnormal or nearly
    kHuge,        ///< A and B nearly the largest and most of one sign, C of any kind
    kZeros,       ///< zeros, ones and some infinities of any sign
    kMixed        ///< of each operand another kind
};
inline constexpr std::array kValues{Values::kBits,       Values::kFinite, Values::kNarrow,
                                    Values::kCancelling, Values::kTiny,   Values::kHuge,
                                    Values::kZeros,      Values::kMixed};

/// Operands as fragments, and which slot-row of B meets each slot of A: in dense forms its own, in
/// sparse ones any.
struct NumericCase {
    numeric::OperandFragment a{};
    numeric::OperandFragment b{};
    numeric::OperandFragment c{};
    numeric::SelectedRows rows{};
};

namespace numeric_case {

struct FloatFields {
    int exponent_bits;
    int fraction_bits;
    int unused_bits;  ///< below the fraction

    [[nodiscard]] std::uint64_t bits(bool negative, int field, std::uint64_t fraction) const {
        const std::uint64_t mask = (std::uint64_t{1} << fraction_bits) - 1;
        return (std::uint64_t{negative} << (exponent_bits + fraction_bits) |
                static_cast<std::uint64_t>(field) << fraction_bits | (fraction & mask))
               << unused_bits;
    }
    [[nodiscard]] int max_field() const { return (1 << exponent_bits) - 1; }
    [[nodiscard]] int bias() const { return max_field() >> 1; }
};

inline FloatFields fields(types::DataType type) {
    const types::DataTypeRow& row = types::row(type);
    return {row.exponent_bits, row.fraction_bits,
            row.bits - 1 - row.exponent_bits - row.fraction_bits};
}

inline std::uint64_t random_float(types::DataType type, Values values, base::Random& random) {
    const FloatFields format = fields(type);
    const bool e4m3 = type == types::DataType::kE4m3;
    const int largest = format.max_field() - (e4m3 ? 0 : 1);
    const bool negative = random.below(2) != 0;
    const std::uint64_t fraction = random.bits();
    const auto below = [&](int bound) {
        return static_cast<int>(random.below(static_cast<std::uint32_t>(bound)));
    };
    // e4m3's largest exponent is shared with NaN.
    const auto finite = [&](bool sign, int field, std::uint64_t bits) {
        return format.bits(sign, field, e4m3 && field == largest ? bits & 6 : bits);
    };
    switch (values) {
        case Values::kBits:
            return random.bits() & ((std::uint64_t{2} << (types::bits(type) - 1)) - 1);
        case Values::kNarrow:
            return finite(negative, format.bias() + below(5) - 2, fraction);
        case Values::kCancelling: {
            const int exponent = std::min(below(3) * 12, format.bias() - 1);
            return finite(negative, format.bias() - exponent, random.below(8) == 0 ? fraction : 0);
        }
        case Values::kTiny:
            return finite(negative, below(3), random.below(2) != 0 ? fraction : random.below(4));
        case Values::kHuge: {
            const std::uint64_t ones = random.below(2) != 0 ? ~std::uint64_t{0} : fraction;
            return finite(random.below(16) == 0, largest - below(12) / 11, ones);
        }
        case Values::kZeros: {
            const std::uint32_t which = random.below(16);
            if (which < 10) return format.bits(negative, 0, 0);
            if (which == 10) return format.bits(negative, format.max_field(), e4m3 ? 7 : 0);
            return format.bits(negative, format.bias(), 0);
        }
        default:
            return finite(negative, below(largest + 1), fraction);
    }
}

/// Integers have few edges: any bits, or the extremes.
inline std::uint64_t random_integer(types::DataType type, Values values, base::Random& random) {
    const int bits = types::bits(type);
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    if (values == Values::kTiny) return random.below(2);
    if (values == Values::kZeros) return random.below(4) == 0 ? random.bits() & mask : 0;
    if (values != Values::kHuge) return random.bits() & mask;
    const std::uint64_t top = std::uint64_t{1} << (bits - 1);
    const std::uint64_t near = random.below(3);
    return (random.below(2) != 0 ? top + near : top - 1 - near) & mask;
}

inline std::uint64_t random_value(types::DataType type, Values values, base::Random& random) {
    if (values == Values::kMixed) values = kValues[random.below(kValues.size() - 1)];
    return types::row(type).exponent_bits > 0 ? random_float(type, values, random)
                                              : random_integer(type, values, random);
}

}  // namespace numeric_case

/// A kind for one operand.
inline Values operand_values(Values values, base::Random& random) {
    return values == Values::kMixed ? kValues[random.below(kValues.size())] : values;
}

inline NumericCase random_case(const isa::MmaForm& form, Values values, base::Random& random) {
    using numeric_case::random_value;
    NumericCase result;
    const int ab_bits = types::bits(form.a);
    const int c_bits = types::bits(form.c);
    const Values a = operand_values(values, random);
    const Values b = operand_values(values, random);
    const Values c = operand_values(values == Values::kHuge ? Values::kMixed : values, random);
    const bool negate_a = values == Values::kHuge && random.below(2) != 0;
    const std::uint64_t sign = std::uint64_t{negate_a} << (ab_bits - 1);
    for (int row = 0; row < form.m; ++row) {
        for (int k = 0; k < form.k_stored; ++k) {
            numeric::set_element(result.a, numeric::a_place(form.m, ab_bits, row, k), ab_bits,
                                 random_value(form.a, a, random) ^ sign);
        }
        for (int column = 0; column < form.n; ++column) {
            numeric::set_element(result.c, numeric::c_place(c_bits, row, column), c_bits,
                                 random_value(form.c, c, random));
        }
        auto& selects = result.rows.row[static_cast<std::size_t>(row)];
        for (int slot = 0; slot < form.slots(); ++slot) {
            selects[static_cast<std::size_t>(slot)] = static_cast<std::uint8_t>(
                form.sparse() ? random.below(static_cast<std::uint32_t>(form.b_slots()))
                              : static_cast<std::uint32_t>(slot));
        }
    }
    for (int column = 0; column < form.n; ++column) {
        for (int k = 0; k < form.k_logical; ++k) {
            numeric::set_element(result.b, numeric::b_place(ab_bits, k, column), ab_bits,
                                 random_value(form.b, b, random));
        }
    }
    return result;
}

}  // namespace sptc::test

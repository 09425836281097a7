#include "traces/probe/random_operands.hpp"

#include <algorithm>

#include "traces/probe/element.hpp"

namespace sptc::probe {
namespace {

using types::DataType;

std::uint64_t random_bits(DataType type, base::Random& random) {
    const int bits = types::bits(type);
    return bits == 64 ? random.bits() : random.bits() >> (64 - bits);
}

/// A finite value whose exponent field is drawn from [least, most]; cut to the range of the type.
std::uint64_t finite(DataType type, int least, int most, base::Random& random) {
    const types::DataTypeRow& row = types::row(type);
    const int all = (1 << row.exponent_bits) - 1;
    const int greatest = type == DataType::kE4m3 ? all : all - 1;
    least = std::clamp(least, 0, greatest);
    most = std::clamp(most, least, greatest);
    const auto exponent = static_cast<std::uint64_t>(
        least + static_cast<int>(random.below(static_cast<std::uint32_t>(most - least + 1))));
    const int magnitude_bits = row.bits - 1;
    const int below_exponent = magnitude_bits - row.exponent_bits;
    const std::uint64_t drawn = random.bits();
    const std::uint64_t fraction = (drawn >> 1) & ((1ull << below_exponent) - 1);
    const std::uint64_t magnitude = exponent << below_exponent | fraction;
    // Of e4m3 the greatest exponent holds the NaN too.
    const std::uint64_t kept =
        type == DataType::kE4m3 ? std::min(magnitude, largest_finite(type)) : magnitude;
    return kept | (drawn & 1) << magnitude_bits;
}

std::uint64_t random_float(DataType type, InputClass input, base::Random& random) {
    const int fields = 1 << types::row(type).exponent_bits;
    const int bias = fields / 2 - 1;
    switch (input) {
        case InputClass::kBits:
            return random_bits(type, random);
        case InputClass::kWide:
            return finite(type, 0, fields, random);
        case InputClass::kSubnormal:
            return finite(type, 0, 1, random);
        case InputClass::kLargest:
            return finite(type, fields - 3, fields, random);
        default:
            return finite(type, bias - 3, bias + 2, random);
    }
}

std::uint64_t random_element(DataType type, InputClass input, base::Random& random) {
    return types::row(type).exponent_bits > 0 ? random_float(type, input, random)
                                              : random_bits(type, random);
}

void fill(std::span<std::byte> matrix, DataType type, InputClass input, base::Random& random) {
    const int bits = types::bits(type);
    const std::size_t elements = matrix.size() * 8 / static_cast<std::size_t>(bits);
    for (std::size_t i = 0; i < elements; ++i) {
        set_element(matrix, bits, i, random_element(type, input, random));
    }
}

/// Every one_in-th value becomes a zero of either sign.
void zero_some(std::span<std::byte> matrix, DataType type, std::uint32_t one_in,
               base::Random& random) {
    const int bits = types::bits(type);
    const std::size_t elements = matrix.size() * 8 / static_cast<std::size_t>(bits);
    for (std::size_t i = 0; i < elements; ++i) {
        if (random.below(one_in) != 0) continue;
        set_element(matrix, bits, i, get_element(matrix, bits, i) & sign_bit(type));
    }
}

/// A: the second of two neighbours is the negated first but for the last bit of the fraction. B: a
/// column holds one value.
void cancel(const isa::MmaForm& form, Operands& operands, base::Random& random) {
    const int a_bits = types::bits(form.a);
    const std::uint64_t last_bit = form.a == DataType::kTf32 ? 1u << 13 : 1u;
    const std::size_t elements = operands.a.size() * 8 / static_cast<std::size_t>(a_bits);
    for (std::size_t i = 1; i < elements; i += 2) {
        const std::uint64_t negated = get_element(operands.a, a_bits, i - 1) ^ sign_bit(form.a);
        set_element(operands.a, a_bits, i, random.below(2) == 0 ? negated : negated ^ last_bit);
    }
    const int b_bits = types::bits(form.b);
    const auto columns = static_cast<std::size_t>(form.n);
    const std::size_t all_b = operands.b.size() * 8 / static_cast<std::size_t>(b_bits);
    for (std::size_t i = columns; i < all_b; ++i) {
        set_element(operands.b, b_bits, i, get_element(operands.b, b_bits, i - columns));
    }
}

/// Every second value of an s32 C is close to where sums overflow.
void push_to_ends(Operands& operands, base::Random& random) {
    constexpr int kBits = 32;
    constexpr std::uint64_t kMost = 0x7FFFFFFF;
    for (std::size_t i = 0; i < operands.c.size() * 8 / kBits; i += 2) {
        const std::uint64_t distance = random.below(1u << 12);
        const bool upper = random.below(2) == 0;
        set_element(operands.c, kBits, i, upper ? kMost - distance : kMost + 1 + distance);
    }
}

std::uint32_t random_code(const isa::MmaForm& form, base::Random& random) {
    const auto codes = isa::legal_codes(*form.metadata, isa::MetadataOrdering::kOrdered);
    return codes[random.below(static_cast<std::uint32_t>(codes.size()))];
}

}  // namespace

Operands random_operands(const isa::MmaForm& form, InputClass input, base::Random& random) {
    Operands operands = zero_operands(form);
    fill(operands.a, form.a, input, random);
    fill(operands.b, form.b, input, random);
    fill(operands.c, form.c, input, random);
    if (types::row(form.a).exponent_bits == 0) {
        push_to_ends(operands, random);
    } else if (input == InputClass::kZeros) {
        zero_some(operands.a, form.a, 2, random);
        zero_some(operands.b, form.b, 4, random);
    } else if (input == InputClass::kCancellation) {
        cancel(form, operands, random);
    }
    for (int row = 0; form.sparse() && row < form.m; ++row) {
        for (int chunk = 0; chunk < form.chunks(); ++chunk) {
            set_code(form, operands, row, chunk, random_code(form, random));
        }
    }
    return operands;
}

Operands uniform_selection(const isa::MmaForm& form, InputClass input, base::Random& random) {
    Operands operands = random_operands(form, input, random);
    for (int chunk = 0; chunk < form.chunks(); ++chunk) {
        const std::uint32_t shared = code(form, operands, 0, chunk);
        for (int row = 1; row < form.m; ++row) set_code(form, operands, row, chunk, shared);
    }
    return operands;
}

}  // namespace sptc::probe

#include "traces/launch/mma_operand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace sptc::launch {
namespace {

using base::Random;
using types::DataTypeRow;

std::uint64_t low_bits(int count) { return count == 64 ? ~0ull : (1ull << count) - 1; }

std::uint64_t special(const DataTypeRow& row, int fraction_bits, Random& random) {
    const std::uint64_t top = low_bits(row.exponent_bits) << fraction_bits;
    switch (random.below(4)) {
        case 0:
            return 0;
        case 1:
            return top;  // infinity; of e4m3 a number
        case 2:
            return top | low_bits(fraction_bits);  // NaN
        default:
            return top | 1ull << random.below(static_cast<std::uint32_t>(fraction_bits));
    }
}

std::uint64_t boundary_fraction(int fraction_bits, Random& random) {
    switch (random.below(3)) {
        case 0:
            return 0;
        case 1:
            return low_bits(fraction_bits);
        default:
            return 1ull << random.below(static_cast<std::uint32_t>(fraction_bits));
    }
}

/// Fraction bits include those that tf32 ignores.
std::uint64_t random_real(const DataTypeRow& row, OperandClass kind, Random& random) {
    const int fraction_bits = row.bits - 1 - row.exponent_bits;
    const auto fields = static_cast<std::uint32_t>(low_bits(row.exponent_bits)) + 1;
    const auto bias = static_cast<std::int32_t>(fields / 2 - 1);
    const auto greatest = static_cast<std::int32_t>(fields) - 2;
    const std::uint64_t drawn = random.bits();
    if (kind == OperandClass::kBits) return drawn & low_bits(row.bits);
    const std::uint64_t sign = drawn >> 63 << (row.bits - 1);
    std::uint64_t fraction = drawn & low_bits(fraction_bits);
    std::int32_t field = 0;
    switch (kind) {
        case OperandClass::kWide:
            if (random.below(8) == 0) return sign;
            field = static_cast<std::int32_t>(random.below(fields - 1));
            break;
        case OperandClass::kTiny:
            field = static_cast<std::int32_t>(random.below(3));
            break;
        case OperandClass::kHuge:
            field = greatest - static_cast<std::int32_t>(random.below(3));
            break;
        case OperandClass::kBoundary:
            field = bias + static_cast<std::int32_t>(random.below(28)) - 14;
            fraction = boundary_fraction(fraction_bits, random);
            break;
        case OperandClass::kSignedZeros:
            if (random.below(8) != 0) return sign;
            field = static_cast<std::int32_t>(random.below(2));
            break;
        case OperandClass::kSpecials:
            if (random.below(32) == 0) return sign | special(row, fraction_bits, random);
            [[fallthrough]];
        default:
            field = bias - static_cast<std::int32_t>(random.below(4));
    }
    field = std::clamp(field, 0, greatest);
    return sign | static_cast<std::uint64_t>(field) << fraction_bits | fraction;
}

std::uint64_t random_integer(int bits, OperandClass kind, Random& random) {
    const std::uint64_t drawn = random.bits();
    if (bits == 1) return drawn >> 63;
    const std::uint64_t top = 1ull << (bits - 1);
    switch (kind) {
        case OperandClass::kHuge:  // the extremes of signed and unsigned types, or next to them
            return ((drawn >> 63 == 0 ? top : ~top) + random.below(2)) & low_bits(bits);
        case OperandClass::kBoundary:  // near the ends of s32
            return ((drawn >> 63 == 0 ? top : top - 1) + random.below(3000) - 1500) &
                   low_bits(bits);
        case OperandClass::kTiny:
            return (random.below(3) - 1ull) & low_bits(bits);
        case OperandClass::kSignedZeros:
            return random.below(8) == 0 ? drawn & low_bits(bits) : 0;
        default:
            return drawn & low_bits(bits);
    }
}

void set(std::span<std::byte> block, int bits, std::size_t index, std::uint64_t value) {
    if (bits >= 8) {
        const auto size = static_cast<std::size_t>(bits) / 8;
        std::memcpy(block.data() + index * size, &value, size);
        return;
    }
    const std::size_t at = index * static_cast<std::size_t>(bits);
    block[at / 8] |= static_cast<std::byte>(value << (at % 8));
}

/// A repeats an element with the other sign; B repeats it nearly, over the four that one chunk of
/// 2:4 selects from.
std::uint64_t cancelled(const DataTypeRow& row, MmaOperand operand, std::size_t index,
                        std::uint64_t before, std::uint64_t drawn, Random& random) {
    if (row.exponent_bits == 0) return drawn;
    if (operand == MmaOperand::kA && index % 2 != 0) return before ^ 1ull << (row.bits - 1);
    if (operand == MmaOperand::kB && index % 4 != 0) {
        return before ^ (random.below(4) == 0 ? 1u : 0u);
    }
    return drawn;
}

void fill_block(std::span<std::byte> block, const DataTypeRow& row, MmaOperand operand,
                OperandClass kind, Random& random) {
    if (operand == MmaOperand::kC && random.below(4) == 0) return;  // C = 0
    const std::size_t elements = block.size() * 8 / static_cast<std::size_t>(row.bits);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < elements; ++i) {
        const std::uint64_t drawn = row.exponent_bits == 0 ? random_integer(row.bits, kind, random)
                                                           : random_real(row, kind, random);
        value = kind == OperandClass::kCancelling ? cancelled(row, operand, i, value, drawn, random)
                                                  : drawn;
        set(block, row.bits, i, value);
    }
}

}  // namespace

std::vector<std::byte> mma_operands(types::DataType type, MmaOperand operand,
                                    std::uint64_t block_bytes, std::uint64_t seed,
                                    std::uint64_t bytes) {
    SPTC_ASSERT(block_bytes > 0 && block_bytes % 8 == 0);
    constexpr auto kClasses = static_cast<std::uint64_t>(OperandClass::kCount);
    const DataTypeRow& row = types::row(type);
    const std::uint64_t start = Random(seed).bits();
    std::vector<std::byte> data(bytes);
    for (std::uint64_t i = 0; i * block_bytes < bytes; ++i) {
        const std::uint64_t at = i * block_bytes;
        Random random(start + i);
        fill_block(std::span(data).subspan(at, std::min(block_bytes, bytes - at) / 8 * 8), row,
                   operand, static_cast<OperandClass>(i % kClasses), random);
    }
    return data;
}

std::vector<std::byte> random_metadata(std::string_view pattern, std::uint64_t seed,
                                       std::uint64_t bytes) {
    // PTX ISA, sparse mma: index of the first stored element in the low two bits of the code.
    static constexpr std::array<std::uint32_t, 6> kTwoOfFour{0x4, 0x8, 0xc, 0x9, 0xd, 0xe};
    static constexpr std::array<std::uint32_t, 2> kOneOfTwo{0x4, 0xe};
    if (pattern != "2:4" && pattern != "1:2") {
        throw base::ConfigError(fmt::format("unknown pattern '{}': expected 2:4 or 1:2", pattern));
    }
    const std::span<const std::uint32_t> codes =
        pattern == "2:4" ? std::span<const std::uint32_t>(kTwoOfFour) : kOneOfTwo;
    Random random(seed);
    const auto code = [&] { return codes[random.below(static_cast<std::uint32_t>(codes.size()))]; };
    std::vector<std::byte> data(bytes);
    for (std::byte& each : data) {
        const std::uint32_t low = code();
        each = static_cast<std::byte>(low | code() << 4);
    }
    return data;
}

}  // namespace sptc::launch

#pragma once
#include <cstdint>

#include "tests/support/mma_case.hpp"

namespace sptc::test {

/// The kinds of operands that tell implementations apart.
enum class OperandKind {
    kRandomBits,   ///< every bit pattern, with NaN and infinities
    kOrdinary,     ///< exponents near 0
    kWide,         ///< all finite exponents
    kCancelling,   ///< every second product takes away most of the one before
    kTiny,         ///< subnormals and the smallest normal numbers
    kHuge,         ///< near overflow
    kBoundary,     ///< significands of zeros or ones, exponents about F apart: ties and carries
    kSignedZeros,  ///< mostly zeros of both signs
    kSpecials,     ///< ordinary with a few zeros, infinities and NaN
    kCount
};

class RandomMma {
  public:
    explicit RandomMma(std::uint64_t seed) : random_(seed) {}

    MmaCase operator()(const isa::MmaForm& form, OperandKind kind) {
        MmaCase mma(form);
        randomise_codes(mma, random_);
        fill(mma.a, form.a, kind);
        fill(mma.b, form.b, kind);
        fill(mma.c, form.c, kind);
        if (random_.below(4) == 0) mma.c.assign(mma.c.size(), 0);
        if (kind == OperandKind::kCancelling) cancel(mma);
        return mma;
    }

    base::Random& random() { return random_; }

  private:
    void fill(std::vector<std::uint64_t>& elements, types::DataType type, OperandKind kind) {
        for (std::uint64_t& value : elements) value = element(type, kind);
    }

    std::uint64_t element(types::DataType type, OperandKind kind) {
        const types::DataTypeRow& row = types::row(type);
        const std::uint64_t bits = random_.bits();
        const std::uint64_t mask = row.bits == 64 ? ~0ull : (1ull << row.bits) - 1;
        if (kind == OperandKind::kRandomBits) return bits & mask;
        return row.exponent_bits == 0 ? integer(row.bits, kind, bits) & mask
                                      : real(row, kind, bits) & mask;
    }

    std::uint64_t integer(int bits, OperandKind kind, std::uint64_t value) {
        const std::uint64_t top = 1ull << (bits - 1);
        switch (kind) {
            case OperandKind::kHuge:  // the extremes of signed and unsigned types, or next to them
                return (random_.below(2) == 0 ? top : ~top) + random_.below(2);
            case OperandKind::kBoundary:  // near the largest s32 of either sign
                return (random_.below(2) == 0 ? top : top - 1) + random_.below(3000) - 1500;
            case OperandKind::kTiny:
                return random_.below(3) - 1ull;
            case OperandKind::kSignedZeros:
                return random_.below(8) == 0 ? value : 0;
            default:
                return value;
        }
    }

    std::uint64_t real(const types::DataTypeRow& row, OperandKind kind, std::uint64_t bits) {
        const auto fields = static_cast<std::uint32_t>(1u << row.exponent_bits);
        const auto bias = static_cast<std::int32_t>(fields / 2 - 1);
        const int fraction_bits = row.bits - 1 - row.exponent_bits;  // tf32: with the ignored ones
        const std::uint64_t all_ones = (1ull << fraction_bits) - 1;
        std::uint64_t fraction = bits & all_ones;
        const std::uint64_t sign = (bits >> 63) << (row.bits - 1);
        auto field = static_cast<std::int32_t>(random_.below(fields - 1));  // finite
        const auto last = static_cast<std::int32_t>(fields) - 2;
        switch (kind) {
            case OperandKind::kWide:
                if (random_.below(8) == 0) return sign;
                break;
            case OperandKind::kTiny:
                field = static_cast<std::int32_t>(random_.below(3));
                break;
            case OperandKind::kHuge:
                field = last - static_cast<std::int32_t>(random_.below(3));
                break;
            case OperandKind::kBoundary:
                field = bias + static_cast<std::int32_t>(random_.below(28)) - 14;
                fraction = random_.below(3) == 0 ? 0
                           : random_.below(2) == 0
                               ? all_ones
                               : 1ull << random_.below(static_cast<std::uint32_t>(fraction_bits));
                break;
            case OperandKind::kSignedZeros:
                if (random_.below(8) != 0) return sign;
                field = static_cast<std::int32_t>(random_.below(2));
                break;
            case OperandKind::kSpecials:
                if (random_.below(32) == 0) return sign | special(row, all_ones, fraction_bits);
                [[fallthrough]];
            default:
                field = bias - static_cast<std::int32_t>(random_.below(4));
        }
        field = std::min(std::max(field, 0), last);
        return sign | static_cast<std::uint64_t>(field) << fraction_bits | fraction;
    }

    std::uint64_t special(const types::DataTypeRow& row, std::uint64_t all_ones,
                          int fraction_bits) {
        const std::uint64_t top = ((1ull << row.exponent_bits) - 1) << fraction_bits;
        switch (random_.below(4)) {
            case 0:
                return 0;
            case 1:
                return top;  // infinity; of e4m3 a number
            case 2:
                return top | all_ones;  // NaN
            default:
                return top | (1ull << random_.below(static_cast<std::uint32_t>(fraction_bits)));
        }
    }

    /// A repeated with the other sign, B nearly equal.
    void cancel(MmaCase& mma) {
        const isa::MmaForm& form = *mma.form;
        if (types::row(form.a).exponent_bits == 0) return;
        const std::uint64_t sign = 1ull << (types::bits(form.a) - 1);
        for (std::size_t i = 1; i < mma.a.size(); i += 2) mma.a[i] = mma.a[i - 1] ^ sign;
        const auto columns = static_cast<std::size_t>(form.n);
        for (std::size_t i = columns; i < mma.b.size(); ++i) {
            mma.b[i] = mma.b[i - columns] ^ (random_.below(4) == 0 ? 1u : 0u);
        }
    }

    base::Random random_;
};

}  // namespace sptc::test

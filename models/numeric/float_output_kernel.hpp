#pragma once
// C and D of the floating-point kernels: bits of eight columns in 32-bit lanes.
#include "models/isa/architecture.hpp"
#include "models/numeric/float_decode_kernel.hpp"

namespace sptc::numeric {
namespace {

/// The exact sum of a group, in lanes: (-1)^negative * magnitude * 2^unit_exponent.
struct Sum {
    V8u negative;  ///< all bits of the lane
    V8i magnitude;
    V8i unit_exponent;
};

/// f32 bits without what the rounding rule drops of the fraction, and with the sign.
V8u signed_f32(V8f magnitude, V8u negative, unsigned mask) {
    const V8u bits = bits_as<V8u>(magnitude) & mask;
    const V8u sign = negative & kSignF32;
    return bits | (isa::kNegativeUnderflowKeepsSign ? sign : (bits == 0u ? V8u{} : sign));
}

/// The first 24 bits of integers below 2^31, the rest cut off, as f32. With the bit below the last
/// kept one cleared, the conversion's rounding to nearest cuts off.
V8f leading_24_bits(V8i magnitude) {
    return __builtin_convertvector(magnitude & ~(magnitude >> 24), V8f);
}

/// Values (not negative, 24 bits) to f16 bits, to nearest even.
V8u rounded_to_f16(V8f value) {
    const V8u bits = bits_as<V8u>(value);
    const V8u normal = ((bits + 0xfff + ((bits >> 13) & 1)) >> 13) - (112u << 10);
    // Below 2^-14 the sum with 0.5 has a last place of 2^-24: the addition rounds.
    const V8u subnormal = bits_as<V8u>(value + 0.5f) - 0x3f000000u;
    const V8u finite = bits < 0x38800000u ? subnormal : normal;
    return bits >= 0x477ff000u ? splat(0x7c00u) : finite;  // 65520
}

/// C as f32 bits, whatever its type.
V8u load_c_as_f32(const KernelPlan& plan, const char* c, int row) {
    if (!plan.c_f16) return load_row_32(c, row);
    return bits_as<V8u>(f16_values(load<V8s>(c + row / 8 * kRegisterBytes + row % 8 * kLineBytes)));
}

/// f32 results of operands of narrow range.
struct NarrowToF32 {
    /// Smallest exponent of a product; without a non-zero product the result is c itself.
    static constexpr int kSmallestProduct = -28;
    static constexpr int kLargestExponent = 127;
    static int floor(const KernelPlan&) { return kSmallestProduct; }
    static V8u load_c(const KernelPlan& plan, const char* c, int row) {
        return load_c_as_f32(plan, c, row);
    }
    static void store_d(char* d, int row, V8u bits) { store_row_32(d, row, bits); }
    static void decode(V8u bits, Line& line) {
        line.value = bits_as<V8f>(bits);
        line.exponent = f32_exponents(line.value);
    }
    /// The multiplication is exact, or overflows to infinity.
    static V8u convert(const KernelPlan& plan, const Sum& sum, V8i product_exponent, V8u c) {
        const V8f value = leading_24_bits(sum.magnitude) * power_of_two(sum.unit_exponent);
        const V8u result = signed_f32(value, sum.negative, plan.f32_mask);
        const V8u kept = c & plan.f32_mask;
        const V8u without_products = (kept << 1) == 0u ? V8u{} : kept;
        return product_exponent > kNoTerm ? result : without_products;
    }
    static V8u special(V8f value) {
        const V8u infinity = (bits_as<V8u>(value) & kSignF32) | kInfinityF32;
        return value != value ? splat(0x7fffffffu) : infinity;
    }
    static V8u add(V8u x, V8u y) {
        const V8f sum = bits_as<V8f>(x) + bits_as<V8f>(y);
        return sum != sum ? splat(0x7fffffffu) : bits_as<V8u>(sum);
    }
};

/// f32 results of operands of the range of f32.
struct WideToF32 : NarrowToF32 {
    static constexpr int kLargestExponent = 2 * kSpecialExponent;  // any
    static int floor(const KernelPlan& plan) { return plan.e_zero; }
    static void decode(V8u bits, Line& line) {
        line.value = f32_significands(bits_as<V8f>(bits));
        line.exponent = f32_exponents(bits_as<V8f>(bits));
    }
    static V8u convert(const KernelPlan& plan, const Sum& sum, V8i /*product_exponent*/,
                       V8u /*c*/) {
        constexpr int kLastPlace = -149;  // of the smallest f32
        const V8i below = min(max(kLastPlace - sum.unit_exponent, V8i{}), splat(31));
        const V8i magnitude = sum.magnitude >> below << below;
        // In two steps, because 2^unit_exponent may be no normal f32; both are exact.
        const V8i half = sum.unit_exponent >> 1;
        const V8f value = leading_24_bits(magnitude) * power_of_two(half) *
                          power_of_two(sum.unit_exponent - half);
        return signed_f32(value, sum.negative, plan.f32_mask);
    }
};

struct NarrowToF16 {
    static constexpr int kLargestExponent = 127;
    /// Low enough for the smallest product, whatever is inert; high enough for f32.
    static int floor(const KernelPlan& plan) { return plan.e_zero < -64 ? -64 : plan.e_zero; }
    static V8u load_c(const KernelPlan&, const char* c, int row) { return load_row_16(c, row); }
    static void store_d(char* d, int row, V8u bits) { store_row_16(d, row, bits); }
    static void decode(V8u bits, Line& line) {
        DecodeF16::decode(bits_as<V8s>(__builtin_convertvector(bits, V8us)), line);
    }
    /// Above 24 bits the low byte is replaced by one sticky bit, which keeps f32 exact and cannot
    /// change the rounding to 11 bits.
    static V8u convert(const KernelPlan&, const Sum& sum, V8i /*product_exponent*/, V8u /*c*/) {
        const V8i sticky = (sum.magnitude & 0xff) != 0 ? splat(0x80) : V8i{};
        const V8i kept =
            sum.magnitude > 0xffffff ? (sum.magnitude & ~0xff) | sticky : sum.magnitude;
        const V8f value = __builtin_convertvector(kept, V8f) * power_of_two(sum.unit_exponent);
        const V8u bits = rounded_to_f16(value);
        const V8u sign = sum.negative & 0x8000u;
        return bits | (isa::kNegativeUnderflowKeepsSign ? sign : (bits == 0u ? V8u{} : sign));
    }
    static V8u special(V8f value) {
        const V8u infinity = ((bits_as<V8u>(value) >> 16) & 0x8000u) | 0x7c00u;
        return value != value ? splat(0x7fffu) : infinity;
    }
    /// Rounding to f32 first is harmless: 24 bits are at least 2 * 11 + 2.
    static V8u add(V8u x, V8u y) {
        const V8f sum = f16_values(bits_as<V8s>(__builtin_convertvector(x, V8us))) +
                        f16_values(bits_as<V8s>(__builtin_convertvector(y, V8us)));
        const V8u bits = bits_as<V8u>(sum);
        const V8u result =
            rounded_to_f16(bits_as<V8f>(bits & ~kSignF32)) | ((bits >> 16) & 0x8000u);
        return sum != sum ? splat(0x7fffu) : result;
    }
};

}  // namespace
}  // namespace sptc::numeric

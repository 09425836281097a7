#pragma once
// The fast f16 kernel: eight columns of D at a time in 32-bit lanes. Included by one source file
// per instruction set, so everything here is in an unnamed namespace and calls no inline function
// of another header: the linker must never share code compiled for a wider machine.
//
// How it stays exact: a product of two f16 is exact in f32. Multiplied by 2^(F - E), a power of
// two, it is the term in units of 2^(E - F), and the conversion to integer cuts it off toward zero.
// Exponents are added as integers, because E uses those of the unnormalised operands. Zeros carry a
// hugely negative exponent, infinities and NaN a hugely positive one: it survives into E, and such
// elements are computed again by the scalar arithmetic.
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "models/numeric/f16_kernel.hpp"

namespace sptc::numeric {
namespace {

using V8s = short __attribute__((vector_size(16)));
using V8us = unsigned short __attribute__((vector_size(16)));
using V4u = unsigned __attribute__((vector_size(16)));
using V16s = short __attribute__((vector_size(32)));
using V8f = float __attribute__((vector_size(32)));
using V8i = int __attribute__((vector_size(32)));
using V8u = unsigned __attribute__((vector_size(32)));

constexpr short kZeroExponent =
    -4096;  // a multiple of 512: harmless where it is shifted into an f32
constexpr short kSpecialExponent = 8192;  // the same
constexpr int kNoTerm = -2048;            // exponents below: only zeros
constexpr int kSpecial = 2048;            // exponents above: an infinity or NaN among the operands
constexpr int kRegisterBytes = 128;       // 32 lanes of 4 bytes
constexpr int kLineBytes = 16;            // one row of A or column of B in a register
constexpr int kMaxLogical = 32;

template <class To, class From>
To load(const From* from) {
    To to;
    __builtin_memcpy(&to, from, sizeof(To));
    return to;
}

template <class From>
void store(void* to, From from) {
    __builtin_memcpy(to, &from, sizeof(From));
}

template <class To, class From>
To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From));
    return load<To>(&from);
}

V8i splat(int value) { return V8i{} + value; }
V8i max(V8i x, V8i y) { return x > y ? x : y; }
V8i min(V8i x, V8i y) { return x < y ? x : y; }

/// 2^exponent for exponents of normal f32 numbers.
V8f power_of_two(V8i exponent) { return bits_as<V8f>(bits_as<V8u>(exponent + 127) << 23); }

/// To integer, toward zero.
V8u truncated(V8f value) { return bits_as<V8u>(__builtin_convertvector(value, V8i)); }

/// Magnitude of values above -2^31; others (lanes with specials) give anything.
V8i absolute(V8i value) {
    const V8u negative = bits_as<V8u>(value >> 31);
    return bits_as<V8i>((bits_as<V8u>(value) ^ negative) - negative);
}

/// Sign-extended. GCC 12 makes three instructions of the generic conversion.
V8i widen(V8s halves) {
#if defined(__AVX2__)
    return bits_as<V8i>(_mm256_cvtepi16_epi32(bits_as<__m128i>(halves)));
#else
    return __builtin_convertvector(halves, V8i);
#endif
}

bool any_above(V8i value, int limit) {
    using V4l = long long __attribute__((vector_size(32)));
    const V4l mask = bits_as<V4l>(value > limit);
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
}

/// Exponents of f16 values; subnormals have that of the smallest normal number.
V16s f16_exponents(V16s halves) {
    const V16s magnitude = halves & 0x7fff;
    const V16s field = magnitude >> 10;
    const V16s exponent = (field > 1 ? field : V16s{} + 1) - 15;
    const V16s finite = field == 31 ? V16s{} + kSpecialExponent : exponent;
    return magnitude == 0 ? V16s{} + kZeroExponent : finite;
}

/// f16 to f32, exact. `exponent` is f16_exponents of the same values. Infinities and NaN give
/// anything.
V8f f16_values(V8s halves, [[maybe_unused]] V8i exponent) {
#if defined(__F16C__) && defined(__AVX2__)
    return bits_as<V8f>(_mm256_cvtph_ps(bits_as<__m128i>(halves)));
#else
    const V8i wide = widen(halves);
    const V8i fraction = wide & 0x3ff;
    const V8i significand = (wide & 0x7c00) != 0 ? fraction | 0x400 : fraction;
    const V8f magnitude = __builtin_convertvector(significand, V8f) * power_of_two(exponent - 10);
    return bits_as<V8f>(bits_as<V8i>(magnitude) | (wide & static_cast<int>(0x80000000)));
#endif
}

struct Line {  // 8 values with their exponents
    V8f value;
    V8i exponent;
};

/// Decodes 8 + 8 values. Written through pointers: GCC returns such structs through memory in
/// pieces, and reading them back in one piece stalls.
void decode_f16(V16s halves, V8f* first_value, V8i* first_exponent, V8f* second_value,
                V8i* second_exponent) {
    const V16s exponents = f16_exponents(halves);
    *first_exponent = widen(__builtin_shufflevector(exponents, exponents, 0, 1, 2, 3, 4, 5, 6, 7));
    *second_exponent =
        widen(__builtin_shufflevector(exponents, exponents, 8, 9, 10, 11, 12, 13, 14, 15));
    const V8s first = __builtin_shufflevector(halves, halves, 0, 1, 2, 3, 4, 5, 6, 7);
    const V8s second = __builtin_shufflevector(halves, halves, 8, 9, 10, 11, 12, 13, 14, 15);
    *first_value = f16_values(first, *first_exponent);
    *second_value = f16_values(second, *second_exponent);
}

/// A[row][slot], decoded, eight slots to a vector.
struct DecodedA {
    V8f value[kRows][kMaxSlots / 8];
    V8i exponent[kRows][kMaxSlots / 8];
};

void decode_a(const F16Problem& problem, DecodedA& decoded) {
    const char* const bytes = reinterpret_cast<const char*>(&problem.a);
    for (int block = 0; block < problem.k_stored / 8; ++block) {
        for (int row = 0; row < kRows; row += 2) {
            const int reg = row / 8 + 2 * block;
            decode_f16(load<V16s>(bytes + reg * kRegisterBytes + row % 8 * kLineBytes),
                       &decoded.value[row][block], &decoded.exponent[row][block],
                       &decoded.value[row + 1][block], &decoded.exponent[row + 1][block]);
        }
    }
}

/// B[k][column], decoded: one Line a row.
struct DecodedB {
    Line row[kMaxLogical];
};

/// 8 x 8 halves, columns to rows, in three rounds of interleaving lines i and i + 4.
void transpose(V8s (&line)[8]) {
    for (int round = 0; round < 3; ++round) {
        V8s next[8];
        for (int i = 0; i < 4; ++i) {
            next[2 * i] = __builtin_shufflevector(line[i], line[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
            next[2 * i + 1] =
                __builtin_shufflevector(line[i], line[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
        }
        for (int i = 0; i < 8; ++i) line[i] = next[i];
    }
}

void decode_b(const F16Problem& problem, DecodedB& decoded) {
    const char* const bytes = reinterpret_cast<const char*>(&problem.b);
    for (int k = 0; k < problem.k_logical; k += 8) {
        V8s line[8];
        for (int column = 0; column < kColumns; ++column) {
            line[column] = load<V8s>(bytes + k / 8 * kRegisterBytes + column * kLineBytes);
        }
        transpose(line);
        for (int i = 0; i < 8; i += 2) {
            const V16s two_rows = __builtin_shufflevector(line[i], line[i + 1], 0, 1, 2, 3, 4, 5, 6,
                                                          7, 8, 9, 10, 11, 12, 13, 14, 15);
            Line& first = decoded.row[k + i];
            Line& second = decoded.row[k + i + 1];
            decode_f16(two_rows, &first.value, &first.exponent, &second.value, &second.exponent);
        }
    }
}

/// What differs between f32 and f16 results. Bits of C and D are held in 32-bit lanes.
struct OutputF32 {
    /// Smallest exponent of a product; without a non-zero product the result is c itself.
    static constexpr int kSmallestProduct = -28;

    static V8u load_c(const char* c, int row) {
        const char* const even = c + row / 8 * 2 * kRegisterBytes + row % 8 * kLineBytes;
        const V4u left = load<V4u>(even);
        const V4u right = load<V4u>(even + kRegisterBytes);
        return __builtin_shufflevector(left, right, 0, 4, 1, 5, 2, 6, 3, 7);
    }
    static void store_d(char* d, int row, V8u bits) {
        char* const even = d + row / 8 * 2 * kRegisterBytes + row % 8 * kLineBytes;
        store(even, __builtin_shufflevector(bits, bits, 0, 2, 4, 6));
        store(even + kRegisterBytes, __builtin_shufflevector(bits, bits, 1, 3, 5, 7));
    }
    static Line decode(V8u bits) {
        const V8i magnitude = bits_as<V8i>(bits & 0x7fffffffu);
        const V8i field = magnitude >> 23;
        const V8i finite = field == 255 ? splat(kSpecialExponent) : max(field, splat(1)) - 127;
        return {bits_as<V8f>(bits), magnitude == 0 ? splat(kZeroExponent) : finite};
    }
    static int floor(const FdpaRule&) { return kSmallestProduct; }

    /// sum * unit, cut off to 24 bits. With the bit below the last kept one cleared, the
    /// conversion's rounding to nearest cuts off; the multiplication is exact, or overflows to
    /// infinity.
    static V8u convert(V8i sum, V8f unit, V8i product_exponent, V8u c) {
        const V8i negative = sum >> 31;
        const V8u magnitude = bits_as<V8u>(absolute(sum));
        const V8u kept = magnitude & ~(magnitude >> 24);
        const V8f value = __builtin_convertvector(bits_as<V8i>(kept), V8f) * unit;
        const V8u result = bits_as<V8u>(value) | (bits_as<V8u>(negative) & 0x80000000u);
        const V8u without_products = (c << 1) == 0u ? V8u{} : c;
        return product_exponent > kNoTerm ? result : without_products;
    }
};

struct OutputF16 {
    static V8u load_c(const char* c, int row) {
        const char* const line = c + row / 8 * kRegisterBytes + row % 8 * kLineBytes;
        return bits_as<V8u>(widen(load<V8s>(line))) & 0xffffu;
    }
    static void store_d(char* d, int row, V8u bits) {
        char* const line = d + row / 8 * kRegisterBytes + row % 8 * kLineBytes;
        store(line, __builtin_convertvector(bits, V8us));
    }
    static Line decode(V8u bits) {
        const V8i wide = bits_as<V8i>(bits);
        const V8i magnitude = wide & 0x7fff;
        const V8i field = magnitude >> 10;
        const V8i finite = field == 31 ? splat(kSpecialExponent) : max(field, splat(1)) - 15;
        const V8i exponent = magnitude == 0 ? splat(kZeroExponent) : finite;
        return {f16_values(__builtin_convertvector(bits, V8s), exponent), exponent};
    }
    static int floor(const FdpaRule& rule) { return rule.e_zero; }

    /// sum * unit, rounded to nearest even once. Above 24 bits the low byte is replaced by one
    /// sticky bit, which keeps f32 exact and cannot change the rounding to 11 bits.
    static V8u convert(V8i sum, V8f unit, V8i /*product_exponent*/, V8u /*c*/) {
        const V8i negative = sum >> 31;
        const V8i magnitude = absolute(sum);
        const V8i sticky = (magnitude & 0xff) != 0 ? splat(0x80) : V8i{};
        const V8i kept = magnitude > 0xffffff ? (magnitude & ~0xff) | sticky : magnitude;
        const V8f value = __builtin_convertvector(kept, V8f) * unit;
        const V8u bits = bits_as<V8u>(value);
        const V8u normal = ((bits + 0xfff + ((bits >> 13) & 1)) >> 13) - (112u << 10);
        // Below 2^-14 the sum with 0.5 has a last place of 2^-24: the addition rounds.
        const V8u subnormal = bits_as<V8u>(value + 0.5f) - 0x3f000000u;
        const V8u finite = bits < 0x38800000u ? subnormal : normal;
        const V8u result = bits >= 0x477ff000u ? V8u{} + 0x7c00u : finite;  // 65520
        V8u sign = bits_as<V8u>(negative) & 0x8000u;
        if constexpr (!isa::kNegativeUnderflowKeepsSign) sign = result == 0u ? V8u{} : sign;
        return result | sign;
    }
};

/// Computes D group after group. Returns the largest exponent met in each column; above kSpecial
/// the results are wrong unless kWithSpecials, which computes elements with infinities or NaN
/// again.
template <class Output, bool kWithSpecials>
V8i compute_groups(const F16Problem& problem, const DecodedA& a, const DecodedB& b) {
    const char* const c = reinterpret_cast<const char*>(&problem.c);
    char* const d = reinterpret_cast<char*>(&problem.d);
    const auto* const rows = reinterpret_cast<const unsigned char(*)[kMaxSlots]>(&problem.rows);
    const int fraction_bits = problem.rule.fraction_bits;
    const V8i floor = splat(Output::floor(problem.rule));
    V8u results[kRows];
    for (int row = 0; row < kRows; ++row) results[row] = Output::load_c(c, row);

    V8i largest = splat(kZeroExponent);
    for (int first = 0; first < problem.k_stored; first += kF16GroupProducts) {
        for (int row = 0; row < kRows; ++row) {
            const Line addend = Output::decode(results[row]);
            const float* const a_values =
                reinterpret_cast<const float*>(&a.value[row][first / kF16GroupProducts]);
            const int* const a_exponents =
                reinterpret_cast<const int*>(&a.exponent[row][first / kF16GroupProducts]);
            const Line* lanes[kF16GroupProducts];
            V8i product_exponent = splat(2 * kZeroExponent);
            for (int i = 0; i < kF16GroupProducts; ++i) {
                lanes[i] = &b.row[rows[row][first + i]];
                product_exponent = max(product_exponent, lanes[i]->exponent + a_exponents[i]);
            }
            const V8i exponent = max(product_exponent, addend.exponent);
            const V8i common = min(max(exponent, floor), splat(127));
            const V8f scale = power_of_two(fraction_bits - common);
            // Unsigned, because lanes with specials hold anything and may wrap.
            V8u sum = truncated(addend.value * scale);
            for (int i = 0; i < kF16GroupProducts; ++i) {
                sum += truncated(lanes[i]->value * a_values[i] * scale);
            }
            V8u result = Output::convert(bits_as<V8i>(sum), power_of_two(common - fraction_bits),
                                         product_exponent, results[row]);
            if constexpr (kWithSpecials) {
                for (int column = 0; column < kColumns; ++column) {
                    if (exponent[column] <= kSpecial) continue;
                    result[column] =
                        f16_group_scalar(problem, row, column, first, results[row][column]);
                }
            }
            results[row] = result;
            largest = max(largest, exponent);
        }
    }
    for (int row = 0; row < kRows; ++row) Output::store_d(d, row, results[row]);
    return largest;
}

template <class Output>
void compute_output(const F16Problem& problem) {
    DecodedA a;
    DecodedB b;
    decode_a(problem, a);
    decode_b(problem, b);
    const V8i largest = compute_groups<Output, false>(problem, a, b);
    if (any_above(largest, kSpecial)) (void)compute_groups<Output, true>(problem, a, b);
}

void compute(const F16Problem& problem) {
    if (problem.rule.d == types::DataType::kF16) {
        compute_output<OutputF16>(problem);
    } else {
        compute_output<OutputF32>(problem);
    }
}

}  // namespace
}  // namespace sptc::numeric

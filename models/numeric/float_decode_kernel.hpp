#pragma once
// Operands of floating-point forms taken apart, eight at a time. A value is kept as an f32 and the
// exponent of its *unnormalised* significand. Formats of narrow range (f16, fp8) keep the whole
// value: products of two are exact in f32. Formats of f32's range (bf16, tf32) keep the significand
// only. Infinities and NaN are the same as f32.
#include "models/numeric/kernel_vectors.hpp"

namespace sptc::numeric {
namespace {

constexpr int kZeroExponent = -4096;    // of zeros: never the largest
constexpr int kSpecialExponent = 8192;  // of infinities and NaN: survives every sum and maximum
constexpr int kNoTerm = -2048;          // exponents below: only zeros
constexpr int kSpecial = 2048;          // exponents above: an infinity or NaN among the operands
constexpr unsigned kSignF32 = 0x80000000u;
constexpr unsigned kInfinityF32 = 0x7f800000u;

struct Line {  // 8 operands
    V8f value;
    V8i exponent;
};

/// 2^exponent for exponents of normal f32 numbers.
V8f power_of_two(V8i exponent) { return bits_as<V8f>(bits_as<V8u>(exponent + 127) << 23); }

/// f32 bits of f16 bits, exact. Infinities and NaN stay such.
V8f f16_values(V8s halves) {
#if defined(__F16C__) && defined(__AVX2__)
    return bits_as<V8f>(_mm256_cvtph_ps(bits_as<__m128i>(halves)));
#else
    const V8u wide = bits_as<V8u>(widen(halves));
    const V8u magnitude = (wide & 0x7fffu) << 13;
    const V8u finite = bits_as<V8u>(bits_as<V8f>(magnitude) * 0x1p112f);
    const V8u special = magnitude | kInfinityF32;
    return bits_as<V8f>((magnitude >= 0x0f800000u ? special : finite) | (wide & kSignF32));
#endif
}

/// Exponents of f16 values; `offset` is added to those of finite ones.
V8i f16_exponents(V8s halves, int offset) {
    const V8i magnitude = widen(halves) & 0x7fff;
    const V8i field = magnitude >> 10;
    const V8i exponent = max(field, splat(1)) + (offset - 15);
    const V8i finite = magnitude == 0 ? splat(kZeroExponent) : exponent;
    return field == 31 ? splat(kSpecialExponent) : finite;
}

/// Exponents of f32 values, subnormals having that of the smallest normal number.
V8i f32_exponents(V8f values) {
    const V8i magnitude = bits_as<V8i>(values) & 0x7fffffff;
    const V8i field = magnitude >> 23;
    const V8i finite = magnitude == 0 ? splat(kZeroExponent) : max(field, splat(1)) - 127;
    return field == 255 ? splat(kSpecialExponent) : finite;
}

/// Significands of f32 values: [1, 2), below 1 if subnormal; infinities and NaN themselves.
V8f f32_significands(V8f values) {
    const V8u bits = bits_as<V8u>(values);
    const V8u magnitude = bits & ~kSignF32;
    const V8u normal = (magnitude & 0x7fffffu) | 0x3f800000u;
    const V8u subnormal = bits_as<V8u>(bits_as<V8f>(normal) - 1.0f);
    const V8u finite = magnitude < 0x800000u ? subnormal : normal;
    const V8u unsigned_bits = magnitude >= kInfinityF32 ? magnitude : finite;
    return bits_as<V8f>(unsigned_bits | (bits & kSignF32));
}

// One struct per FloatFormat: `halves` gives 16-bit elements from 8 stored ones, `decode` values
// and exponents. Results go through references: GCC returns structs of vectors through memory in
// pieces, and reading them back in one piece stalls.

struct DecodeF16 {
    static constexpr int kBits = 16;
    static V8s halves(const char* elements) { return load<V8s>(elements); }
    static void decode(V8s bits, Line& line) {
        line.value = f16_values(bits);
        line.exponent = f16_exponents(bits, 0);
    }
};

struct DecodeE5m2 : DecodeF16 {  // the upper half of an f16
    static constexpr int kBits = 8;
    static V8s halves(const char* elements) { return bits_as<V8s>(load_bytes(elements) << 8); }
};

/// An e4m3 whose fields are those of an f16 is 2^8 times as large.
struct DecodeE4m3 {
    static constexpr int kBits = 8;
    static constexpr int kOffset = 8;
    static V8s halves(const char* elements) {
        const V8us bytes = load_bytes(elements);
        const V8us magnitude = bytes & 0x7f;
        const V8us unsigned_bits = magnitude == 0x7f ? V8us{} + 0x7fff : magnitude << 7;
        return bits_as<V8s>(unsigned_bits | ((bytes & 0x80) << 8));
    }
    static void decode(V8s bits, Line& line) {
        line.value = f16_values(bits) * 0x1p8f;
        line.exponent = f16_exponents(bits, kOffset);
    }
};

struct DecodeE4m3Widened : DecodeE4m3 {
    static void decode(V8s bits, Line& line) {
        line.value = f16_values(bits) * 0x1p8f;
        line.exponent = f32_exponents(line.value);
    }
};

struct DecodeBf16 {
    static constexpr int kBits = 16;
    static V8s halves(const char* elements) { return load<V8s>(elements); }
    static void decode(V8s bits, Line& line) {
        const V8f values = bits_as<V8f>(bits_as<V8u>(widen(bits)) << 16);
        line.value = f32_significands(values);
        line.exponent = f32_exponents(values);
    }
};

void decode_tf32(V8u bits, Line& line) {
    const V8f values = bits_as<V8f>(bits & ~0x1fffu);
    line.value = f32_significands(values);
    line.exponent = f32_exponents(values);
}

/// A[row][slot], decoded.
struct DecodedA {
    alignas(32) float value[kRows][kSlots];
    alignas(32) int exponent[kRows][kSlots];

    void set(int row, int slot, const Line& line) {
        store(&value[row][slot], line.value);
        store(&exponent[row][slot], line.exponent);
    }
};

/// B[slot][column], decoded.
struct DecodedB {
    Line slot[kBSlots];
};

// What lies beyond the slots of a short row is decoded too, and not used.

template <class Format>
void decode_a_halves(const KernelPlan& plan, const char* a, DecodedA& decoded) {
    constexpr int kLineSlots = kLineBytes * 8 / Format::kBits;
    for (int slot = 0; slot < plan.slots; slot += 8) {
        const int block = slot / kLineSlots;
        const int byte = slot % kLineSlots * Format::kBits / 8;
        for (int row = 0; row < plan.m; ++row) {
            Line line;
            Format::decode(Format::halves(a_line(plan, a, block, row) + byte), line);
            decoded.set(row, slot, line);
        }
    }
}

template <class Format>
void decode_b_halves(const KernelPlan& plan, const char* b, DecodedB& decoded) {
    constexpr int kLineSlots = kLineBytes * 8 / Format::kBits;
    for (int slot = 0; slot < plan.b_slots; slot += 8) {
        const int block = slot / kLineSlots;
        const int byte = slot % kLineSlots * Format::kBits / 8;
        V8s line[8];
        for (int column = 0; column < 8; ++column) {
            line[column] = Format::halves(b_line(b, block, column) + byte);
        }
        transpose(line);
        for (int i = 0; i < 8; ++i) Format::decode(line[i], decoded.slot[slot + i]);
    }
}

void decode_a_tf32(const KernelPlan& plan, const char* a, DecodedA& decoded) {
    for (int row = 0; row < plan.m; ++row) {  // at most 8 slots: two lines
        const V4u first = load<V4u>(a_line(plan, a, 0, row));
        const V4u second = load<V4u>(a_line(plan, a, 1, row));
        Line line;
        decode_tf32(__builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7), line);
        decoded.set(row, 0, line);
    }
}

V8u interleave_low(V8u x, V8u y) { return __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11); }

V8u interleave_high(V8u x, V8u y) {
    return __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
}

void decode_b_tf32(const KernelPlan& plan, const char* b, DecodedB& decoded) {
    for (int block = 0; block < plan.b_slots / 4; ++block) {
        V4u line[8];
        for (int column = 0; column < 8; ++column) {
            line[column] = load<V4u>(b_line(b, block, column));
        }
        V8u pair[4];
        for (int i = 0; i < 4; ++i) {
            pair[i] = __builtin_shufflevector(line[i], line[i + 4], 0, 4, 1, 5, 2, 6, 3, 7);
        }
        // Even and odd columns of slots 0 and 1, and of slots 2 and 3.
        const V8u low[2] = {interleave_low(pair[0], pair[2]), interleave_low(pair[1], pair[3])};
        const V8u high[2] = {interleave_high(pair[0], pair[2]), interleave_high(pair[1], pair[3])};
        Line* const slots = &decoded.slot[4 * block];
        decode_tf32(interleave_low(low[0], low[1]), slots[0]);
        decode_tf32(interleave_high(low[0], low[1]), slots[1]);
        decode_tf32(interleave_low(high[0], high[1]), slots[2]);
        decode_tf32(interleave_high(high[0], high[1]), slots[3]);
    }
}

void decode_a(const KernelPlan& plan, const char* a, DecodedA& decoded) {
    switch (plan.a) {
        case FloatFormat::kF16:
            return decode_a_halves<DecodeF16>(plan, a, decoded);
        case FloatFormat::kBf16:
            return decode_a_halves<DecodeBf16>(plan, a, decoded);
        case FloatFormat::kTf32:
            return decode_a_tf32(plan, a, decoded);
        case FloatFormat::kE5m2:
            return decode_a_halves<DecodeE5m2>(plan, a, decoded);
        case FloatFormat::kE4m3:
            return decode_a_halves<DecodeE4m3>(plan, a, decoded);
        case FloatFormat::kE4m3Widened:
            return decode_a_halves<DecodeE4m3Widened>(plan, a, decoded);
    }
}

void decode_b(const KernelPlan& plan, const char* b, DecodedB& decoded) {
    switch (plan.b) {
        case FloatFormat::kF16:
            return decode_b_halves<DecodeF16>(plan, b, decoded);
        case FloatFormat::kBf16:
            return decode_b_halves<DecodeBf16>(plan, b, decoded);
        case FloatFormat::kTf32:
            return decode_b_tf32(plan, b, decoded);
        case FloatFormat::kE5m2:
            return decode_b_halves<DecodeE5m2>(plan, b, decoded);
        case FloatFormat::kE4m3:
            return decode_b_halves<DecodeE4m3>(plan, b, decoded);
        case FloatFormat::kE4m3Widened:
            return decode_b_halves<DecodeE4m3Widened>(plan, b, decoded);
    }
}

}  // namespace
}  // namespace sptc::numeric

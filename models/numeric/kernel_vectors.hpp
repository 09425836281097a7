#pragma once
// Vectors of eight columns, for the fast kernels. Included (with all of *_kernel.hpp) by one source
// file per instruction set, so everything is in an unnamed namespace and calls no inline function
// of another header: the linker must never share code compiled for a wider machine.
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "models/numeric/kernel.hpp"

namespace sptc::numeric {
namespace {

using V16b = signed char __attribute__((vector_size(16)));
using V16ub = unsigned char __attribute__((vector_size(16)));
using V8ub = unsigned char __attribute__((vector_size(8)));
using V8s = short __attribute__((vector_size(16)));
using V8us = unsigned short __attribute__((vector_size(16)));
using V4u = unsigned __attribute__((vector_size(16)));
using V16s = short __attribute__((vector_size(32)));
using V16us = unsigned short __attribute__((vector_size(32)));
using V8f = float __attribute__((vector_size(32)));
using V8i = int __attribute__((vector_size(32)));
using V8u = unsigned __attribute__((vector_size(32)));

constexpr int kRegisterBytes = 128;  // 32 lanes of 4 bytes
constexpr int kLineBytes = 16;       // one row of A or column of B in a register
constexpr int kRows = 16;            // most rows of A
constexpr int kSlots = isa::kMaxSlots;
constexpr int kBSlots = 2 * kSlots;  // most slot-rows of B

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
V8u splat(unsigned value) { return V8u{} + value; }
V8i max(V8i x, V8i y) { return x > y ? x : y; }
V8i min(V8i x, V8i y) { return x < y ? x : y; }

/// Is a lane above the limit?
bool any_above(V8i value, int limit) {
    const V8i above = value > limit;
#if defined(__AVX2__)
    return _mm256_testz_si256(bits_as<__m256i>(above), bits_as<__m256i>(above)) == 0;
#else
    using V4l = long long __attribute__((vector_size(32)));
    const V4l mask = bits_as<V4l>(above);
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#endif
}

// GCC 12 makes several instructions of the generic conversions.
V8i widen(V8s halves) {
#if defined(__AVX2__)
    return bits_as<V8i>(_mm256_cvtepi16_epi32(bits_as<__m128i>(halves)));
#else
    return __builtin_convertvector(halves, V8i);
#endif
}

V8u widen(V8us halves) {
#if defined(__AVX2__)
    return bits_as<V8u>(_mm256_cvtepu16_epi32(bits_as<__m128i>(halves)));
#else
    return __builtin_convertvector(halves, V8u);
#endif
}

V16s widen(V16b bytes) {
#if defined(__AVX2__)
    return bits_as<V16s>(_mm256_cvtepi8_epi16(bits_as<__m128i>(bytes)));
#else
    return __builtin_convertvector(bytes, V16s);
#endif
}

V16s widen(V16ub bytes) {
#if defined(__AVX2__)
    return bits_as<V16s>(_mm256_cvtepu8_epi16(bits_as<__m128i>(bytes)));
#else
    return bits_as<V16s>(__builtin_convertvector(bytes, V16us));
#endif
}

/// Eight bytes as halves.
V8us load_bytes(const char* bytes) {
#if defined(__AVX2__)
    return bits_as<V8us>(
        _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
#else
    return __builtin_convertvector(load<V8ub>(bytes), V8us);
#endif
}

/// Of each pair of halves the sum of the products.
V8u multiply_add(V8u x, V8u y) {
#if defined(__AVX2__)
    return bits_as<V8u>(_mm256_madd_epi16(bits_as<__m256i>(x), bits_as<__m256i>(y)));
#elif defined(__SSE2__)
    using V2x4 = V4u[2];
    V2x4 left, right, sum;
    store(left, x);
    store(right, y);
    for (int i = 0; i < 2; ++i) {
        sum[i] =
            bits_as<V4u>(_mm_madd_epi16(bits_as<__m128i>(left[i]), bits_as<__m128i>(right[i])));
    }
    return load<V8u>(&sum);
#else
    const V8i high = (bits_as<V8i>(x) >> 16) * (bits_as<V8i>(y) >> 16);
    const V8i low = (bits_as<V8i>(x << 16) >> 16) * (bits_as<V8i>(y << 16) >> 16);
    return bits_as<V8u>(high) + bits_as<V8u>(low);
#endif
}

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

/// A row of C or D of 32-bit elements: even columns in one register, odd ones in the next.
int row_offset_32(int row) { return row / 8 * 2 * kRegisterBytes + row % 8 * kLineBytes; }

V8u load_row_32(const char* c, int row) {
    const char* const even = c + row_offset_32(row);
    const V4u left = load<V4u>(even);
    const V4u right = load<V4u>(even + kRegisterBytes);
    return __builtin_shufflevector(left, right, 0, 4, 1, 5, 2, 6, 3, 7);
}

void store_row_32(char* d, int row, V8u bits) {
    char* const even = d + row_offset_32(row);
    store(even, __builtin_shufflevector(bits, bits, 0, 2, 4, 6));
    store(even + kRegisterBytes, __builtin_shufflevector(bits, bits, 1, 3, 5, 7));
}

/// A row of C or D of 16-bit elements, in 32-bit lanes.
V8u load_row_16(const char* c, int row) {
    return widen(load<V8us>(c + row / 8 * kRegisterBytes + row % 8 * kLineBytes));
}

void store_row_16(char* d, int row, V8u bits) {
    store(d + row / 8 * kRegisterBytes + row % 8 * kLineBytes, __builtin_convertvector(bits, V8us));
}

/// The line of row `row` of A in block `block` of registers (a block: 16 bytes along K).
const char* a_line(const KernelPlan& plan, const char* a, int block, int row) {
    return a + (row / 8 + block * (plan.m / 8)) * kRegisterBytes + row % 8 * kLineBytes;
}

const char* b_line(const char* b, int block, int column) {
    return b + block * kRegisterBytes + column * kLineBytes;
}

}  // namespace
}  // namespace sptc::numeric

#pragma once
// f64 forms (all dense): a chain of fused multiply-adds, k ascending.
#include "models/numeric/fused_multiply_add.hpp"
#include "models/numeric/kernel_vectors.hpp"

namespace sptc::numeric {
namespace {

using V4d = double __attribute__((vector_size(32)));
using V4l = long long __attribute__((vector_size(32)));

constexpr int kF64PerLine = 4;  // elements of a row in a pair of registers
constexpr int kF64MaxK = 16;
constexpr int kF64Columns = 8;

V4d software_multiply_add(double a, V4d b, V4d c, isa::Rounding rounding) {
    V4l result;
    for (int i = 0; i < 4; ++i) {
        const auto bits = [](double value) { return bits_as<std::uint64_t>(value); };
        result[i] =
            static_cast<long long>(fused_multiply_add(bits(a), bits(b[i]), bits(c[i]), rounding));
    }
    return bits_as<V4d>(result);
}

/// The processor's own, where it has one and the rounding is its default.
template <bool kNearest>
V4d multiply_add(double a, V4d b, V4d c, isa::Rounding rounding) {
#if defined(__FMA__)
    if constexpr (kNearest) {
        return bits_as<V4d>(
            _mm256_fmadd_pd(_mm256_set1_pd(a), bits_as<__m256d>(b), bits_as<__m256d>(c)));
    }
#endif
    return software_multiply_add(a, b, c, rounding);
}

/// An element whose low half is in register `reg` of lane `lane`.
double load_f64(const char* fragment, int reg, int lane) {
    const char* const low = fragment + reg * kRegisterBytes + lane * 4;
    const unsigned words[2] = {load<unsigned>(low), load<unsigned>(low + kRegisterBytes)};
    return load<double>(words);
}

void store_f64(char* fragment, int reg, int lane, double value) {
    unsigned words[2];
    store(words, value);
    char* const low = fragment + reg * kRegisterBytes + lane * 4;
    store(low, words[0]);
    store(low + kRegisterBytes, words[1]);
}

/// Row of A or column of B, element k. `blocks`: how many groups of 8 rows alternate.
double load_along_k(const char* fragment, int blocks, int row, int k) {
    const int pair = row / 8 + k / kF64PerLine * blocks;
    return load_f64(fragment, 2 * pair, row % 8 * kF64PerLine + k % kF64PerLine);
}

int c_register(int row, int column) { return 2 * (row / 8 * 2 + column % 2); }
int c_lane(int row, int column) { return row % 8 * 4 + column / 2; }

V4d with_canonical_nan(V4d value) {
    return bits_as<V4d>(value != value ? V4l{} + static_cast<long long>(kCanonicalNanF64)
                                       : bits_as<V4l>(value));
}

template <bool kNearest>
void compute_f64(const KernelPlan& plan, const KernelOperands& operands) {
    alignas(32) double b[kF64MaxK][kF64Columns];
    for (int k = 0; k < plan.slots; ++k) {
        for (int column = 0; column < kF64Columns; ++column) {
            b[k][column] = load_along_k(operands.b, 1, column, k);
        }
    }
    for (int row = 0; row < plan.m; ++row) {
        alignas(32) double d[kF64Columns];
        for (int column = 0; column < kF64Columns; ++column) {
            d[column] = load_f64(operands.c, c_register(row, column), c_lane(row, column));
        }
        V4d left = load<V4d>(d);
        V4d right = load<V4d>(d + 4);
        for (int k = 0; k < plan.slots; ++k) {
            const double a = load_along_k(operands.a, plan.m / 8, row, k);
            left = multiply_add<kNearest>(a, load<V4d>(b[k]), left, plan.rounding);
            right = multiply_add<kNearest>(a, load<V4d>(b[k] + 4), right, plan.rounding);
        }
        store(d, with_canonical_nan(left));
        store(d + 4, with_canonical_nan(right));
        for (int column = 0; column < kF64Columns; ++column) {
            store_f64(operands.d, c_register(row, column), c_lane(row, column), d[column]);
        }
    }
}

Kernel select_f64(const KernelPlan& plan) {
    return plan.rounding == isa::Rounding::kNearestEven ? compute_f64<true> : compute_f64<false>;
}

}  // namespace
}  // namespace sptc::numeric

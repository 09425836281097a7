#pragma once
// Integer forms: exact sums in 32-bit lanes of eight columns. Two adjacent elements are a pair of
// halves in a lane, and one instruction multiplies and adds both.
#include "models/numeric/kernel_vectors.hpp"

namespace sptc::numeric {
namespace {

constexpr unsigned kLowHalf = 0xffffu;

/// Bytes to pairs of halves.
V8u byte_pairs(const V8s& bytes, bool is_signed) {
    return bits_as<V8u>(is_signed ? widen(bits_as<V16b>(bytes)) : widen(bits_as<V16ub>(bytes)));
}

/// Each lane's byte to its two nibbles as halves.
V8u nibble_pairs(V8u bytes, bool is_signed) {
    const V8u pairs = (bytes | bytes << 12) & 0x000f000fu;
    if (!is_signed) return pairs;
    const V16s halves = bits_as<V16s>(pairs ^ 0x00080008u) - 8;
    return bits_as<V8u>(halves);
}

/// A[row] as pairs of halves.
struct PairsOfA {
    alignas(32) unsigned row[kRows][kSlots];
};

void load_a_pairs(const KernelPlan& plan, const char* a, PairsOfA& pairs) {
    for (int row = 0; row < plan.m; ++row) {
        for (int block = 0; block < plan.slots / kLineBytes; ++block) {
            const char* const line = a_line(plan, a, block, row);
            if (plan.element_bits == 8) {
                store(&pairs.row[row][block * 8], byte_pairs(load<V8s>(line), plan.a_signed));
                continue;
            }
            for (int half = 0; half < 2; ++half) {
                const V8u bytes = widen(load_bytes(line + half * 8));
                store(&pairs.row[row][block * 16 + half * 8], nibble_pairs(bytes, plan.a_signed));
            }
        }
    }
}

/// The slot-rows of B: calls use(pair, halves) with slots 2 pair and 2 pair + 1 of each column as
/// halves.
template <class Use>
void for_slot_pairs(const KernelPlan& plan, const char* b, bool is_signed, Use use) {
    for (int block = 0; block < plan.b_slots / kLineBytes; ++block) {
        V8s line[8];
        for (int column = 0; column < 8; ++column)
            line[column] = load<V8s>(b_line(b, block, column));
        transpose(line);
        for (int i = 0; i < 8; ++i) use(block * 8 + i, byte_pairs(line[i], is_signed));
    }
}

V8u add_to_c(const KernelPlan& plan, V8u sum, V8u c) {
    const V8u result = c + sum;
    if (!plan.saturating) return result;
    const V8i overflow = bits_as<V8i>(~(c ^ sum) & (c ^ result)) >> 31;
    const V8u limit = bits_as<V8u>(bits_as<V8i>(c) >> 31) ^ 0x7fffffffu;
    return overflow != 0 ? limit : result;
}

/// Every row of A meets all pairs of B in order: four rows at a time.
void multiply_dense(const KernelPlan& plan, const KernelOperands& operands, const PairsOfA& a,
                    const V8u* b, int pairs) {
    constexpr int kTogether = 4;
    for (int row = 0; row < plan.m; row += kTogether) {
        V8u sum[kTogether] = {};
        for (int pair = 0; pair < pairs; ++pair) {
            const V8u b_pair = b[pair];
            for (int i = 0; i < kTogether; ++i) {
                sum[i] += multiply_add(b_pair, splat(a.row[row + i][pair]));
            }
        }
        for (int i = 0; i < kTogether; ++i) {
            const V8u c = load_row_32(operands.c, row + i);
            store_row_32(operands.d, row + i, add_to_c(plan, sum[i], c));
        }
    }
}

void dense_bytes(const KernelPlan& plan, const KernelOperands& operands) {
    PairsOfA a;
    V8u b[kSlots / 2];
    load_a_pairs(plan, operands.a, a);
    for_slot_pairs(plan, operands.b, plan.b_signed,
                   [&](int pair, V8u halves) { b[pair] = halves; });
    multiply_dense(plan, operands, a, b, plan.slots / 2);
}

/// The selected rows of a pair of slots are put together from copies in the low and high halves.
void sparse_bytes(const KernelPlan& plan, const KernelOperands& operands) {
    PairsOfA a;
    V8u low[kBSlots];
    V8u high[kBSlots];
    load_a_pairs(plan, operands.a, a);
    for_slot_pairs(plan, operands.b, plan.b_signed, [&](int pair, V8u halves) {
        low[2 * pair] = halves & kLowHalf;
        low[2 * pair + 1] = halves >> 16;
        high[2 * pair] = halves << 16;
        high[2 * pair + 1] = halves & ~kLowHalf;
    });
    for (int row = 0; row < plan.m; ++row) {
        const std::uint8_t* const selects = operands.rows[row];
        V8u sum[2] = {};
        for (int slot = 0; slot < plan.slots; slot += 4) {
            for (int i = 0; i < 2; ++i) {
                const int first = slot + 2 * i;
                const V8u b = low[selects[first]] | high[selects[first + 1]];
                sum[i] += multiply_add(b, splat(a.row[row][first / 2]));
            }
        }
        const V8u c = load_row_32(operands.c, row);
        store_row_32(operands.d, row, add_to_c(plan, sum[0] + sum[1], c));
    }
}

/// A slot is a pair of nibbles already.
void load_b_nibbles(const KernelPlan& plan, const char* b, V8u (&pairs)[kBSlots]) {
    for_slot_pairs(plan, b, false, [&](int pair, V8u halves) {
        pairs[2 * pair] = nibble_pairs(halves & kLowHalf, plan.b_signed);
        pairs[2 * pair + 1] = nibble_pairs(halves >> 16, plan.b_signed);
    });
}

void dense_nibbles(const KernelPlan& plan, const KernelOperands& operands) {
    PairsOfA a;
    V8u b[kBSlots];
    load_a_pairs(plan, operands.a, a);
    load_b_nibbles(plan, operands.b, b);
    multiply_dense(plan, operands, a, b, plan.slots);
}

void sparse_nibbles(const KernelPlan& plan, const KernelOperands& operands) {
    PairsOfA a;
    V8u b[kBSlots];
    load_a_pairs(plan, operands.a, a);
    load_b_nibbles(plan, operands.b, b);
    for (int row = 0; row < plan.m; ++row) {
        const std::uint8_t* const selects = operands.rows[row];
        V8u sum[2] = {};
        for (int slot = 0; slot < plan.slots; slot += 2) {
            for (int i = 0; i < 2; ++i) {
                sum[i] += multiply_add(b[selects[slot + i]], splat(a.row[row][slot + i]));
            }
        }
        const V8u c = load_row_32(operands.c, row);
        store_row_32(operands.d, row, add_to_c(plan, sum[0] + sum[1], c));
    }
}

Kernel select_integer(const KernelPlan& plan) {
    if (plan.element_bits == 8) return plan.sparse ? sparse_bytes : dense_bytes;
    return plan.sparse ? sparse_nibbles : dense_nibbles;
}

}  // namespace
}  // namespace sptc::numeric

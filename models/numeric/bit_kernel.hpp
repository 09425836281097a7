#pragma once
// b1 forms (all dense): ones of A and B, or of A xor B, counted 64 at a time.
#include "models/numeric/kernel_vectors.hpp"

namespace sptc::numeric {
namespace {

struct AndBits {
    static std::uint64_t apply(std::uint64_t a, std::uint64_t b) { return a & b; }
};
struct XorBits {
    static std::uint64_t apply(std::uint64_t a, std::uint64_t b) { return a ^ b; }
};

template <class Combine>
void count_bits(const KernelPlan& plan, const KernelOperands& operands) {
    constexpr int kLineWords = kLineBytes / 8;
    for (int row = 0; row < plan.m; ++row) {
        V8u count = {};
        for (int block = 0; block < plan.slots / kLineBytes; ++block) {
            for (int word = 0; word < kLineWords; ++word) {
                const auto a = load<std::uint64_t>(a_line(plan, operands.a, block, row) + 8 * word);
                for (int column = 0; column < 8; ++column) {
                    const auto b =
                        load<std::uint64_t>(b_line(operands.b, block, column) + 8 * word);
                    count[column] +=
                        static_cast<unsigned>(__builtin_popcountll(Combine::apply(a, b)));
                }
            }
        }
        store_row_32(operands.d, row, load_row_32(operands.c, row) + count);
    }
}

Kernel select_bits(const KernelPlan& plan) {
    return plan.dot == isa::DotKind::kXorPopc ? count_bits<XorBits> : count_bits<AndBits>;
}

}  // namespace
}  // namespace sptc::numeric

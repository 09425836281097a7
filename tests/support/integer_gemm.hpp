#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "models/base/random.hpp"
#include "models/types/data_type.hpp"
#include "traces/gemm/prepare.hpp"

namespace sptc::test {

/// A GEMM of small integers, so that every order of summation gives the same bits: A in -2..2, B in
/// -1..1, C in -9..9.
class IntegerGemm {
  public:
    IntegerGemm(const gemm::GemmProblem& problem, std::uint64_t seed)
        : problem_(problem), random_(seed) {
        fill_a();
        b_.resize(std::size_t{problem.k} * problem.n);
        for (int& value : b_) value = draw(1);
        c_.resize(std::size_t{problem.m} * problem.n);
        if (problem.has_c) {
            for (int& value : c_) value = draw(9);
        }
        b_bits_ = halves(b_);
        c_bytes_ = accumulators(c_);
    }

    [[nodiscard]] gemm::GemmOperands operands() const {
        return {
            a_bits_, e_, b_bits_,
            problem_.has_c ? std::span<const std::byte>(c_bytes_) : std::span<const std::byte>()};
    }

    /// The tight [M x N] bytes of D.
    [[nodiscard]] std::vector<std::byte> expected() const {
        std::vector<int> d = c_;
        for (std::size_t i = 0; i < problem_.m; ++i) {
            for (std::size_t k = 0; k < problem_.k; ++k) {
                const int a = dense_a_[i * problem_.k + k];
                if (a == 0) continue;
                for (std::size_t j = 0; j < problem_.n; ++j) {
                    d[i * problem_.n + j] += a * b_[k * problem_.n + j];
                }
            }
        }
        return accumulators(d);
    }

  private:
    int draw(int bound) {
        return static_cast<int>(random_.below(static_cast<std::uint32_t>(2 * bound + 1))) - bound;
    }

    void fill_a() {
        dense_a_.assign(std::size_t{problem_.m} * problem_.k, 0);
        if (!problem_.sparse) {
            for (int& value : dense_a_) value = draw(2);
            a_bits_ = halves(dense_a_);
            return;
        }
        // Every group draws one of the six legal codes; whole metadata words of 16 columns.
        constexpr std::uint8_t kCodes[] = {0x4, 0x8, 0xC, 0x9, 0xD, 0xE};
        const std::size_t words = (problem_.k + 15) / 16;
        std::vector<int> stored(problem_.m * words * 8, 0);
        e_.assign(problem_.m * words, 0);
        for (std::size_t row = 0; row < problem_.m; ++row) {
            for (std::size_t group = 0; group < words * 4; ++group) {
                const unsigned code = kCodes[random_.below(6)];
                e_[row * words + group / 4] = static_cast<std::uint16_t>(
                    e_[row * words + group / 4] | code << 4 * (group % 4));
                for (unsigned slot = 0; slot < 2; ++slot) {
                    const std::size_t k = 4 * group + (code >> 2 * slot & 3);
                    if (k >= problem_.k) continue;
                    const int value = draw(2);
                    stored[row * words * 8 + 2 * group + slot] = value;
                    dense_a_[row * problem_.k + k] = value;
                }
            }
        }
        a_bits_ = halves(stored);
    }

    static std::vector<std::uint16_t> halves(const std::vector<int>& values) {
        std::vector<std::uint16_t> out;
        out.reserve(values.size());
        for (const int value : values) out.push_back(types::f64_to_f16(value));
        return out;
    }

    [[nodiscard]] std::vector<std::byte> accumulators(const std::vector<int>& values) const {
        const bool half = problem_.accumulator == types::DataType::kF16;
        const std::size_t size = half ? 2 : 4;
        std::vector<std::byte> out(values.size() * size);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint32_t bits =
                half ? types::f64_to_f16(values[i])
                     : std::bit_cast<std::uint32_t>(static_cast<float>(values[i]));
            std::memcpy(out.data() + i * size, &bits, size);
        }
        return out;
    }

    gemm::GemmProblem problem_;
    base::Random random_;
    std::vector<int> dense_a_;
    std::vector<int> b_;
    std::vector<int> c_;
    std::vector<std::uint16_t> a_bits_;
    std::vector<std::uint16_t> e_;
    std::vector<std::uint16_t> b_bits_;
    std::vector<std::byte> c_bytes_;
};

}  // namespace sptc::test

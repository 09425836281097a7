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
        b_values_ = doubles(b_);
        c_bytes_ = accumulators(c_);
    }

    [[nodiscard]] gemm::GemmOperands operands() const {
        return {
            a_values_, b_values_,
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
        for (std::size_t row = 0; row < problem_.m; ++row) {
            int* values = dense_a_.data() + row * problem_.k;
            for (std::size_t first = 0; first < problem_.k; first += 4) fill_group(values, first);
        }
        a_values_ = {problem_.m, problem_.k, doubles(dense_a_)};
    }

    // Four columns of a row: all of them, or the two of one of the six legal metadata codes.
    void fill_group(int* row, std::size_t first) {
        constexpr unsigned kCodes[] = {0x4, 0x8, 0xC, 0x9, 0xD, 0xE};
        const unsigned code = kCodes[random_.below(6)];
        for (unsigned i = 0; i < 4 && first + i < problem_.k; ++i) {
            const bool kept = !problem_.sparse || (code & 3) == i || code >> 2 == i;
            if (kept) row[first + i] = draw(2);
        }
    }

    static std::vector<double> doubles(const std::vector<int>& values) {
        return {values.begin(), values.end()};
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
    sparsity::Dense<double> a_values_;
    std::vector<double> b_values_;
    std::vector<std::byte> c_bytes_;
};

}  // namespace sptc::test

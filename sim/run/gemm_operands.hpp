#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/sparsity/compress.hpp"
#include "models/sparsity/dense.hpp"
#include "sim/run/gemm_request.hpp"

namespace sptc::run {

/// The extents of a request once files and options agree.
struct GemmExtents {
    std::uint32_t m;
    std::uint32_t n;
    std::uint32_t k;
};

/// The matrices of a GEMM as f16 bits, row-major without gaps.
struct GemmValues {
    sparsity::Dense<std::uint16_t> a;  ///< [M x K], pruned when a pattern was asked for
    std::vector<std::uint16_t> b;      ///< [K x N]
    std::vector<std::byte> c;          ///< [M x N] accumulators; empty when C = 0
    std::optional<double> retained_magnitude;
};

/// Reads the files of a request, or makes seeded values: normal (mean 0, variance 1; base::Random
/// with the seed for A, seed + 1 for B), rounded to f16. Extents come from options and files; a
/// contradiction is a ConfigError naming both. A sparse A is pruned by magnitude (sparsity::prune),
/// which leaves a matrix that already fits as it is.
class GemmInput {
  public:
    explicit GemmInput(const GemmRequest& request);

    [[nodiscard]] const GemmExtents& extents() const { return extents_; }
    [[nodiscard]] bool has_c() const { return !request_.c_file.empty(); }
    /// Adds what the user should know (overflows to infinity, padding) to `notes`.
    [[nodiscard]] GemmValues values(std::vector<std::string>& notes);

  private:
    const GemmRequest& request_;
    GemmExtents extents_{};
    std::optional<sparsity::Dense<std::uint16_t>> a_;
    std::optional<sparsity::Dense<std::uint16_t>> b_;
    std::vector<std::byte> c_;
    std::vector<std::string> notes_;
};

}  // namespace sptc::run

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

/// The matrices of a GEMM, row-major without gaps; A and B as values that their types hold exactly.
struct GemmValues {
    sparsity::Dense<double> a;    ///< [M x K], pruned when a pattern was asked for
    std::vector<double> b;        ///< [K x N]
    std::vector<std::byte> c;     ///< [M x N] accumulators; empty when C = 0
    std::vector<std::byte> bias;  ///< [N] accumulators; empty without bias
    std::optional<double> retained_magnitude;
};

/// Reads the files of a request, or makes seeded values (base::Random with the seed for A, seed + 1
/// for B): normal (mean 0, variance 1), rounded to the type; integers uniform over all of theirs.
/// Files of floating-point elements are rounded to the type, to nearest even; files for integers
/// hold integers in range. Extents come from options and files; a contradiction is a ConfigError
/// naming both. A sparse A is pruned by magnitude (gemm::prune_a), which leaves a matrix that
/// already fits as it is.
class GemmInput {
  public:
    explicit GemmInput(const GemmRequest& request);

    [[nodiscard]] const GemmExtents& extents() const { return extents_; }
    /// Adds what the user should know (overflows to infinity, padding) to `notes`.
    [[nodiscard]] GemmValues values(std::vector<std::string>& notes);

  private:
    const GemmRequest& request_;
    GemmExtents extents_{};
    std::optional<sparsity::Dense<double>> a_;
    std::optional<sparsity::Dense<double>> b_;
    std::vector<std::byte> c_;
    std::vector<std::byte> bias_;
    std::vector<std::string> notes_;
};

}  // namespace sptc::run

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"
#include "models/sparsity/pattern.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::run {

/// One simulated GEMM kernel.
struct GemmKernelResult {
    gemm::GemmProblem problem;
    gemm::GemmTile tile;
    gpu::KernelResult simulation;
    std::string kernel_text;  ///< PTX
    double wall_seconds = 0;  ///< host time of the simulation
};

/// What --check found.
struct GemmCheckResult {
    std::uint64_t elements = 0;
    std::uint64_t mismatches = 0;
    std::string first_mismatch;         ///< text; empty when none
    double max_relative_error_f64 = 0;  ///< |d - r| / |r| against a float64 product
    double max_scaled_error_f64 = 0;    ///< |d - r| / (|c| + sum |a b|)
    std::uint64_t non_finite = 0;       ///< elements left out of the errors
    std::string
        doubt;  ///< why the bits of D may not be those of a GPU; empty: they are claimed to be
};

/// Everything `sptc gemm` reports.
struct GemmResult {
    gpu::GpuSpec gpu;
    const sparsity::Pattern* pattern = nullptr;
    std::uint64_t seed = 0;
    GemmKernelResult kernel;                   ///< sparse when a pattern was asked for
    std::optional<GemmKernelResult> dense;     ///< the baseline
    std::optional<double> retained_magnitude;  ///< of pruning A; unset with values off
    std::optional<GemmCheckResult> check;
    std::vector<std::string> notes;  ///< padding, conversions: what a user should know

    [[nodiscard]] std::optional<double> speedup() const {
        if (!dense) return std::nullopt;
        return static_cast<double>(dense->simulation.cycles) /
               static_cast<double>(kernel.simulation.cycles);
    }
};

}  // namespace sptc::run

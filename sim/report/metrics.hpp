#pragma once
#include <cstdint>
#include <string>

#include "models/gpu/gpu_spec.hpp"
#include "models/gpu/kernel_result.hpp"
#include "sim/run/gemm_result.hpp"

namespace sptc::report {

/// Time of a number of core cycles at the GPU's clock.
[[nodiscard]] double time_us(const gpu::GpuSpec& spec, base::Cycle cycles);

/// What the tensor cores of a GPU can do with an input type of `bits`: 2 x MACs per second. Sparse
/// forms count the products they skip, so their peak is k_logical / k_stored times the dense one.
[[nodiscard]] double peak_tflops(const gpu::GpuSpec& spec, int bits, double logical_per_stored);
/// The same for a type: f64 has multipliers of its own.
[[nodiscard]] double peak_tflops(const gpu::GpuSpec& spec, types::DataType type,
                                 double logical_per_stored);

/// Figures of merit of one GEMM kernel.
struct GemmMetrics {
    double time_us;
    double tflops;           ///< 2 M N K / time
    double percent_of_peak;  ///< of the sparse peak when the kernel is sparse
};
[[nodiscard]] GemmMetrics metrics(const gpu::GpuSpec& spec, const run::GemmKernelResult& kernel);

/// Counts of the simulated SMs stand for the whole GPU in proportion to the CTAs they executed:
/// exactly the counts when every SM is simulated.
[[nodiscard]] std::uint64_t whole_gpu(const gpu::KernelResult& result,
                                      std::uint64_t simulated_count);

/// Sub-core cycles, and those of them in which a warp was resident.
inline constexpr std::size_t kResidentActivities = static_cast<std::size_t>(sm::Activity::kNoWarp);
[[nodiscard]] std::uint64_t all_cycles(const gpu::KernelResult& result);
[[nodiscard]] std::uint64_t resident_cycles(const gpu::KernelResult& result);

/// "12.3": part of whole in percent.
[[nodiscard]] std::string share(std::uint64_t part, std::uint64_t whole);

}  // namespace sptc::report

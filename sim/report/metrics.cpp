#include "sim/report/metrics.hpp"

#include <fmt/format.h>

#include <numeric>

namespace sptc::report {

double time_us(const gpu::GpuSpec& spec, base::Cycle cycles) {
    return static_cast<double>(cycles) / spec.clock_mhz;
}

double peak_tflops(const gpu::GpuSpec& spec, int bits, double logical_per_stored) {
    constexpr int kF16Bits = 16;
    const double macs_per_cycle = static_cast<double>(spec.sm.tensor_core.f16_macs_per_cycle) *
                                  kF16Bits / bits * spec.sm.sub_cores * spec.sms *
                                  logical_per_stored;
    return 2 * macs_per_cycle * spec.clock_mhz * 1e-6;
}

double peak_tflops(const gpu::GpuSpec& spec, types::DataType type, double logical_per_stored) {
    const double peak = peak_tflops(spec, types::bits(type), logical_per_stored);
    if (type != types::DataType::kF64) return peak;
    const tensor_core::TensorCoreSpec& tensor_core = spec.sm.tensor_core;
    const double as_f16_cut = tensor_core.f16_macs_per_cycle / 4.0;  // 64 bits
    return peak * tensor_core.f64_macs_per_cycle / as_f16_cut;
}

GemmMetrics metrics(const gpu::GpuSpec& spec, const run::GemmKernelResult& kernel) {
    const gemm::GemmProblem& problem = kernel.problem;
    GemmMetrics result{};
    result.time_us = time_us(spec, kernel.simulation.cycles);
    result.tflops = 2.0 * problem.m * problem.n * problem.k / result.time_us * 1e-6;
    const double logical_per_stored = problem.sparse ? 2.0 : 1.0;
    result.percent_of_peak =
        100 * result.tflops / peak_tflops(spec, problem.input, logical_per_stored);
    return result;
}

std::uint64_t whole_gpu(const gpu::KernelResult& result, std::uint64_t simulated_count) {
    if (result.simulated_ctas == result.ctas || result.simulated_ctas == 0) return simulated_count;
    return static_cast<std::uint64_t>(static_cast<double>(simulated_count) *
                                      static_cast<double>(result.ctas) /
                                      static_cast<double>(result.simulated_ctas));
}

std::uint64_t all_cycles(const gpu::KernelResult& result) {
    return std::accumulate(result.activity.begin(), result.activity.end(), std::uint64_t{0});
}

std::uint64_t resident_cycles(const gpu::KernelResult& result) {
    return all_cycles(result) - result.activity[kResidentActivities];
}

std::string share(std::uint64_t part, std::uint64_t whole) {
    return fmt::format(
        "{:.1f}",
        whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace sptc::report

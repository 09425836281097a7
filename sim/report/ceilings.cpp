#include "sim/report/ceilings.hpp"

#include <algorithm>

#include "sim/report/metrics.hpp"
#include "sim/report/roofline.hpp"

namespace sptc::report {

Ceilings ceilings(const gpu::GpuSpec& spec, const run::GemmKernelResult& kernel) {
    const gemm::GemmProblem& problem = kernel.problem;
    const gpu::KernelResult& simulation = kernel.simulation;
    const GemmMetrics figures = metrics(spec, kernel);
    const double flops = 2.0 * problem.m * problem.n * problem.k;
    const auto per_byte = [flops](std::uint64_t bytes) {
        return bytes == 0 ? 0.0 : flops / static_cast<double>(bytes);
    };
    const double gigahertz = spec.clock_mhz * 1e-3;
    const double l2_bytes_per_cycle =
        std::min(static_cast<double>(spec.memory.l2.slices) * spec.memory.l2.slice_bytes_per_cycle,
                 static_cast<double>(spec.sms) * spec.memory.crossbar.sm_bytes_per_cycle);
    const double bound_us = Roofline(spec, simulation).cycles() / spec.clock_mhz;
    return {.peak_tflops = 100 * figures.tflops / figures.percent_of_peak,
            .hbm_gigabytes_per_second = spec.memory.hbm.bytes_per_cycle * gigahertz,
            .l2_gigabytes_per_second = l2_bytes_per_cycle * gigahertz,
            .hbm_flop_per_byte = per_byte(simulation.hbm_read_bytes + simulation.hbm_write_bytes),
            .l2_flop_per_byte = per_byte(simulation.l2_read_bytes + simulation.l2_write_bytes),
            .attainable_tflops = flops / bound_us * 1e-6};
}

}  // namespace sptc::report

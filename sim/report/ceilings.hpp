#pragma once
#include "models/gpu/gpu_spec.hpp"
#include "sim/run/gemm_result.hpp"

namespace sptc::report {

/// A GEMM kernel in the terms of a roofline chart (Williams, Waterman, Patterson, CACM 2009):
/// throughput over work per byte, under what multipliers and memories allow.
struct Ceilings {
    double peak_tflops;               ///< of type and pattern
    double hbm_gigabytes_per_second;  ///< bandwidth of HBM
    double l2_gigabytes_per_second;   ///< the lower of what slices give and SMs take
    double hbm_flop_per_byte;         ///< 2 M N K per byte that HBM moved; 0 when it moved none
    double l2_flop_per_byte;          ///< per byte that L2 moved
    double attainable_tflops;         ///< 2 M N K in the cycles of the resource that binds
};
[[nodiscard]] Ceilings ceilings(const gpu::GpuSpec& spec, const run::GemmKernelResult& kernel);

}  // namespace sptc::report

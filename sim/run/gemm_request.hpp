#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "models/gpu/gpu.hpp"
#include "models/sparsity/pattern.hpp"
#include "models/types/data_type.hpp"
#include "traces/launch/device_memory.hpp"

namespace sptc::run {

/// D = A . B + C as `sptc gemm` takes it.
struct GemmRequest {
    gpu::GpuSpec gpu;
    std::optional<std::uint32_t> m;  ///< unset: taken from the files
    std::optional<std::uint32_t> n;
    std::optional<std::uint32_t> k;
    types::DataType type = types::DataType::kF16;
    types::DataType accumulator = types::DataType::kF32;
    const sparsity::Pattern* pattern = nullptr;  ///< nullptr: dense
    bool with_dense_baseline = true;             ///< ignored when dense
    launch::Values values = launch::Values::kOff;
    bool check = false;  ///< needs values
    gpu::SimulatedSms sms = gpu::SimulatedSms::kRepresentative;
    gpu::RunOptions options;
    std::uint64_t seed = 1;
    std::string a_file;              ///< FILE[:tensor], M x K; empty: seeded normal values
    std::string b_file;              ///< K x N
    std::string c_file;              ///< M x N; empty: C = 0
    std::string out_file;            ///< .npy for D; empty: not written
    std::string trace_file;          ///< of the first kernel, not the baseline; empty: not saved
    std::string emit_ptx_directory;  ///< kernels and launch files; empty: not written
};

}  // namespace sptc::run

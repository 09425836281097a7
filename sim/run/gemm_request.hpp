#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "models/gpu/gpu.hpp"
#include "models/sparsity/pattern.hpp"
#include "models/types/data_type.hpp"
#include "traces/gemm/forced_tile.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::run {

/// D = A . B + C as `sptc gemm` takes it.
struct GemmRequest {
    gpu::GpuSpec gpu;
    std::optional<std::uint32_t> m;  ///< unset: taken from the files
    std::optional<std::uint32_t> n;
    std::optional<std::uint32_t> k;
    types::DataType type = types::DataType::kF16;
    std::optional<types::DataType> b_type;       ///< of B; unset: as A
    std::optional<types::DataType> accumulator;  ///< of C and D; unset: default_accumulator()
    std::optional<gemm::BLayout> b_layout;       ///< unset: gemm::default_b_layout()
    const sparsity::Pattern* pattern = nullptr;  ///< nullptr: dense
    /// Metadata of an extended pattern; unset: the pattern is the hardware's own of the type, or
    /// extended with the index format of the GPU description.
    std::optional<sparsity::IndexFormat> index_format;
    bool with_dense_baseline = true;                ///< ignored when dense
    std::optional<gemm::ForcedTile> tile;           ///< unset: gemm::choose_tile()
    std::optional<gemm::ForcedTile> baseline_tile;  ///< of the dense baseline
    launch::Values values = launch::Values::kOff;
    bool check = false;  ///< needs values
    gpu::SimulatedSms sms = gpu::SimulatedSms::kRepresentative;
    gpu::RunOptions options;
    lowering::Lowering lowering = lowering::Lowering::kOn;
    std::uint64_t seed = 1;
    std::string a_file;  ///< FILE[:tensor], M x K; empty: seeded values
    std::string b_file;  ///< K x N
    std::string c_file;  ///< M x N; empty: C = 0
    double alpha = 1;
    double beta = 1;                 ///< without C no meaning; 0: C is not read
    std::string epilogue = "none";   ///< steps as gemm::set_steps() takes them
    std::string bias_file;           ///< 1 x N; empty: seeded values where there is a bias
    double requant_scale = 0x1p-10;  ///< of requant-s8, rounded to f32
    std::uint32_t split_k = 1;       ///< CTAs along K; more than 1 need sms = kAll
    std::string out_file;            ///< .npy for D; empty: not written
    std::string trace_file;          ///< of the first kernel, not the baseline; empty: not saved
    sanitize::Sanitizer* sanitizer =
        nullptr;                     ///< watches the kernel, not the baseline; may be absent
    std::string emit_ptx_directory;  ///< kernels and launch files; empty: not written
};

/// f32 for floating-point inputs up to 32 bits, f64 for f64, s32 for integers and bits.
[[nodiscard]] types::DataType default_accumulator(types::DataType input);

/// The sparsity pattern that the hardware has for a type of A; nullptr when it has none.
[[nodiscard]] const sparsity::Pattern* hardware_pattern(types::DataType input);

/// The pattern of a request when it is not the hardware's own.
[[nodiscard]] std::optional<gemm::ExtendedPattern> extended_pattern(const GemmRequest& request);

/// What a request multiplies, once its extents are known.
[[nodiscard]] gemm::GemmProblem problem_of(const GemmRequest& request, std::uint32_t m,
                                           std::uint32_t n, std::uint32_t k);

}  // namespace sptc::run

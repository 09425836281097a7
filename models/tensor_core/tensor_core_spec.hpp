#pragma once
#include <optional>
#include <string>
#include <vector>

#include "models/isa/dot_rule.hpp"
#include "models/numeric/simd.hpp"

namespace sptc::tensor_core {

/// When values are computed; the bits and the cycles are the same.
enum class ValuesMode : std::uint8_t {
    kWholeInstruction,  ///< all of D in the first pass, with the fast kernels
    kPerPass,  ///< each pass its own slice, with the scalar arithmetic: the twin that keeps the
               ///< other honest
};

/// A fault for mutation tests: two inputs of one 4:1 mux are swapped, on the lanes
/// lane[row][slot][*].
struct SwappedMuxInputs {
    int row;           ///< 0 .. 15
    int slot;          ///< 0 .. products of a group - 1
    int first_input;   ///< 0 .. 3
    int second_input;  ///< 0 .. 3
};

/// A datapath for any N:M (docs/nm.md): the muxes in front of the multiplier lanes have so many
/// inputs, and the metadata decoder reads every index format.
struct FlexibleSpec {
    int largest_group = 0;  ///< largest M: the fan-in of the muxes; 0: only the hardware's patterns
    /// The index format of kernels that name none.
    sparsity::IndexFormat index_format = sparsity::IndexFormat::kCoordinate;
};

/// One tensor core of a sub-core. The defaults are an A100's.
/// Widths: NVIDIA A100 whitepaper, 256 dense f16 FMA per tensor core and clock.
/// Latencies: Sun et al., "Dissecting Tensor Cores via Microbenchmarks", IEEE TPDS 34(1) 2023
/// (arXiv 2206.02874), tables 3 and 6: completion 24.7 cycles for m16n8k16 and sparse
/// m16n8k32, 17.7 for m16n8k8 and 17.8 for sparse m16n8k16, f16 with f32 accumulation.
struct TensorCoreSpec {
    /// Multiplications of f16 values per cycle; other types but f64 have f16_macs_per_cycle * 16 /
    /// bits.
    int f16_macs_per_cycle = 256;
    /// Multiplications of f64 values per cycle: 19.5 TFLOPS of FP64 tensor cores are 64 FMA per SM
    /// and clock (A100 whitepaper).
    int f64_macs_per_cycle = 16;
    /// Bits of B that the operand selector fetches per cycle: 32 f16 values, just what a 2:4 slice
    /// needs (assumed).
    int b_bits_per_cycle = 512;
    /// From the last pass to a dependent issue: 17.7 measured = 3 (passes 2 to 4 of m16n8k8) + 15.
    int pipeline_cycles = 15;
    /// More for each further group of products: 24.7 measured = 7 (passes 2 to 8 of m16n8k16) + 15
    /// + 3.
    int chained_group_cycles = 3;
    /// The metadata stage takes one sparse instruction per so many cycles: sparse m16n8k16 sustains
    /// one per 6.35 (table 6), though its four passes take 4.
    int sparse_minimum_interval_cycles = 6;
    FlexibleSpec flexible = {};
    std::string arch = "sm_80";  ///< row of isa::architectures()
    isa::Partition partition = isa::kDefaultPartition;
    isa::MetadataMode metadata_mode = isa::MetadataMode::kStrict;
    ValuesMode values_mode = ValuesMode::kWholeInstruction;
    std::optional<numeric::Simd> simd = std::nullopt;  ///< unset: numeric::choose_simd()
    std::vector<SwappedMuxInputs> swapped_mux_inputs = {};
};

/// Throws ConfigError naming the field, what it holds and what is legal.
void validate(const TensorCoreSpec& spec);

/// Throws ConfigError when the form is an N:M one that the tensor core has no datapath for.
void require_datapath(const TensorCoreSpec& spec, const isa::MmaForm& form);

}  // namespace sptc::tensor_core

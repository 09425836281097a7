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
/// 0 switches a limit off.
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
    /// Cycles that a pass takes when it sums in f32, against other accumulators: 2 on GeForce
    /// parts.
    int f32_accumulate_divisor = 1;
    /// From issue to the issue of an mma that accumulates on the result, for one k step (16 bytes
    /// of a stored row of A): 17.7 measured for m16n8k8. It does not depend on how long the passes
    /// take: the dependent mma needs the slices of C in the order in which they are done.
    int completion_cycles = 18;
    /// More for each further k step, which adds to the sums of the one before: 24.7 for m16n8k16.
    int k_step_cycles = 7;
    /// Each instruction keeps the datapath so much longer than its passes (Hopper's mma.sync).
    int instruction_overhead_cycles = 0;
    /// Forms of elements below a byte take so much longer, interval and completion: m16n8k64 s4 and
    /// m16n8k256 b1 complete in 26.1 and 26.0 cycles and sustain one per 8.95 (Sun et al., table
    /// 3).
    int sub_byte_overhead_cycles = 1;
    /// Registers of A, B and C that are read per cycle: two banks with a port each (Huerta et al.,
    /// MICRO 2025, section 5.3). An mma cannot start before the one before it has been read.
    int operand_registers_per_cycle = 2;
    /// Cycles that reading the metadata of a sparse instruction adds.
    int metadata_read_cycles = 1;
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

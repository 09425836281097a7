#pragma once
#include <cstdint>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"

namespace sptc::sm {

/// One execution pipeline of a sub-core: a warp instruction occupies it for 32 / lanes cycles and
/// its result can be read latency_cycles after issue.
struct PipelineSpec {
    std::uint32_t lanes = 0;
    base::Cycle latency_cycles = 0;
};

/// The banks and ports of a sub-core's registers.
struct RegisterFileSpec {
    std::uint32_t banks = 0;                ///< one read and one write port each
    base::Cycle window_cycles = 0;          ///< in which a fixed-latency instruction reads
    std::uint32_t cache_operand_slots = 0;  ///< registers kept per bank for reuse; 0: no cache
};

/// Where a sub-core's instructions come from.
struct InstructionSupplySpec {
    std::uint32_t buffer_entries = 0;       ///< decoded instructions of a warp
    base::Cycle fetch_cycles = 0;           ///< from a fetch to the instruction's issue
    base::Cycle branch_resolve_cycles = 0;  ///< from a branch's issue to the fetch of its target
};

/// A quarter of an SM. Values and sources stand in configs/gpu/*.json.
struct SubCoreSpec {
    std::uint32_t warp_slots = 0;
    PipelineSpec integer;
    PipelineSpec integer_multiply;
    PipelineSpec float32;
    PipelineSpec float16;
    PipelineSpec float64;
    PipelineSpec convert;
    PipelineSpec special_function;
    PipelineSpec vote;
    PipelineSpec match;
    PipelineSpec warp_reduce;
    base::Cycle address_extra_cycles = 0;  ///< a result used as a memory address is not bypassed
    InstructionSupplySpec instruction_supply;
    RegisterFileSpec register_file;
    base::Cycle warp_sync_cycles = 0;     ///< from bar.warp.sync to the warp's next issue
    base::Cycle read_special_cycles = 0;  ///< %tid and the like, until readable
    base::Cycle read_clock_cycles = 0;
    base::Cycle parameter_cycles = 0;           ///< ld.param (constant bank), until readable
    base::Cycle dependency_barrier_cycles = 0;  ///< from cp.async.wait (DEPBAR) to the next issue
    std::uint32_t memory_queue_entries = 0;
    base::Cycle address_unit_cycles = 0;      ///< one memory instruction per this many cycles
    std::uint32_t store_bytes_per_cycle = 0;  ///< register data on its way to the load/store unit
};

/// Cycles from the issue of a memory instruction to its operands being read (first instruction,
/// 32-bit data): what a following write to its registers waits for.
struct OperandReadSpec {
    base::Cycle load_shared_cycles = 0;
    base::Cycle load_global_cycles = 0;
    base::Cycle store_shared_cycles = 0;
    base::Cycle store_global_cycles = 0;
    base::Cycle async_copy_cycles = 0;
};

/// The shared memory of an SM: 32 banks behind per-sub-core queues.
struct SharedMemorySpec {
    std::uint32_t bytes = 0;                   ///< usable by CTAs
    std::uint32_t bytes_per_cta = 0;           ///< limit of one CTA
    std::uint32_t reserved_bytes_per_cta = 0;  ///< taken by the system from each resident CTA
    std::uint32_t banks = 0;
    std::uint32_t bank_bytes = 0;
    std::uint32_t queue_entries = 0;  ///< instructions waiting per sub-core, and fills
    base::Cycle pipeline_cycles =
        0;  ///< from a wavefront in the bank array to its data in registers
    std::uint32_t return_bytes_per_cycle = 0;  ///< to each sub-core
    base::Cycle wide_return_cycles = 0;  ///< return path of one wavefront of a 64- or 128-bit load
    std::uint32_t return_buffer_wavefronts = 0;  ///< read ahead of the return path, per sub-core
    base::Cycle shuffle_extra_cycles = 0;        ///< shfl: beyond a load without conflicts
    std::uint32_t atomic_wavefronts = 0;  ///< for each lane that an atomic serves at one bank
};

inline constexpr std::uint32_t kMaxTagBanks = 16;

/// The L1 data cache, which shares its data array with shared memory.
struct L1Spec {
    std::uint32_t array_bytes = 0;               ///< of shared memory and L1 together
    std::vector<std::uint32_t> carve_out_bytes;  ///< what shared memory can get of it, ascending
    std::uint32_t sets = 0;
    std::uint32_t tag_banks = 0;      ///< lines looked up per cycle, at most one per bank
    std::uint32_t queue_entries = 0;  ///< global instructions waiting for the tags
    base::Cycle tag_cycles = 0;       ///< from the operands' read to the tags
};

/// The path of an SM to the L2.
struct GlobalPathSpec {
    std::uint32_t queue_entries = 0;        ///< requests waiting in the SM before the tags stop
    std::uint32_t outstanding_sectors = 0;  ///< on their way
    base::Cycle request_cycles = 0;         ///< from the SM to a slice of the L2
    base::Cycle response_cycles = 0;        ///< from a slice to the SM
};

struct BarrierSpec {
    base::Cycle arrival_cycles = 0;  ///< the SM's barrier unit takes one warp per this many cycles
    base::Cycle release_cycles = 0;  ///< from the last arrival to the warps' next issue
};

struct SmSpec {
    std::uint32_t sub_cores = 0;
    std::uint32_t max_warps = 0;
    std::uint32_t max_ctas = 0;
    std::uint32_t registers = 0;  ///< 32-bit registers of the SM
    std::uint32_t register_allocation_unit =
        0;  ///< registers are given to a warp in multiples of this
    std::uint32_t max_registers_per_thread = 0;
    std::uint32_t max_threads_per_cta = 0;
    base::Cycle memory_instruction_cycles = 0;  ///< the SM accepts one from all sub-cores in these
    double clock_mhz = 0;                       ///< nanosleep: cycles of its nanoseconds
    SubCoreSpec sub_core;
    OperandReadSpec operand_read;
    OperandReadSpec uniform_operand_read;   ///< with the address in a uniform register
    base::Cycle uniform_result_cycles = 0;  ///< by which its results come earlier still
    SharedMemorySpec shared_memory;
    L1Spec l1;
    GlobalPathSpec global_path;
    BarrierSpec barrier;
    tensor_core::TensorCoreSpec tensor_core;
};

}  // namespace sptc::sm

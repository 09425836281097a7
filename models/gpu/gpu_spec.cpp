#include "models/gpu/gpu_spec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/gpu/memory_validation.hpp"
#include "models/gpu/spec_check.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/instruction_buffer.hpp"
#include "models/sm/register_file.hpp"

namespace sptc::gpu {
namespace {

using base::Cycle;

constexpr std::uint32_t kLanes = isa::kLanes;
constexpr double kMostMegahertz = 100'000;             // as --clock-mhz; far above any GPU
constexpr Cycle kMostCycles = 1000;                    // of one step in a pipeline
constexpr std::uint32_t kMostRegistersOfThread = 255;  // CUDA, since compute capability 3.5
constexpr std::uint32_t kMostThreadsOfCta = 1024;      // CUDA, every architecture

void validate_pipelines(const SpecCheck& check, const sm::SubCoreSpec& sub_core) {
    const auto pipeline = [&check](std::string_view name, const sm::PipelineSpec& spec) {
        const std::string pointer = fmt::format("/sm/sub_core/{}", name);
        check.require(spec.lanes > 0 && kLanes % spec.lanes == 0, pointer + "/lanes", spec.lanes,
                      "a divisor of the 32 threads of a warp");
        check.range(pointer + "/latency_cycles", spec.latency_cycles, Cycle{1}, kMostCycles);
    };
    pipeline("integer", sub_core.integer);
    pipeline("integer_multiply", sub_core.integer_multiply);
    pipeline("float32", sub_core.float32);
    pipeline("float16", sub_core.float16);
    pipeline("float64", sub_core.float64);
    pipeline("convert", sub_core.convert);
    pipeline("special_function", sub_core.special_function);
    pipeline("vote", sub_core.vote);
    pipeline("match", sub_core.match);
    pipeline("warp_reduce", sub_core.warp_reduce);
}

void validate_sub_core(const SpecCheck& check, const sm::SubCoreSpec& sub_core) {
    validate_pipelines(check, sub_core);
    const sm::RegisterFileSpec& registers = sub_core.register_file;
    check.range("/sm/sub_core/register_file/banks", registers.banks, 1u,
                std::uint32_t{sm::RegisterFile::kMaxBanks});
    check.positive("/sm/sub_core/register_file/window_cycles", registers.window_cycles);
    check.range("/sm/sub_core/register_file/cache_operand_slots", registers.cache_operand_slots, 0u,
                std::uint32_t{sm::RegisterFile::kMaxCacheSlots});
    check.range("/sm/sub_core/instruction_supply/buffer_entries",
                sub_core.instruction_supply.buffer_entries, 1u,
                std::uint32_t{sm::InstructionBuffer::kMaxEntries});
    check.positive("/sm/sub_core/memory_queue_entries", sub_core.memory_queue_entries);
    check.positive("/sm/sub_core/store_bytes_per_cycle", sub_core.store_bytes_per_cycle);
}

void validate_occupancy(const SpecCheck& check, const sm::SmSpec& sm) {
    check.positive("/sm/sub_cores", sm.sub_cores);
    check.require(sm.max_warps > 0 && sm.max_warps == sm.sub_cores * sm.sub_core.warp_slots,
                  "/sm/max_warps", sm.max_warps,
                  fmt::format("/sm/sub_cores x /sm/sub_core/warp_slots ({} x {})", sm.sub_cores,
                              sm.sub_core.warp_slots));
    check.require(sm.max_ctas > 0 && sm.max_ctas <= sm.max_warps, "/sm/max_ctas", sm.max_ctas,
                  fmt::format("1 to /sm/max_warps ({})", sm.max_warps));
    const std::uint32_t most_threads = std::min(kMostThreadsOfCta, sm.max_warps * kLanes);
    check.require(sm.max_threads_per_cta > 0 && sm.max_threads_per_cta <= most_threads &&
                      sm.max_threads_per_cta % kLanes == 0,
                  "/sm/max_threads_per_cta", sm.max_threads_per_cta,
                  fmt::format("a multiple of {} up to {}", kLanes, most_threads));
    check.positive("/sm/register_allocation_unit", sm.register_allocation_unit);
    const std::uint32_t unit = sm.sub_cores * sm.register_allocation_unit;
    check.require(
        sm.registers > 0 && sm.registers % unit == 0, "/sm/registers", sm.registers,
        fmt::format("a multiple of /sm/sub_cores x /sm/register_allocation_unit ({})", unit));
    check.range("/sm/max_registers_per_thread", sm.max_registers_per_thread, 1u,
                kMostRegistersOfThread);
}

void validate_shared(const SpecCheck& check, const sm::SharedMemorySpec& shared) {
    check.range("/sm/shared_memory/banks", shared.banks, 1u, kLanes);
    check.require(shared.bank_bytes == 4 || shared.bank_bytes == 8, "/sm/shared_memory/bank_bytes",
                  shared.bank_bytes, "4 or 8");
    check.positive("/sm/shared_memory/atomic_wavefronts", shared.atomic_wavefronts);
    check.positive("/sm/shared_memory/queue_entries", shared.queue_entries);
    const std::uint32_t width = shared.banks * shared.bank_bytes;
    check.require(shared.return_bytes_per_cycle > 0 && width % shared.return_bytes_per_cycle == 0,
                  "/sm/shared_memory/return_bytes_per_cycle", shared.return_bytes_per_cycle,
                  fmt::format("a divisor of banks x bank_bytes ({})", width));
    check.require(
        std::uint64_t{shared.bytes_per_cta} + shared.reserved_bytes_per_cta <= shared.bytes,
        "/sm/shared_memory/bytes_per_cta", shared.bytes_per_cta,
        fmt::format("no more than bytes ({}) less reserved_bytes_per_cta ({})", shared.bytes,
                    shared.reserved_bytes_per_cta));
}

}  // namespace

void validate(const GpuSpec& spec) {
    const SpecCheck check(spec.name);
    check.require(!spec.name.empty(), "/name", std::string("\"\""), "a name");
    check.require(spec.clock_mhz > 0 && spec.clock_mhz <= kMostMegahertz, "/clock_mhz",
                  spec.clock_mhz, fmt::format("more than 0 and at most {}", kMostMegahertz));
    check.positive("/sms", spec.sms);
    validate_sub_core(check, spec.sm.sub_core);
    validate_occupancy(check, spec.sm);
    check.positive("/sm/memory_instruction_cycles", spec.sm.memory_instruction_cycles);
    validate_shared(check, spec.sm.shared_memory);
    tensor_core::validate(spec.sm.tensor_core);
    validate_l1(spec);
    validate_memory(spec);
}

}  // namespace sptc::gpu

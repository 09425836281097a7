#include "models/gpu/gpu_spec.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/gpu/memory_validation.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/instruction_buffer.hpp"
#include "models/sm/register_file.hpp"

namespace sptc::gpu {

void validate(const GpuSpec& spec) {
    const auto require = [&spec](bool condition, std::string_view what) {
        if (!condition) throw base::ConfigError(fmt::format("GPU '{}': {}", spec.name, what));
    };
    const sm::SmSpec& sm = spec.sm;
    const sm::SubCoreSpec& sub_core = sm.sub_core;
    const sm::SharedMemorySpec& shared = sm.shared_memory;
    tensor_core::validate(sm.tensor_core);
    require(spec.sms > 0, "sms must be positive");
    require(spec.clock_mhz > 0, "clock_mhz must be positive");
    require(sm.sub_cores > 0 && sm.max_warps == sm.sub_cores * sub_core.warp_slots,
            "max_warps must be sub_cores x sub_core.warp_slots");
    for (const sm::PipelineSpec& pipe :
         {sub_core.integer, sub_core.integer_multiply, sub_core.float32, sub_core.float16,
          sub_core.float64, sub_core.convert, sub_core.special_function, sub_core.vote,
          sub_core.match, sub_core.warp_reduce}) {
        require(pipe.lanes > 0 && isa::kLanes % pipe.lanes == 0, "pipeline lanes must divide 32");
        require(pipe.latency_cycles > 0, "pipeline latency_cycles must be positive");
    }
    require(sub_core.register_file.banks > 0 &&
                sub_core.register_file.banks <= sm::RegisterFile::kMaxBanks,
            "register_file.banks must be 1 to 4");
    require(sub_core.register_file.window_cycles > 0,
            "register_file.window_cycles must be positive");
    require(sub_core.register_file.cache_operand_slots <= sm::RegisterFile::kMaxCacheSlots,
            "register_file.cache_operand_slots must be 0 to 4");
    require(sub_core.instruction_supply.buffer_entries > 0 &&
                sub_core.instruction_supply.buffer_entries <= sm::InstructionBuffer::kMaxEntries,
            "instruction_supply.buffer_entries must be 1 to 8");
    require(sub_core.memory_queue_entries > 0, "memory_queue_entries must be positive");
    require(sub_core.store_bytes_per_cycle > 0, "store_bytes_per_cycle must be positive");
    require(sm.memory_instruction_cycles > 0, "memory_instruction_cycles must be positive");
    require(sm.register_allocation_unit > 0, "register_allocation_unit must be positive");
    require(shared.banks > 0 && shared.banks <= isa::kLanes && shared.bank_bytes > 0,
            "shared_memory.banks must be 1 to 32 and bank_bytes positive");
    require(shared.atomic_wavefronts > 0, "shared_memory.atomic_wavefronts must be positive");
    require(shared.queue_entries > 0, "shared_memory.queue_entries must be positive");
    require(shared.return_bytes_per_cycle > 0 &&
                shared.banks * shared.bank_bytes % shared.return_bytes_per_cycle == 0,
            "shared_memory.return_bytes_per_cycle must divide banks x bank_bytes");
    validate_l1(spec);
    validate_memory(spec);
}

}  // namespace sptc::gpu

#include "sim/run/gpu_config.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/run/json_section.hpp"

namespace sptc::run {
namespace {

using Section = JsonSection;

sm::PipelineSpec read_pipeline(Section section) {
    sm::PipelineSpec spec;
    section.read("lanes", spec.lanes);
    section.read("latency_cycles", spec.latency_cycles);
    section.finish();
    return spec;
}

sm::RegisterFileSpec read_register_file(Section section) {
    sm::RegisterFileSpec spec;
    section.read("banks", spec.banks);
    section.read("window_cycles", spec.window_cycles);
    section.read("cache_operand_slots", spec.cache_operand_slots);
    section.finish();
    return spec;
}

sm::InstructionSupplySpec read_instruction_supply(Section section) {
    sm::InstructionSupplySpec spec;
    section.read("buffer_entries", spec.buffer_entries);
    section.read("fetch_cycles", spec.fetch_cycles);
    section.read("branch_resolve_cycles", spec.branch_resolve_cycles);
    section.finish();
    return spec;
}

sm::SubCoreSpec read_sub_core(Section section) {
    sm::SubCoreSpec spec;
    section.read("warp_slots", spec.warp_slots);
    spec.integer = read_pipeline(section.section("integer"));
    spec.integer_multiply = read_pipeline(section.section("integer_multiply"));
    spec.float32 = read_pipeline(section.section("float32"));
    spec.float16 = read_pipeline(section.section("float16"));
    spec.float64 = read_pipeline(section.section("float64"));
    spec.convert = read_pipeline(section.section("convert"));
    spec.special_function = read_pipeline(section.section("special_function"));
    spec.vote = read_pipeline(section.section("vote"));
    spec.match = read_pipeline(section.section("match"));
    spec.warp_reduce = read_pipeline(section.section("warp_reduce"));
    section.read("address_extra_cycles", spec.address_extra_cycles);
    spec.instruction_supply = read_instruction_supply(section.section("instruction_supply"));
    spec.register_file = read_register_file(section.section("register_file"));
    section.read("warp_sync_cycles", spec.warp_sync_cycles);
    section.read("read_special_cycles", spec.read_special_cycles);
    section.read("read_clock_cycles", spec.read_clock_cycles);
    section.read("parameter_cycles", spec.parameter_cycles);
    section.read("dependency_barrier_cycles", spec.dependency_barrier_cycles);
    section.read("memory_queue_entries", spec.memory_queue_entries);
    section.read("address_unit_cycles", spec.address_unit_cycles);
    section.read("store_bytes_per_cycle", spec.store_bytes_per_cycle);
    section.finish();
    return spec;
}

sm::OperandReadSpec read_operand_read(Section section) {
    sm::OperandReadSpec spec;
    section.read("load_shared_cycles", spec.load_shared_cycles);
    section.read("load_global_cycles", spec.load_global_cycles);
    section.read("store_shared_cycles", spec.store_shared_cycles);
    section.read("store_global_cycles", spec.store_global_cycles);
    section.read("async_copy_cycles", spec.async_copy_cycles);
    section.finish();
    return spec;
}

sm::SharedMemorySpec read_shared_memory(Section section) {
    sm::SharedMemorySpec spec;
    section.read("bytes", spec.bytes);
    section.read("bytes_per_cta", spec.bytes_per_cta);
    section.read("reserved_bytes_per_cta", spec.reserved_bytes_per_cta);
    section.read("banks", spec.banks);
    section.read("bank_bytes", spec.bank_bytes);
    section.read("queue_entries", spec.queue_entries);
    section.read("pipeline_cycles", spec.pipeline_cycles);
    section.read("return_bytes_per_cycle", spec.return_bytes_per_cycle);
    section.read("wide_return_cycles", spec.wide_return_cycles);
    section.read("return_buffer_wavefronts", spec.return_buffer_wavefronts);
    section.read("shuffle_extra_cycles", spec.shuffle_extra_cycles);
    section.read("atomic_wavefronts", spec.atomic_wavefronts);
    section.finish();
    return spec;
}

sm::L1Spec read_l1(Section section) {
    sm::L1Spec spec;
    section.read("array_bytes", spec.array_bytes);
    spec.carve_out_bytes = section.numbers("carve_out_kilobytes");
    constexpr std::uint32_t kKilobyte = 1024;
    constexpr std::uint32_t kMostKilobytes = 1024 * 1024;
    for (std::uint32_t& size : spec.carve_out_bytes) {
        if (size > kMostKilobytes) {
            section.fail("/sm/l1/carve_out_kilobytes",
                         fmt::format("found {}, expected at most {}", size, kMostKilobytes));
        }
        size *= kKilobyte;
    }
    section.read("sets", spec.sets);
    section.read("tag_banks", spec.tag_banks);
    section.read("queue_entries", spec.queue_entries);
    section.read("tag_cycles", spec.tag_cycles);
    section.finish();
    return spec;
}

sm::GlobalPathSpec read_global_path(Section section) {
    sm::GlobalPathSpec spec;
    section.read("queue_entries", spec.queue_entries);
    section.read("outstanding_sectors", spec.outstanding_sectors);
    section.read("request_cycles", spec.request_cycles);
    section.read("response_cycles", spec.response_cycles);
    section.finish();
    return spec;
}

sm::BarrierSpec read_barrier(Section section) {
    sm::BarrierSpec spec;
    section.read("arrival_cycles", spec.arrival_cycles);
    section.read("release_cycles", spec.release_cycles);
    section.finish();
    return spec;
}

tensor_core::FlexibleSpec read_flexible(Section section) {
    tensor_core::FlexibleSpec spec;
    section.read("largest_group", spec.largest_group);
    const std::string format = section.text("index_format");
    try {
        spec.index_format = sparsity::parse_index_format(format);
    } catch (const base::ConfigError& problem) {
        section.fail("/sm/tensor_core/flexible_patterns/index_format", problem.what());
    }
    section.finish();
    return spec;
}

tensor_core::TensorCoreSpec read_tensor_core(Section section, const std::string& arch) {
    tensor_core::TensorCoreSpec spec;
    spec.arch = arch;
    section.read("f16_macs_per_cycle", spec.f16_macs_per_cycle);
    section.read("f64_macs_per_cycle", spec.f64_macs_per_cycle);
    section.read("b_bits_per_cycle", spec.b_bits_per_cycle);
    section.read("f32_accumulate_divisor", spec.f32_accumulate_divisor);
    section.read("completion_cycles", spec.completion_cycles);
    section.read("k_step_cycles", spec.k_step_cycles);
    section.read("instruction_overhead_cycles", spec.instruction_overhead_cycles);
    section.read("operand_registers_per_cycle", spec.operand_registers_per_cycle);
    section.read("metadata_read_cycles", spec.metadata_read_cycles);
    section.read("sub_byte_overhead_cycles", spec.sub_byte_overhead_cycles);
    section.read("sparse_minimum_interval_cycles", spec.sparse_minimum_interval_cycles);
    if (section.has("flexible_patterns")) {
        spec.flexible = read_flexible(section.section("flexible_patterns"));
    }
    section.finish();
    return spec;
}

sm::SmSpec read_sm(Section section, const std::string& arch) {
    sm::SmSpec spec;
    section.read("sub_cores", spec.sub_cores);
    section.read("max_warps", spec.max_warps);
    section.read("max_ctas", spec.max_ctas);
    section.read("registers", spec.registers);
    section.read("register_allocation_unit", spec.register_allocation_unit);
    section.read("max_registers_per_thread", spec.max_registers_per_thread);
    section.read("max_threads_per_cta", spec.max_threads_per_cta);
    section.read("memory_instruction_cycles", spec.memory_instruction_cycles);
    spec.sub_core = read_sub_core(section.section("sub_core"));
    spec.operand_read = read_operand_read(section.section("operand_read"));
    spec.uniform_operand_read = read_operand_read(section.section("uniform_operand_read"));
    section.read("uniform_result_cycles", spec.uniform_result_cycles);
    spec.shared_memory = read_shared_memory(section.section("shared_memory"));
    spec.l1 = read_l1(section.section("l1"));
    spec.global_path = read_global_path(section.section("global_path"));
    spec.barrier = read_barrier(section.section("barrier"));
    spec.tensor_core = read_tensor_core(section.section("tensor_core"), arch);
    section.finish();
    return spec;
}

memory::MemorySpec read_memory(Section section, double clock_mhz) {
    memory::MemorySpec spec;
    Section crossbar = section.section("crossbar");
    spec.crossbar.sm_bytes_per_cycle = crossbar.number("sm_bytes_per_cycle");
    crossbar.finish();
    Section l2 = section.section("l2");
    l2.read("bytes", spec.l2.bytes);
    l2.read("partitions", spec.l2.partitions);
    l2.read("slices", spec.l2.slices);
    l2.read("ways", spec.l2.ways);
    l2.read("slice_bytes_per_cycle", spec.l2.slice_bytes_per_cycle);
    l2.read("hit_cycles", spec.l2.hit_cycles);
    l2.read("atomic_cycles", spec.l2.atomic_cycles);
    l2.read("link_cycles", spec.l2.link_cycles);
    l2.read("link_bytes_per_cycle", spec.l2.link_bytes_per_cycle);
    l2.finish();
    Section hbm = section.section("hbm");
    constexpr double kGibibyte = 1u << 30;
    spec.hbm.bytes = static_cast<std::uint64_t>(hbm.number("capacity_gibibytes") * kGibibyte);
    hbm.read("channels", spec.hbm.channels);
    const double peak = hbm.number("peak_gigabytes_per_second");
    const double efficiency = hbm.number("efficiency");
    if (!(efficiency > 0 && efficiency <= 1)) {
        hbm.fail("/memory/hbm/efficiency",
                 fmt::format("found {}, expected more than 0 and at most 1", efficiency));
    }
    spec.hbm.bytes_per_cycle = peak * efficiency * 1e3 / clock_mhz;
    hbm.read("read_cycles", spec.hbm.read_cycles);
    hbm.finish();
    section.finish();
    return spec;
}

}  // namespace

gpu::GpuSpec gpu_of(const GpuDocument& document) {
    const nlohmann::json object = nlohmann::json::parse(document.text);
    Section root(object, document.file, "");
    gpu::GpuSpec spec;
    (void)root.text("schema");
    spec.name = root.text("name");
    spec.description = root.text("description");
    spec.arch = root.text("arch");
    spec.clock_mhz = root.number("clock_mhz");
    root.read("sms", spec.sms);
    spec.sm = read_sm(root.section("sm"), spec.arch);
    spec.sm.clock_mhz = spec.clock_mhz;
    spec.memory = read_memory(root.section("memory"), spec.clock_mhz);
    root.finish();
    gpu::validate(spec);
    return spec;
}

gpu::GpuSpec load_gpu(std::string_view name_or_path, std::span<const GpuOverride> overrides) {
    return gpu_of(gpu_document(name_or_path, overrides));
}

}  // namespace sptc::run

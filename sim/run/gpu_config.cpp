#include "sim/run/gpu_config.hpp"

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
    section.read("branch_cycles", spec.branch_cycles);
    section.read("warp_sync_cycles", spec.warp_sync_cycles);
    section.read("read_special_cycles", spec.read_special_cycles);
    section.read("read_clock_cycles", spec.read_clock_cycles);
    section.read("parameter_cycles", spec.parameter_cycles);
    section.read("register_read_ports", spec.register_read_ports);
    section.read("operand_window_cycles", spec.operand_window_cycles);
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
    section.read("return_buffer_wavefronts", spec.return_buffer_wavefronts);
    section.read("shuffle_extra_cycles", spec.shuffle_extra_cycles);
    section.read("atomic_wavefronts", spec.atomic_wavefronts);
    section.finish();
    return spec;
}

sm::GlobalPathSpec read_global_path(Section section) {
    sm::GlobalPathSpec spec;
    section.read("queue_entries", spec.queue_entries);
    section.read("outstanding_lines", spec.outstanding_lines);
    section.read("request_cycles", spec.request_cycles);
    section.read("write_back_cycles", spec.write_back_cycles);
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
    section.read("pipeline_cycles", spec.pipeline_cycles);
    section.read("chained_group_cycles", spec.chained_group_cycles);
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
    section.read("memory_instructions_per_cycle", spec.memory_instructions_per_cycle);
    spec.sub_core = read_sub_core(section.section("sub_core"));
    spec.operand_read = read_operand_read(section.section("operand_read"));
    spec.shared_memory = read_shared_memory(section.section("shared_memory"));
    spec.global_path = read_global_path(section.section("global_path"));
    spec.barrier = read_barrier(section.section("barrier"));
    spec.tensor_core = read_tensor_core(section.section("tensor_core"), arch);
    section.finish();
    return spec;
}

memory::MemorySpec read_memory(Section section, double clock_mhz) {
    memory::MemorySpec spec;
    Section crossbar = section.section("crossbar");
    crossbar.read("sm_bytes_per_cycle", spec.crossbar.sm_bytes_per_cycle);
    crossbar.read("request_cycles", spec.crossbar.request_cycles);
    crossbar.read("response_cycles", spec.crossbar.response_cycles);
    crossbar.finish();
    Section l2 = section.section("l2");
    l2.read("bytes", spec.l2.bytes);
    l2.read("slices", spec.l2.slices);
    l2.read("ways", spec.l2.ways);
    l2.read("slice_bytes_per_cycle", spec.l2.slice_bytes_per_cycle);
    l2.read("hit_cycles", spec.l2.hit_cycles);
    l2.read("atomic_cycles", spec.l2.atomic_cycles);
    l2.finish();
    Section hbm = section.section("hbm");
    hbm.read("channels", spec.hbm.channels);
    spec.hbm.bytes_per_cycle = hbm.number("gigabytes_per_second") * 1e3 / clock_mhz;
    hbm.read("read_cycles", spec.hbm.read_cycles);
    hbm.finish();
    section.finish();
    return spec;
}

gpu::GpuSpec parse(const GpuDocument& document) {
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

}  // namespace

gpu::GpuSpec load_gpu(std::string_view name_or_path, std::span<const GpuOverride> overrides) {
    return parse(gpu_document(name_or_path, overrides));
}

}  // namespace sptc::run

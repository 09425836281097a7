#include "sim/report/kernel_json.hpp"

#include <nlohmann/json.hpp>

#include "sim/report/cost_report.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/roofline.hpp"

namespace sptc::report {

void add_kernel(nlohmann::ordered_json& json, const gpu::KernelResult& result,
                const gpu::GpuSpec& spec, const cost::Profile* cost) {
    json["warp_instructions"] = whole_gpu(result, result.warp_instructions);
    auto& instructions = json["instructions"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < result.issued.size(); ++i) {
        if (result.issued[i] == 0) continue;
        instructions[std::string(isa::operation_name(static_cast<isa::Operation>(i)))] =
            whole_gpu(result, result.issued[i]);
    }
    auto& stalls = json["stalls"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < sm::kActivities; ++i) {
        stalls[std::string(sm::activity_name(static_cast<sm::Activity>(i)))] = result.activity[i];
    }
    json["bytes"] = {{"shared_read", whole_gpu(result, result.shared_read_bytes)},
                     {"shared_write", whole_gpu(result, result.shared_write_bytes)},
                     {"shared_fill", whole_gpu(result, result.shared_fill_bytes)},
                     {"l1_read", whole_gpu(result, result.l1_read_bytes)},
                     {"l1_hit", whole_gpu(result, result.l1_hit_bytes)},
                     {"l1_merged", whole_gpu(result, result.l1_merged_bytes)},
                     {"l2_read", result.l2_read_bytes},
                     {"l2_near_hit", result.l2_near_hit_bytes},
                     {"l2_far_read", result.l2_far_read_bytes},
                     {"l2_far_hit", result.l2_far_hit_bytes},
                     {"l2_write", result.l2_write_bytes},
                     {"hbm_read", result.hbm_read_bytes},
                     {"hbm_write", result.hbm_write_bytes}};
    json["tensor_core"] = {{"executed_macs", whole_gpu(result, result.executed_macs)},
                           {"b_values_fetched", whole_gpu(result, result.b_values_fetched)}};
    auto& mmas = json["tensor_core"]["instructions"] = nlohmann::ordered_json::object();
    for (const gpu::MmaCount& count : result.mmas) {
        mmas[count.form->ptx_name()] = whole_gpu(result, count.count);
    }
    const Roofline roofline(spec, result);
    json["roofline"] = {{"bound_by", resource_name(roofline.binding())},
                        {"cycles", roofline.cycles()}};
    auto& needed = json["roofline"]["cycles_needed"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < static_cast<std::size_t>(Resource::kCount); ++i) {
        const auto resource = static_cast<Resource>(i);
        needed[std::string(resource_name(resource))] = roofline.cycles(resource);
    }
    const isa::KernelShape& shape = result.shape;
    json["kernel"] = {{"entry", shape.entry},
                      {"grid", {shape.grid.x, shape.grid.y, shape.grid.z}},
                      {"block", {shape.block.x, shape.block.y, shape.block.z}},
                      {"shared_bytes_per_cta", shape.shared_bytes_per_cta},
                      {"registers_per_thread", shape.registers_per_thread},
                      {"registers_estimated", shape.registers_estimated},
                      {"timed_as", shape.lowered ? "machine operations" : "PTX as written"},
                      {"ctas_per_sm", result.occupancy.ctas_per_sm},
                      {"occupancy_limit", result.occupancy.limit}};
    if (cost != nullptr) add_cost(json, *cost, spec, result);
    if (!shape.not_lowered.empty()) json["kernel"]["not_lowered"] = shape.not_lowered;
    json["sms"] = {{"total", result.sms}, {"simulated", result.simulated_sms}};
}

}  // namespace sptc::report

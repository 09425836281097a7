#include "sim/sweep/point.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/report/ceilings.hpp"
#include "sim/report/gemm_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/sweep/parameters.hpp"
#include "sim/sweep/variant_point.hpp"

namespace sptc::sweep {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kSchema = "sptc.point/1";

ordered_json ceilings_json(const report::Ceilings& ceilings) {
    return {{"peak_tflops", ceilings.peak_tflops},
            {"hbm_gigabytes_per_second", ceilings.hbm_gigabytes_per_second},
            {"l2_gigabytes_per_second", ceilings.l2_gigabytes_per_second},
            {"hbm_flop_per_byte", ceilings.hbm_flop_per_byte},
            {"l2_flop_per_byte", ceilings.l2_flop_per_byte},
            {"attainable_tflops", ceilings.attainable_tflops}};
}

}  // namespace

std::string point_document(const Point& point) {
    ordered_json json;
    json["schema"] = kSchema;
    json["parameters"] = to_json(point.parameters);
    json["gpu_description"] = ordered_json::parse(point.gpu->text);
    return json.dump();
}

PointResult run_point(std::string_view document, std::string_view version) {
    ordered_json json;
    try {
        json = ordered_json::parse(document);
    } catch (const ordered_json::parse_error& error) {
        throw base::ConfigError(fmt::format("point: byte {}: not valid JSON", error.byte));
    }
    if (!json.is_object() || json.value("schema", ordered_json()) != kSchema ||
        !json.contains("parameters") || !json.contains("gpu_description")) {
        throw base::ConfigError(fmt::format(
            "point: expected schema \"{}\" with parameters and gpu_description", kSchema));
    }
    const Parameters parameters = completed(parameters_from_json(json["parameters"], "point"));
    const bool variant = on_machine(parameters);
    const run::GpuDocument hardware = run::changed(
        {json["gpu_description"].dump(), text(parameters.at(variant ? "machine" : "gpu"))},
        gpu_overrides(parameters));
    if (variant) return run_variant_point(parameters, hardware, version);
    gpu::GpuSpec gpu = run::gpu_of(hardware);
    const run::GemmResult simulated = run::run_gemm(request_of(parameters, std::move(gpu)));
    const std::optional<cost::Profile> cost = cost_profile(parameters);
    ordered_json result = ordered_json::parse(
        report::gemm_json(simulated, version, nullptr, cost ? &*cost : nullptr));
    result.erase("host");
    result["ceilings"] = ceilings_json(report::ceilings(simulated.gpu, simulated.kernel));
    PointResult answer{.json = result.dump(), .mismatch = {}};
    if (simulated.check && simulated.check->mismatches != 0) {
        answer.mismatch = fmt::format("--check: {} of {} elements differ from the reference; {}",
                                      simulated.check->mismatches, simulated.check->elements,
                                      simulated.check->first_mismatch);
    }
    return answer;
}

}  // namespace sptc::sweep

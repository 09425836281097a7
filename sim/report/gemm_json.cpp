#include <nlohmann/json.hpp>

#include "sim/report/gemm_report.hpp"
#include "sim/report/host_json.hpp"
#include "sim/report/kernel_json.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/roofline.hpp"
#include "sim/report/sanitizer_report.hpp"

namespace sptc::report {
namespace {

using nlohmann::ordered_json;

ordered_json kernel_json(const run::GemmResult& result, const run::GemmKernelResult& kernel,
                         const cost::Profile* cost) {
    const GemmMetrics figures = metrics(result.gpu, kernel);
    ordered_json json;
    json["cycles"] = kernel.simulation.cycles;
    json["time_us"] = figures.time_us;
    json["tflops"] = figures.tflops;
    json["percent_of_peak"] = figures.percent_of_peak;
    add_kernel(json, kernel.simulation, result.gpu, cost);
    const gemm::GemmTile& tile = kernel.tile;
    json["kernel"]["cta_tile"] = {tile.cta_m, tile.cta_n, tile.cta_k};
    json["kernel"]["warp_tile"] = {tile.warp_m, tile.warp_n};
    json["kernel"]["stages"] = tile.stages;
    return json;
}

ordered_json host_json(const run::GemmResult& result) {
    double seconds = result.kernel.wall_seconds;
    std::uint64_t sm_cycles = result.kernel.simulation.sm_cycles;
    if (result.dense) {
        seconds += result.dense->wall_seconds;
        sm_cycles += result.dense->simulation.sm_cycles;
    }
    ordered_json json{
        {"wall_seconds", seconds},
        {"sm_cycles_simulated", sm_cycles},
        {"sm_cycles_per_second", seconds > 0 ? static_cast<double>(sm_cycles) / seconds : 0.0}};
    add_threads(json, result.kernel.simulation);
    return json;
}

}  // namespace

std::string gemm_json(const run::GemmResult& result, std::string_view version,
                      const sanitize::Sanitizer* sanitizer, const cost::Profile* cost) {
    const gemm::GemmProblem& problem = result.kernel.problem;
    ordered_json json;
    json["schema"] = kGemmSchema;
    json["version"] = version;
    json["gpu"] = result.gpu.name;
    json["seed"] = result.seed;
    json["problem"] = {{"m", problem.m},
                       {"n", problem.n},
                       {"k", problem.k},
                       {"type", types::name(problem.input)},
                       {"b_type", types::name(problem.b_type())},
                       {"accumulator", types::name(problem.accumulator)},
                       {"b_layout", gemm::name(problem.b_layout)},
                       {"output", types::name(problem.output())},
                       {"epilogue", problem.epilogue.name()},
                       {"pattern", result.pattern != nullptr ? result.pattern->name : "dense"}};
    if (problem.split_k > 1) json["problem"]["split_k"] = problem.split_k;
    if (problem.epilogue.scaled) {
        json["problem"]["alpha"] = problem.epilogue.alpha;
        if (problem.has_c) json["problem"]["beta"] = problem.epilogue.beta;
    }
    if (problem.epilogue.requantized) json["problem"]["scale"] = problem.epilogue.scale;
    json.update(kernel_json(result, result.kernel, cost));
    if (result.dense) {
        json["dense"] = kernel_json(result, *result.dense, cost);
        json["speedup"] = *result.speedup();
        json["roofline_speedup"] = roofline_speedup(result);
    }
    if (result.retained_magnitude) json["retained_magnitude"] = *result.retained_magnitude;
    if (result.check) {
        json["check"] = {{"elements", result.check->elements},
                         {"mismatches", result.check->mismatches},
                         {"max_rel_error_f64", result.check->max_relative_error_f64},
                         {"max_scaled_error_f64", result.check->max_scaled_error_f64},
                         {"non_finite", result.check->non_finite},
                         {"claimed_exact", result.check->doubt.empty()},
                         {"doubt", result.check->doubt}};
    }
    if (!result.notes.empty()) json["notes"] = result.notes;
    if (sanitizer != nullptr && sanitizer->detectors().watch()) add_sanitizer(json, *sanitizer);
    json["host"] = host_json(result);
    return json.dump(2) + "\n";
}

}  // namespace sptc::report

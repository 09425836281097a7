#include "sim/report/workload_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/metrics.hpp"

namespace sptc::report {
namespace {

using nlohmann::ordered_json;
using workload::LayerResult;

double ratio(std::uint64_t dense, std::uint64_t sparse) {
    return static_cast<double>(dense) / static_cast<double>(sparse);
}

std::string tile_text(const run::GemmKernelResult& kernel) {
    const gemm::GemmTile& tile = kernel.tile;
    return fmt::format("{}x{}x{}x{}", tile.cta_m, tile.cta_n, tile.cta_k, tile.stages);
}

std::string parameters_text(const workload::Workload& workload) {
    std::string text;
    for (const auto& [name, value] : workload.parameters) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    }
    return text;
}

}  // namespace

std::string workload_table(const workload::WorkloadResult& result) {
    const std::string pattern(result.pattern == nullptr ? "dense" : result.pattern->name);
    std::string text = fmt::format("{} ({}), {}, weights {}, on {}\n{}\n", result.workload.name,
                                   parameters_text(result.workload), types::name(result.type),
                                   pattern, result.gpu.description, result.workload.description);
    text += fmt::format("{:<20} {:>5} {:>7} {:>7} {:>7} {:>12} {:>12} {:>8} {:>6}  {}\n", "layer",
                        "count", "M", "N", "K", "dense us", "us", "speedup", "% time", "weights");
    const double total = static_cast<double>(result.cycles());
    for (const LayerResult& layer : result.layers) {
        text += fmt::format(
            "{:<20} {:>5} {:>7} {:>7} {:>7} {:>12.2f} {:>12.2f} {:>8.3f} {:>6.1f}  {}\n",
            layer.layer.name, layer.layer.count, layer.layer.m, layer.layer.n, layer.layer.k,
            time_us(result.gpu, layer.dense_cycles()), time_us(result.gpu, layer.cycles()),
            ratio(layer.dense_cycles(), layer.cycles()),
            100 * static_cast<double>(layer.cycles()) / total,
            layer.sparse ? pattern : "dense: " + layer.why_dense);
    }
    text += fmt::format("{:<20} {:>5} {:>7} {:>7} {:>7} {:>12.2f} {:>12.2f} {:>8.3f}\n", "total",
                        "", "", "", "", time_us(result.gpu, result.dense_cycles()),
                        time_us(result.gpu, result.cycles()),
                        ratio(result.dense_cycles(), result.cycles()));
    text += fmt::format(
        "{:.3f} TMAC, {:.1f} % of them in layers with pruned weights; times are of matrix "
        "multiplications alone, one after another\n",
        result.macs() * 1e-12, 100 * result.pruned_macs() / result.macs());
    return text;
}

std::string workload_json(const workload::WorkloadResult& result, std::string_view version) {
    ordered_json json;
    json["schema"] = "sptc.workload_result/1";
    json["version"] = version;
    json["gpu"] = result.gpu.name;
    json["workload"] = {{"name", result.workload.name},
                        {"source", result.workload.source},
                        {"parameters", result.workload.parameters}};
    json["type"] = types::name(result.type);
    json["pattern"] = result.pattern == nullptr ? "dense" : result.pattern->name;
    json["dense_cycles"] = result.dense_cycles();
    json["cycles"] = result.cycles();
    json["dense_time_us"] = time_us(result.gpu, result.dense_cycles());
    json["time_us"] = time_us(result.gpu, result.cycles());
    json["speedup"] = ratio(result.dense_cycles(), result.cycles());
    json["macs"] = result.macs();
    json["pruned_macs"] = result.pruned_macs();
    for (const LayerResult& layer : result.layers) {
        ordered_json entry{{"name", layer.layer.name},
                           {"count", layer.layer.count},
                           {"m", layer.layer.m},
                           {"n", layer.layer.n},
                           {"k", layer.layer.k},
                           {"pruned", layer.sparse.has_value()},
                           {"why_dense", layer.why_dense},
                           {"dense_cycles", layer.dense.simulation.cycles},
                           {"dense_tile", tile_text(layer.dense)}};
        if (layer.sparse) {
            entry["sparse_cycles"] = layer.sparse->simulation.cycles;
            entry["sparse_tile"] = tile_text(*layer.sparse);
        }
        json["layers"].push_back(std::move(entry));
    }
    return json.dump(2) + "\n";
}

}  // namespace sptc::report

#include "sim/workload/workload_run.hpp"

#include <fmt/format.h>

#include <map>
#include <numeric>
#include <tuple>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"

namespace sptc::workload {
namespace {

/// Sums a figure over layers.
template <class Value, class Figure>
Value sum(const std::vector<LayerResult>& layers, Figure&& figure) {
    return std::accumulate(
        layers.begin(), layers.end(), Value{0},
        [&](Value total, const LayerResult& layer) { return total + figure(layer); });
}

}  // namespace

std::uint64_t WorkloadResult::dense_cycles() const {
    return sum<std::uint64_t>(layers, [](const LayerResult& l) { return l.dense_cycles(); });
}

std::uint64_t WorkloadResult::cycles() const {
    return sum<std::uint64_t>(layers, [](const LayerResult& l) { return l.cycles(); });
}

double WorkloadResult::macs() const {
    return sum<double>(layers, [](const LayerResult& l) { return l.macs(); });
}

double WorkloadResult::pruned_macs() const {
    return sum<double>(layers, [](const LayerResult& l) { return l.sparse ? l.macs() : 0.0; });
}

std::string why_dense(const Layer& layer, const sparsity::Pattern& pattern, types::DataType type) {
    constexpr std::uint32_t kCopyBits = 16 * 8;
    constexpr std::uint32_t kMatrixRows = 8;
    if (!layer.weights) return "no weights";
    if (layer.first_convolution) return "first convolution";
    const auto stored_bits = static_cast<std::uint32_t>(types::bits(type) * pattern.n);
    const auto m = static_cast<std::uint32_t>(pattern.m);
    const std::uint32_t multiple = std::lcm(kCopyBits, stored_bits) / stored_bits * m;
    if (layer.k % multiple != 0) return fmt::format("K is no multiple of {}", multiple);
    if (layer.m % kMatrixRows != 0) return fmt::format("M is no multiple of {}", kMatrixRows);
    return {};
}

WorkloadResult run_workload(const Workload& workload, const run::GemmRequest& request) {
    WorkloadResult result;
    result.workload = workload;
    result.gpu = request.gpu;
    result.type = request.type;
    result.pattern = request.pattern;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, bool>, run::GemmResult> known;
    for (const Layer& layer : workload.layers) {
        LayerResult entry;
        entry.layer = layer;
        entry.why_dense = request.pattern == nullptr
                              ? "no pattern"
                              : why_dense(layer, *request.pattern, request.type);
        const bool sparse = entry.why_dense.empty();
        const auto key = std::make_tuple(layer.m, layer.n, layer.k, sparse);
        auto found = known.find(key);
        if (found == known.end()) {
            run::GemmRequest gemm = request;
            gemm.m = layer.m;
            gemm.n = layer.n;
            gemm.k = layer.k;
            if (!sparse) gemm.pattern = nullptr;
            gemm.with_dense_baseline = true;
            try {
                found = known.emplace(key, run::run_gemm(gemm)).first;
            } catch (const base::ConfigError& error) {
                throw base::ConfigError(
                    fmt::format("{}, layer {}: {}", workload.name, layer.name, error.what()));
            }
        }
        if (sparse) entry.sparse = found->second.kernel;
        entry.dense = sparse ? *found->second.dense : found->second.kernel;
        result.layers.push_back(std::move(entry));
    }
    return result;
}

}  // namespace sptc::workload

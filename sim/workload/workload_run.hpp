#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/gemm_request.hpp"
#include "sim/run/gemm_result.hpp"
#include "sim/workload/workload.hpp"

namespace sptc::workload {

/// One layer, simulated once however often the network runs it.
struct LayerResult {
    Layer layer;
    std::string why_dense;  ///< empty: its weights are pruned
    run::GemmKernelResult dense;
    std::optional<run::GemmKernelResult> sparse;  ///< unset where the layer stays dense

    [[nodiscard]] std::uint64_t dense_cycles() const {
        return layer.count * dense.simulation.cycles;
    }
    /// With the pattern where the layer takes it.
    [[nodiscard]] std::uint64_t cycles() const {
        return sparse ? layer.count * sparse->simulation.cycles : dense_cycles();
    }
    [[nodiscard]] double macs() const {
        return static_cast<double>(layer.count) * layer.m * layer.n * layer.k;
    }
};

struct WorkloadResult {
    Workload workload;
    gpu::GpuSpec gpu;
    types::DataType type = types::DataType::kF16;
    const sparsity::Pattern* pattern = nullptr;  ///< nullptr: everything is dense
    std::vector<LayerResult> layers;

    [[nodiscard]] std::uint64_t dense_cycles() const;
    [[nodiscard]] std::uint64_t cycles() const;
    [[nodiscard]] double macs() const;
    [[nodiscard]] double pruned_macs() const;  ///< of layers with the pattern
};

/// Why a layer cannot take the pattern; empty when it can. A row of stored weights must be whole
/// 16-byte pieces (what one lane copies) and M whole 8-row matrices (what ldmatrix reads); pruning
/// recipes leave the first convolution and products of two activations alone.
[[nodiscard]] std::string why_dense(const Layer& layer, const sparsity::Pattern& pattern,
                                    types::DataType type);

/// Simulates every layer, dense and, where it can be, sparse; equal shapes once. `request` gives
/// everything but M, N and K. Throws what run_gemm() throws, naming the layer.
[[nodiscard]] WorkloadResult run_workload(const Workload& workload,
                                          const run::GemmRequest& request);

}  // namespace sptc::workload

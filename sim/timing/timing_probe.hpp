#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/gpu/gpu_spec.hpp"
#include "sim/run/microbench_run.hpp"
#include "sim/timing/parameters.hpp"

namespace sptc::timing {

/// What a probe found, by name: "latency_cycles".
struct Metric {
    std::string name;
    double value;
};

/// One measured point.
struct ProbePoint {
    std::vector<Metric> metrics;
    run::Iterations iterations{};  ///< of the two runs whose difference was taken

    /// Throws ConfigError listing the metrics.
    [[nodiscard]] double metric(std::string_view name) const;
};

/// A probe kernel and what to run it for: enough for a real GPU.
struct PlannedRun {
    microbench::Microbenchmark benchmark;
    run::Iterations iterations;
    /// One SM is enough where SMs have nothing to do with each other.
    gpu::SimulatedSms sms = gpu::SimulatedSms::kAll;
};

/// A question about time to a GPU: a row of the table that `sptc probe` and `sptc validate` share.
struct TimingProbe {
    std::string_view name;  ///< "mma"
    std::string_view summary;
    std::vector<ParameterSpec> parameters;
    std::vector<std::string_view> metrics;
    std::string_view example;
    /// Kernels, in the order in which `measure` wants their times.
    std::vector<PlannedRun> (*plan)(const gpu::GpuSpec&, const Parameters&);
    /// Metrics from the cycles that an iteration of each planned kernel takes.
    std::vector<Metric> (*measure)(const gpu::GpuSpec&, const Parameters&,
                                   std::span<const double> cycles);
};

[[nodiscard]] std::span<const TimingProbe> timing_probes();

/// Throws ConfigError listing the probes.
[[nodiscard]] const TimingProbe& find_timing_probe(std::string_view name);

/// Simulates a probe. Throws what its kernels cause, and ConfigError for parameters that the GPU
/// cannot have. `threads` run SMs; figures are the same for any number.
[[nodiscard]] ProbePoint run_timing_probe(const gpu::GpuSpec& spec, const TimingProbe& probe,
                                          const Parameters& parameters, lowering::Lowering lowering,
                                          unsigned threads = 1);

}  // namespace sptc::timing

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "models/gpu/gpu_spec.hpp"
#include "sim/timing/timing_probe.hpp"

namespace sptc::report {

/// A probe that was run, at one choice of its parameters.
struct TimedPoint {
    timing::Parameters parameters;
    timing::ProbePoint point;
};

/// A line a point: the parameters that differ between points, then the metrics.
[[nodiscard]] std::string timing_table(const timing::TimingProbe& probe,
                                       const std::vector<TimedPoint>& points);

/// Schema sptc.timing/1 (docs/probes.md).
[[nodiscard]] std::string timing_json(const gpu::GpuSpec& gpu, const timing::TimingProbe& probe,
                                      const std::vector<TimedPoint>& points,
                                      std::string_view version);

}  // namespace sptc::report

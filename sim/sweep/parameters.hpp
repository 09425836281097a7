#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cost/profile.hpp"
#include "sim/run/gemm_request.hpp"
#include "sim/run/gpu_override.hpp"
#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// One parameter of a point: a row of the table. A new one is a new row with a default that leaves
/// results as they were; points are identified by what differs from defaults, so old results keep
/// their identity.
struct Parameter {
    std::string_view name;
    std::optional<Value> fallback;                   ///< unset: every point must say it
    std::string_view legal;                          ///< what it may be, for errors and --help
    void (*apply)(run::GemmRequest&, const Value&);  ///< throws ConfigError
};

/// Every parameter but the GPU's numbers, in the order of reports.
[[nodiscard]] std::span<const Parameter> parameter_table();

/// The row of a name; throws ConfigError listing the legal names.
[[nodiscard]] const Parameter& find_parameter(std::string_view name);

/// With the defaults of what a point does not say. Throws ConfigError for an unknown name, a
/// missing one, or a value that its row does not take.
[[nodiscard]] Parameters completed(const Parameters& parameters);

/// Only what differs from the defaults.
[[nodiscard]] Parameters essential(const Parameters& parameters);

/// The numbers of the GPU's description that a point sets.
[[nodiscard]] std::vector<run::GpuOverride> gpu_overrides(const Parameters& parameters);

/// The cost table that a point asks for, in its technology; none: nullopt.
[[nodiscard]] std::optional<cost::Profile> cost_profile(const Parameters& completed);

/// What `sptc gemm` would be asked, on a GPU that has its overrides already.
[[nodiscard]] run::GemmRequest request_of(const Parameters& completed, gpu::GpuSpec gpu);

}  // namespace sptc::sweep

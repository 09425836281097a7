#pragma once
#include <string_view>

#include "sim/run/gpu_document.hpp"
#include "sim/sweep/point.hpp"
#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// Is it a point of another datapath (parameter `variant`), on a machine of configs/accelerator in
/// place of a GPU?
[[nodiscard]] bool on_machine(const Parameters& completed);

/// Throws ConfigError for a pattern that the variant does not take, a parameter that means nothing
/// to it, or one of its parameters at a point on a GPU.
void check_variant(const Parameters& completed);

/// The same point as a dense product on the dense datapath.
void make_dense_twin(Parameters& completed);

/// Runs it on a machine that has the point's numbers already.
[[nodiscard]] PointResult run_variant_point(const Parameters& completed,
                                            const run::GpuDocument& machine,
                                            std::string_view version);

}  // namespace sptc::sweep

#pragma once
#include <nlohmann/json_fwd.hpp>

#include "models/gpu/kernel_result.hpp"

namespace sptc::report {

/// Adds to host{}: on how many threads a kernel was simulated and, when it had to be one, why.
void add_threads(nlohmann::ordered_json& host, const gpu::KernelResult& kernel);

}  // namespace sptc::report

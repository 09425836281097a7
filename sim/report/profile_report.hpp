#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "models/gpu/kernel_result.hpp"

namespace sptc::report {

/// Where a kernel's time went, for people: the lines that cost most, with their PTX text where
/// `kernel_text` is not empty. Cycles belong to the line that issued, or that was waited at. Needs
/// a kernel that was profiled.
[[nodiscard]] std::string profile_table(const gpu::KernelResult& kernel,
                                        std::string_view kernel_text);

/// The same for programs, every line (docs/results.md): part of schema sptc.profile/1.
[[nodiscard]] nlohmann::ordered_json profile_json(const gpu::KernelResult& kernel,
                                                  std::string_view kernel_text);

}  // namespace sptc::report

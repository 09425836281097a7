#pragma once
#include <string>
#include <string_view>

#include "models/variant/machine_spec.hpp"
#include "sim/run/gpu_document.hpp"

namespace sptc::accelerator {

/// The machine of the published sparse tensor core study.
inline constexpr std::string_view kDefaultMachine = "sparseloop-stc";

/// A built-in machine by name or a description of one's own by path, schema sptc.accelerator/1.
/// Unknown names or keys, wrong types and numbers without a source are a ConfigError with file and
/// JSON pointer.
[[nodiscard]] variant::MachineSpec load_machine(std::string_view name_or_path);

/// The description before it is understood, so that its numbers can be changed as those of a GPU.
[[nodiscard]] run::GpuDocument machine_document(std::string_view name_or_path);
[[nodiscard]] variant::MachineSpec machine_of(const run::GpuDocument& document);

}  // namespace sptc::accelerator

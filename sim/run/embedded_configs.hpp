#pragma once
#include <span>
#include <string_view>

namespace sptc::run {

/// A configuration file compiled into the program, so that it runs from anywhere.
struct EmbeddedConfig {
    std::string_view name;
    std::string_view text;
};

/// The files of configs/gpu (generated at build time).
[[nodiscard]] std::span<const EmbeddedConfig> embedded_gpu_configs();

/// Those of configs/workload.
[[nodiscard]] std::span<const EmbeddedConfig> embedded_workload_configs();

/// Those of tests/fidelity/timing: published figures.
[[nodiscard]] std::span<const EmbeddedConfig> embedded_published_configs();

/// Those of configs/accelerator.
[[nodiscard]] std::span<const EmbeddedConfig> embedded_accelerator_configs();

}  // namespace sptc::run

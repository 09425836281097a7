#include "sim/commands/gpu_options.hpp"

#include <CLI/CLI.hpp>

#include "sim/run/gpu_config.hpp"

namespace sptc::commands {

void GpuOptions::add_to(CLI::App& verb, const std::string& default_text) {
    CLI::Option* gpu = verb.add_option(
        "--gpu", name, "GPU name (sptc list gpus) or description file" + default_text);
    if (!name.empty()) gpu->capture_default_str();
    verb.add_option("--clock-mhz", clock_mhz, "Core clock (default: the boost clock of the GPU)")
        ->check(CLI::Range(1.0, 1e5).name("MHz"));
    verb.add_option("--set", changes,
                    "A number of the GPU description to be another one, by JSON pointer, such as\n"
                    "/sm/tensor_core/b_bits_per_cycle=256 (may be repeated)")
        ->type_name("/POINTER=NUMBER")
        ->allow_extra_args(false);
}

std::vector<run::GpuOverride> GpuOptions::overrides() const {
    std::vector<run::GpuOverride> result;
    if (clock_mhz) result.push_back({"/clock_mhz", *clock_mhz});
    for (const std::string& change : changes) result.push_back(run::parse_override(change));
    return result;
}

gpu::GpuSpec GpuOptions::load() const { return run::load_gpu(name, overrides()); }

}  // namespace sptc::commands

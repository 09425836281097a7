#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "models/gpu/kernel_result.hpp"
#include "sim/run/launch_run.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// One kernel that was profiled, and its PTX (empty: not at hand).
struct ProfiledKernel {
    const gpu::KernelResult* kernel;
    std::string_view text;
};

/// The launches of a result.
[[nodiscard]] std::vector<ProfiledKernel> profiled_kernels(const run::LaunchResult& result);

/// --profile FILE, or - for a table.
struct ProfileOption {
    std::string file;

    void add_to(CLI::App& verb);
    [[nodiscard]] bool wanted() const { return !file.empty(); }
    /// Throws ConfigError when the file cannot be written: before the work.
    void require_writable() const;
    void write(const std::vector<ProfiledKernel>& kernels) const;
};

}  // namespace sptc::commands

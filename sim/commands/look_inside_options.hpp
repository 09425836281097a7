#pragma once
#include <cstdint>
#include <string>

#include "models/gpu/gpu.hpp"
#include "sim/commands/profile_option.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// --timeline and --vcd: what happens inside, cycle by cycle (docs/look_inside.md).
struct LookInsideOptions {
    std::string timeline;
    std::string timeline_cycles = "20000";
    std::string timeline_sms = "1";
    std::string vcd;
    std::string vcd_cycles = "2000";
    std::uint32_t vcd_sub_core = 0;

    void add_to(CLI::App& verb);
    [[nodiscard]] bool wanted() const { return !timeline.empty() || !vcd.empty(); }
    /// Asks the simulation for what is wanted. Throws ConfigError for a window that is none and
    /// for files that cannot be written: before the work.
    void apply(gpu::RunOptions& options) const;
    /// Writes the timeline, and says on stderr where it does not hold all that was asked for.
    void write(const std::vector<ProfiledKernel>& kernels, const gpu::GpuSpec& gpu) const;
};

}  // namespace sptc::commands

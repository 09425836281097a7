#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "traces/launch/launch.hpp"

namespace sptc::cuda {

/// What executes kernels, as it was found; nothing is ever set.
struct DeviceInfo {
    std::string name;            ///< "NVIDIA A100-SXM4-40GB", or "simulated"
    std::string model;           ///< of a simulated device: what is simulated
    int compute_capability = 0;  ///< 80: 8.0
    int sms = 0;
    std::uint64_t l2_bytes = 0;
    double sm_clock_mhz = 0;  ///< the highest, as the driver says
    double memory_clock_mhz = 0;
    std::string driver;  ///< of CUDA, "13.0"; of a simulated device the version of sptc
};

/// How often a launch is timed: after `warm_up` runs `repeats` more, each with all buffers as
/// before the first and nothing of them in the caches. 0 repeats: only the first run.
struct TimingPlan {
    int warm_up = 0;
    int repeats = 0;
};

/// What a launch gave.
struct LaunchRun {
    std::map<std::string, std::vector<std::byte>> outputs;  ///< after the last run
    std::vector<double> microseconds;  ///< of all kernels of each timed run, in order
};

/// A GPU that runs launches: a real one, or a simulated one.
class Gpu {
  public:
    virtual ~Gpu() = default;
    [[nodiscard]] virtual DeviceInfo info() const = 0;
    /// Runs all kernels of a launch in order. `ptx_file` is for messages. Throws ConfigError,
    /// KernelError, MemoryFault as `sptc run` does; the next launch starts afresh.
    [[nodiscard]] virtual LaunchRun run(const std::string& ptx, const std::string& ptx_file,
                                        const launch::Launch& launch, const TimingPlan& plan) = 0;
};

}  // namespace sptc::cuda

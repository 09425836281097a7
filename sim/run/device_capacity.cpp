#include "sim/run/device_capacity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::run {

void require_device_memory(const gpu::GpuSpec& spec, std::span<const launch::Buffer> buffers) {
    constexpr double kGibibyte = 1u << 30;
    double needed = 0;  // sizes of absurd launches add up beyond 64 bits
    std::vector<std::string> parts;
    for (const launch::Buffer& buffer : buffers) {
        needed += static_cast<double>(buffer.bytes);
        parts.push_back(
            fmt::format("{} {:.3g}", buffer.name, static_cast<double>(buffer.bytes) / kGibibyte));
    }
    if (needed <= static_cast<double>(spec.memory.hbm.bytes)) return;
    throw base::ConfigError(
        fmt::format("the buffers need {:.4g} GiB ({}), expected at most the {:.4g} GiB of GPU '{}' "
                    "(/memory/hbm/capacity_gibibytes)",
                    needed / kGibibyte, fmt::join(parts, ", "),
                    static_cast<double>(spec.memory.hbm.bytes) / kGibibyte, spec.name));
}

}  // namespace sptc::run

#pragma once
#include <string>
#include <string_view>

namespace sptc::run {

/// One number of a GPU description is another one.
struct GpuOverride {
    std::string pointer;  ///< JSON pointer, such as "/sm/tensor_core/b_bits_per_cycle"
    double value = 0;
};

/// "/POINTER=NUMBER", as the command line has it. Throws ConfigError.
[[nodiscard]] GpuOverride parse_override(std::string_view text);

}  // namespace sptc::run

#include "models/gpu/spec_check.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::gpu {

std::string SpecCheck::text(double value) { return fmt::format("{}", value); }

void SpecCheck::fail(std::string_view pointer, const std::string& found,
                     std::string_view expected) const {
    throw base::ConfigError(
        fmt::format("GPU '{}': {}: found {}, expected {}", gpu_, pointer, found, expected));
}

}  // namespace sptc::gpu

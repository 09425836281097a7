#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// A number as JSON tells them apart: not negative, negative, with a fraction.
using Number = std::variant<std::uint64_t, std::int64_t, double>;

/// The argument of a PTX type ("u32", "f16", ...) and a number. Integers must be in range; floats
/// are rounded to nearest even. Throws ConfigError with what is expected.
[[nodiscard]] ScalarArgument encode_scalar(const std::string& type, const Number& number);

}  // namespace sptc::launch

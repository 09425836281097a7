#pragma once
#include <vector>

#include "traces/launch/launch.hpp"
#include "traces/launch/scalar.hpp"

namespace sptc::launch {

class Fields;

/// Reads one element of "arguments": {"buffer": NAME, "offset_bytes": N}, {TYPE: VALUE} or
/// {"bytes": HEX, "pointers": [...]}. Throws ConfigError with the JSON pointer.
[[nodiscard]] Argument read_argument(const Fields& fields, const std::vector<Buffer>& buffers);

}  // namespace sptc::launch

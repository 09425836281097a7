#pragma once
#include <cstdint>
#include <string_view>

namespace sptc::ptx {

/// Bytes of a fundamental type such as ".u64" or "u64"; 0 when it is none. Predicates have none.
[[nodiscard]] std::uint32_t bytes_of_type(std::string_view type);

}  // namespace sptc::ptx

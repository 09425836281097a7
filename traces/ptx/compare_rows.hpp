#pragma once
#include <cstdint>

namespace sptc::ptx {

/// Op::modifier of setp: how the comparison is combined with a third predicate, and whether that is
/// negated first.
enum class Combine : std::uint8_t { kNone, kAnd, kOr, kXor };
inline constexpr std::uint8_t kNegateThird = 0x80;

}  // namespace sptc::ptx

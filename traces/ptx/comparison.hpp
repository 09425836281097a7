#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {

/// Op::modifier of setp and set: how the comparison is combined with a third predicate, and whether
/// that is negated first.
enum class Combine : std::uint8_t { kNone, kAnd, kOr, kXor };
inline constexpr std::uint8_t kNegateThird = 0x80;

/// One comparison of setp and set: "lt" of "f32".
struct Comparison {
    /// One bit per lane: does it hold for the sources in these slots?
    using Function = std::uint32_t (*)(const Execution&, std::int32_t a, std::int32_t b);

    std::string name;  ///< "lt.f32", "lt.ftz.f32"
    Slot source;       ///< of both sources
    Function holds;
    Function holds_high = nullptr;  ///< f16x2: of the high halves, `holds` being of the low ones
    isa::Operation operation = isa::Operation::kIntegerAlu;
};

/// Every comparison.
[[nodiscard]] std::span<const Comparison> comparisons();

/// The index of a comparison, or -1.
[[nodiscard]] std::int32_t find_comparison(std::string_view compare, bool flush,
                                           std::string_view type);

}  // namespace sptc::ptx

#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sptc::workload {

/// The product that an extent of a workload is: whole numbers and names of parameters joined by
/// '*', as "batch * sequence". nullopt, with `problem` saying why, when the text is something else
/// or the product leaves 1 .. 2^31 - 1.
[[nodiscard]] std::optional<std::uint32_t> evaluate_extent(
    std::string_view text, const std::map<std::string, std::uint32_t>& parameters,
    std::string& problem);

}  // namespace sptc::workload

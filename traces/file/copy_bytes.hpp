#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/isa/instruction.hpp"

namespace sptc::trace_file {

/// How many bytes the active lanes of a cp.async read.
enum class CopyBytes : std::uint8_t {
    kWhole,  ///< all of the copy size
    kNone,   ///< nothing: they fill zeros
    kListed  ///< one byte for each active lane follows
};
inline constexpr std::uint8_t kLastCopyBytes = static_cast<std::uint8_t>(CopyBytes::kListed);

[[nodiscard]] inline CopyBytes copy_bytes(const std::array<std::uint8_t, isa::kLanes>& bytes,
                                          std::uint32_t mask, std::uint8_t size) {
    bool whole = true;
    bool none = true;
    for (std::size_t lane = 0; lane < bytes.size(); ++lane) {
        if ((mask >> lane & 1u) == 0) continue;
        whole = whole && bytes[lane] == size;
        none = none && bytes[lane] == 0;
    }
    return whole ? CopyBytes::kWhole : none ? CopyBytes::kNone : CopyBytes::kListed;
}

}  // namespace sptc::trace_file

#pragma once
#include <cstdint>

namespace sptc::memory {

/// Mixes the bits of a number (the finaliser of SplitMix64).
[[nodiscard]] constexpr std::uint64_t address_hash(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

}  // namespace sptc::memory

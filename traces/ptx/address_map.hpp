#pragma once
#include <cstdint>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// The generic address space: one window for every state space. Global memory is everything below
/// the first window, at its own addresses; a window holds the addresses of its space, counted from
/// 0. Where the windows lie is arbitrary (assumed: PTX leaves it open), but the low 32 bits of a
/// generic shared address are the shared address, as on a GPU.
inline constexpr int kWindowShift = 56;
inline constexpr std::uint64_t kSharedWindow = 1ull << kWindowShift;
inline constexpr std::uint64_t kLocalWindow = 2ull << kWindowShift;
inline constexpr std::uint64_t kConstantWindow = 3ull << kWindowShift;
inline constexpr std::uint64_t kParameterWindow = 4ull << kWindowShift;

/// Where the .global variables of a module lie: below the buffers of the launch.
inline constexpr std::uint64_t kModuleAddress = 0x7e00'0000'0000u;

/// Device addresses of local memory, which only the memory system sees: no buffer lies here.
inline constexpr std::uint64_t kLocalDeviceAddress = 0x7000'0000'0000u;

[[nodiscard]] constexpr Space space_of(std::uint64_t generic_address) {
    switch (generic_address >> kWindowShift) {
        case 1:
            return Space::kShared;
        case 2:
            return Space::kLocal;
        case 3:
            return Space::kConstant;
        case 4:
            return Space::kParameter;
        default:
            return Space::kGlobal;
    }
}

[[nodiscard]] constexpr std::uint64_t window_of(Space space) {
    switch (space) {
        case Space::kShared:
            return kSharedWindow;
        case Space::kLocal:
            return kLocalWindow;
        case Space::kConstant:
            return kConstantWindow;
        case Space::kParameter:
            return kParameterWindow;
        default:
            return 0;
    }
}

}  // namespace sptc::ptx

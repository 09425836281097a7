#pragma once
#include <cstdint>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Registers that a compiler needs beyond the values that are live at once: addresses it
/// materialises, alignment of vectors, temporaries of expanded instructions (assumed).
inline constexpr std::uint32_t kRegisterMargin = 8;
/// The most that a thread can have; a compiler spills beyond (CUDA programming guide).
inline constexpr std::uint32_t kMaximumRegisters = 255;

/// The most 32-bit registers that are live at once, predicates apart: backward dataflow over the
/// program. A guarded write does not end a life, but nothing lives before its first possible write.
[[nodiscard]] std::uint32_t maximum_live_registers(const Program& program);

/// maximum_live_registers + kRegisterMargin, at most kMaximumRegisters: an estimate of what ptxas
/// allocates.
[[nodiscard]] std::uint32_t estimate_registers(const Program& program);

}  // namespace sptc::ptx

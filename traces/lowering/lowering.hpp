#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "traces/ptx/program.hpp"

namespace sptc::lowering {

using ptx::Program;

/// Is a kernel timed as the machine operations that ptxas would make of it, or as written?
enum class Lowering : std::uint8_t { kOff, kOn };

/// The same kernel as machine operations, for timing: what ptxas removes is removed, what it
/// expands is expanded, and registers are allocated. Executed values are the same bits. A program
/// that the passes cannot take (refusal.hpp) comes back as it is. Deterministic.
[[nodiscard]] std::shared_ptr<const Program> lower(std::shared_ptr<const Program> program);

/// The program, lowered or not.
[[nodiscard]] inline std::shared_ptr<const Program> apply(Lowering lowering,
                                                          std::shared_ptr<const Program> program) {
    return lowering == Lowering::kOn ? lower(std::move(program)) : std::move(program);
}

/// Why a program that was to be lowered is timed as written; empty when it is not.
[[nodiscard]] std::string not_lowered(Lowering lowering, const Program& program);

/// Machine operations one a line, with the PTX line each comes from, and the register count.
[[nodiscard]] std::string lowered_listing(const Program& program);

}  // namespace sptc::lowering

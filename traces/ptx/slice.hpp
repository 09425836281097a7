#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "traces/ptx/program.hpp"
#include "traces/ptx/register_ids.hpp"

namespace sptc::ptx {

/// Who looks at an execution with values off.
enum class Viewer : std::uint8_t {
    kSm,            ///< addresses, guards, branches, barrier operands, cp.async sizes
    kMemorySystem,  ///< of these what decides the global instructions and their addresses
};

/// What must be executed when values are off.
struct Slice {
    std::vector<bool> executes;  ///< by op: its result decides an address, a predicate or a branch
    bool loads_global = false;   ///< some of them load global memory
    std::optional<std::uint32_t> acquires;  ///< the first of these that waits for another thread
};

/// The backward slice of everything that the viewer sees of an execution. By register, regardless
/// of order: never too small. What an ld.acquire in it sees was left by an st.release, whose value
/// is wanted then too: this is how CTAs take turns. Throws KernelError with the line when it would
/// hold a shared load, an ldmatrix, an atomic, a bar.red or an mma, whose results exist only with
/// values on.
[[nodiscard]] Slice compute_slice(const Program& program, Viewer viewer);

/// The registers that an op shows to the viewer whether or not its result is wanted: RegisterIds,
/// or -1 for a constant or an operand that is absent.
[[nodiscard]] std::vector<std::int32_t> shown_registers(const Program& program,
                                                        const RegisterIds& ids, std::uint32_t op,
                                                        Viewer viewer);

}  // namespace sptc::ptx

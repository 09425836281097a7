#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/program.hpp"

namespace sptc::sanitize {

/// What an op does, as far as the sanitizer cares.
enum class Role : std::uint8_t {
    kNone,
    kRead,
    kWrite,
    kAtomic,  ///< reads, writes and orders
    kAsyncCopy,
    kAsyncCommit,
    kAsyncWait,
    kAsyncArrive,  ///< cp.async.mbarrier.arrive
    kMbarrierArrive,
    kMbarrierTest,
    kBarrier,        ///< bar.sync, bar.red
    kBarrierArrive,  ///< bar.arrive
    kWarpSync,
    kShuffle,
    kExit,
};

struct OpRole {
    Role role = Role::kNone;
    bool strong = false;  ///< volatile, relaxed, acquire, release or atomic: does not race with
                          ///< other strong ones, and orders what stands around it
};

[[nodiscard]] OpRole op_role(const ptx::Program& program, std::uint32_t op);

/// The role of every op.
[[nodiscard]] std::vector<OpRole> op_roles(const ptx::Program& program);

/// The bytes of the narrowest access to shared memory that a program has: 1 to 16. Accesses are
/// aligned, so no two of them share a part of such a piece.
[[nodiscard]] std::uint32_t shared_granule_bytes(const ptx::Program& program);

}  // namespace sptc::sanitize

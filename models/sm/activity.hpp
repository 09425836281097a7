#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sptc::sm {

/// What a sub-core did in a cycle: it issued, or nothing could issue for exactly one named reason.
/// When warps wait for different things, the reason that stands first here counts (what is nearest
/// to being useful work).
enum class Activity : std::uint8_t {
    kIssued,
    kTensorBusy,        ///< an mma is ready but the tensor core still runs passes
    kPipelineBusy,      ///< an instruction is ready but its pipeline is occupied
    kRegisterPort,      ///< an instruction is ready but the one before it still reads its operands
    kMemoryQueueFull,   ///< a memory instruction is ready but the queue is full
    kTensorDependency,  ///< waits for the result of an mma
    kFixedDependency,   ///< waits for a fixed-latency result
    kSharedDependency,  ///< waits for data from shared memory
    kGlobalDependency,  ///< waits for data from L2 or HBM, or at a fence for writes to get there
    kOperandRead,       ///< waits until an earlier memory instruction has read the register to be
                        ///< overwritten
    kControl,           ///< waits for a branch, a warp synchronisation or the end of a nanosleep
    kAsyncWait,         ///< cp.async.wait
    kBarrier,           ///< bar.sync
    kNoWarp,            ///< no warp resident, or all have exited
    kCount
};

inline constexpr std::size_t kActivities = static_cast<std::size_t>(Activity::kCount);

[[nodiscard]] std::string_view activity_name(Activity activity);

/// Sub-core cycles by activity; they sum to sub-cores x cycles.
using ActivityCycles = std::array<std::uint64_t, kActivities>;

}  // namespace sptc::sm

#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/sm/activity.hpp"
#include "models/sm/memory_operation.hpp"

namespace sptc::sm {

/// Which cycles of which SMs are recorded.
struct TimelineWindow {
    /// Of all kernels of a run. A cycle of an SM is some 600 bytes of the file (measured: GEMMs),
    /// so that no run writes more than a few hundred megabytes.
    static constexpr base::Cycle kMostSmCycles = 400'000;

    base::Cycle first_cycle = 0;
    base::Cycle cycles = 20'000;
    std::uint32_t first_sm = 0;
    std::uint32_t sms = 1;                       ///< at least one
    base::Cycle most_sm_cycles = kMostSmCycles;  ///< cycles x SMs that may still be recorded

    /// After the last cycle that is recorded.
    [[nodiscard]] base::Cycle end() const {
        const base::Cycle count = std::min(cycles, most_sm_cycles / sms);
        return count < base::kNever - first_cycle ? first_cycle + count : base::kNever;
    }
    /// Of a kernel that ran for so long.
    [[nodiscard]] base::Cycle recorded(base::Cycle kernel_cycles) const {
        return std::min(end(), std::max(kernel_cycles, first_cycle)) - first_cycle;
    }
};

/// What a slice of a timeline happens in. The issue slot, the tensor core, the bank array and the
/// tags do one thing at a time; in the others many things are under way at once.
enum class TimelineUnit : std::uint8_t {
    kIssue,           ///< per sub-core: an instruction issued, or the reason why none did
    kTensorCore,      ///< per sub-core: an mma from its first to its last pass
    kLoadStoreQueue,  ///< per sub-core: from issue until it has left the queue
    kCta,             ///< residency
    kBarrier,         ///< from the first arrival to the release
    kSharedArray,     ///< wavefronts: of shared memory, of fills, of global loads
    kL1Tags,          ///< tag passes
    kAsyncCopy,       ///< the copies of one group of one warp: first issue to last landing
    kGlobal,          ///< from the L1's input until the memory system is done with it
    kCount
};

/// Has each sub-core one of its own?
[[nodiscard]] constexpr bool is_per_sub_core(TimelineUnit unit) {
    return unit == TimelineUnit::kIssue || unit == TimelineUnit::kTensorCore ||
           unit == TimelineUnit::kLoadStoreQueue;
}

/// Something that took the cycles [begin, end), cut to the window.
struct TimelineSlice {
    TimelineUnit unit = TimelineUnit::kIssue;
    Activity activity = Activity::kIssued;              ///< kIssue
    isa::Operation operation = isa::Operation::kCount;  ///< kCount: of no instruction
    std::uint32_t sub_core = 0;
    base::Cycle begin = 0;
    base::Cycle end = 0;
    const isa::MmaForm* form = nullptr;  ///< mma only
    std::uint32_t line = 0;              ///< PTX line; 0: none
    std::uint32_t warp = 0;              ///< of its CTA
    std::uint64_t cta = 0;
    /// kSharedArray: wavefronts; kL1Tags: passes; kGlobal: sectors; kAsyncCopy: copies; kBarrier:
    /// warps.
    std::uint32_t count = 0;
    std::uint32_t number = 0;  ///< kAsyncCopy: of the group; kBarrier: of the barrier
};

/// What one SM did, cycle by cycle, in a window of a kernel. The blocks of the SM report to it when
/// there is one. Memory: a bounded number of slices per cycle of the window.
class Timeline {
  public:
    Timeline(const TimelineWindow& window, std::uint32_t sm, std::uint32_t sub_cores,
             std::uint32_t warps_per_cta, std::uint32_t ctas);

    // `warp` is a warp slot of the SM.
    void issued(std::uint32_t sub_core, std::uint32_t warp, const isa::Instruction& instruction,
                base::Cycle now);
    /// `waiting` is the instruction whose warp named the reason; nullptr: there was no warp.
    void stalled(std::uint32_t sub_core, const isa::Instruction* waiting, Activity activity,
                 base::Cycle begin, base::Cycle end);
    void mma(std::uint32_t sub_core, std::uint32_t warp, const isa::Instruction& instruction,
             base::Cycle begin, base::Cycle end);
    void queued(const MemoryOperation& operation, base::Cycle end);
    void wavefront(OperationId id, const MemoryOperation& operation, base::Cycle now);
    void tag_pass(OperationId id, const MemoryOperation& operation, base::Cycle now);
    void global(const MemoryOperation& operation, base::Cycle end);
    void copy_landed(const MemoryOperation& operation, base::Cycle end);
    void barrier(std::uint32_t cta_slot, std::uint32_t barrier, std::uint32_t warps,
                 base::Cycle begin, base::Cycle end);
    void cta_started(std::uint32_t cta_slot, std::uint64_t cta, base::Cycle now);
    void cta_retired(std::uint32_t cta_slot, base::Cycle end);

    /// The CTA in a slot.
    [[nodiscard]] std::uint64_t cta(std::uint32_t cta_slot) const { return ctas_[cta_slot].index; }

    [[nodiscard]] const TimelineWindow& window() const { return window_; }
    [[nodiscard]] std::uint32_t sm() const { return sm_; }
    [[nodiscard]] std::uint32_t sub_cores() const { return sub_cores_; }
    /// In the order in which they ended, but for what was joined.
    [[nodiscard]] std::span<const TimelineSlice> slices() const { return slices_; }

  private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    struct Cta {
        std::uint64_t index = 0;
        base::Cycle started = 0;
    };
    /// A slice that the next cycle may go on with.
    struct Run {
        std::size_t slice = kNone;
        OperationId id = 0;
    };

    [[nodiscard]] TimelineSlice of(TimelineUnit unit, const MemoryOperation& operation,
                                   base::Cycle begin, base::Cycle end) const;
    [[nodiscard]] TimelineSlice of(TimelineUnit unit, std::uint32_t sub_core, std::uint32_t warp,
                                   const isa::Instruction& instruction, base::Cycle begin,
                                   base::Cycle end) const;
    /// Cuts to the window and keeps what is left; returns its index or kNone.
    std::size_t add(TimelineSlice slice);
    void join(Run& run, OperationId id, const TimelineSlice& slice);

    TimelineWindow window_;
    std::uint32_t sm_;
    std::uint32_t sub_cores_;
    std::uint32_t warps_per_cta_;
    std::vector<Cta> ctas_;  ///< by slot
    std::vector<TimelineSlice> slices_;
    std::vector<std::size_t> stalls_;  ///< per sub-core: the last one
    Run array_;
    Run tags_;
    /// CTA, warp and group of cp.async to its slice.
    std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>, std::size_t> copies_;
};

}  // namespace sptc::sm

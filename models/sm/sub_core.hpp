#pragma once
#include <array>
#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction_source.hpp"
#include "models/sm/activity.hpp"
#include "models/sm/instruction_buffer.hpp"
#include "models/sm/line_profile.hpp"
#include "models/sm/register_file.hpp"
#include "models/sm/scoreboard.hpp"
#include "models/sm/sm_spec.hpp"
#include "models/sm/timeline.hpp"
#include "models/sm/warp_scheduler.hpp"
#include "models/tensor_core/mma_listener.hpp"
#include "models/tensor_core/tensor_core.hpp"

namespace sptc::sm {

/// What a sub-core needs of its SM.
class SubCoreServices : public virtual sc_core::sc_interface {
  public:
    [[nodiscard]] virtual bool memory_queue_has_room(std::uint32_t sub_core) const = 0;
    /// Takes over an executed memory instruction of a warp slot of the SM.
    virtual void issue_memory(std::uint32_t warp, const isa::WarpInstruction& executed,
                              base::Cycle now) = 0;
    virtual void commit_async_group(std::uint32_t warp) = 0;
    /// The token lands when the warp's copies issued so far have.
    virtual void arrive_after_copies(std::uint32_t warp, isa::AsyncCopyToken token) = 0;
    /// Has the L2 taken all that the warp has written?
    [[nodiscard]] virtual bool global_writes_done(std::uint32_t warp) const = 0;
    [[nodiscard]] virtual bool async_wait_satisfied(std::uint32_t warp,
                                                    std::uint32_t pending_groups) const = 0;
    virtual void arrive_at_barrier(std::uint32_t warp, const isa::WarpInstruction& executed) = 0;
    virtual void warp_exited(std::uint32_t warp, base::Cycle now) = 0;
};

/// A quarter of an SM: warp slots, scheduler, scoreboards, pipelines and one tensor core. Each
/// cycle it issues at most one instruction; every cycle is counted as issued or as one stall.
class SubCore : public sc_core::sc_module, public tensor_core::MmaListener {
  public:
    struct Statistics {
        ActivityCycles activity{};
        std::uint64_t warp_instructions = 0;
        std::array<std::uint64_t, static_cast<std::size_t>(isa::Operation::kCount)> issued{};
        std::uint64_t registers_read = 0;
        std::uint64_t registers_written = 0;
    };

    SubCore(const sc_core::sc_module_name& name, const SmSpec& spec, std::uint32_t index);

    sc_core::sc_port<SubCoreServices> services;

    /// A warp of a CTA becomes resident in a slot of this sub-core; `warp` is its slot in the SM.
    void start_warp(std::uint32_t slot, std::uint32_t warp, isa::CtaStream& cta,
                    std::uint32_t warp_in_cta, std::uint32_t scoreboard_registers, base::Cycle now);

    // Events from the SM; `slot` is the sub-core's own.
    void results_ready(std::uint32_t slot, const isa::Instruction& instruction, base::Cycle cycle,
                       Activity reason);
    /// A memory instruction has left the queue, which also has room again.
    void operands_read(std::uint32_t slot, const isa::Instruction& instruction);
    void barrier_released(std::uint32_t slot, base::Cycle cycle);
    /// Something that a cp.async.wait or a fence may wait for.
    void async_progress(std::uint32_t slot);

    /// Counts by line from now on; nullptr: no more.
    void profile(LineProfile* profile) { profile_ = profile; }
    /// Records cycle by cycle from now on; nullptr: no more.
    void record(Timeline* timeline) { timeline_ = timeline; }
    void watch(tensor_core::Waveform* waveform) { tensor_core_.watch(waveform); }

    /// One cycle: the tensor core's pass, then at most one issue.
    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due() const { return due_; }
    /// Counts the cycles up to (not including) `end` that were skipped because nothing could happen
    /// in them.
    void account_until(base::Cycle end);

    /// The line a resident warp waits at and why; nullopt-like: line 0 when the slot is empty.
    struct WarpState {
        std::uint32_t line = 0;
        Activity reason = Activity::kNoWarp;
        std::uint32_t source_line = 0;  ///< 0: not known
    };
    [[nodiscard]] WarpState warp_state(std::uint32_t slot, base::Cycle now) const;

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] const tensor_core::TensorCore& tensor() const { return tensor_core_; }
    /// A new kernel; `physical` says where registers stand and must outlive it (empty: unknown).
    void reset(std::span<const isa::PhysicalRegisters> physical);
    /// Has the tensor core still to finish an mma of this slot?
    [[nodiscard]] bool has_mma_under_way(std::uint32_t slot) const;

    // tensor_core::MmaListener
    void mma_done(std::uint64_t token, base::Cycle ready) override;

  private:
    enum class Pipe : std::uint8_t {
        kInteger,
        kIntegerMultiply,
        kFloat32,
        kFloat16,
        kFloat64,
        kConvert,
        kSpecial,
        kVote,
        kMatch,
        kWarpReduce,
        kCount,
        kNone
    };
    struct Warp {
        isa::CtaStream* cta = nullptr;  ///< nullptr: the slot is empty
        std::uint32_t sm_warp = 0;
        std::uint32_t warp_in_cta = 0;
        const isa::Instruction* next = nullptr;  ///< nullptr: exited
        Scoreboard::Readiness readiness;         ///< of `next`, control flow included
        base::Cycle arrived = 0;                 ///< when `next` came to stand first in its buffer
        base::Cycle blocked_until = 0;           ///< branch, bar.warp.sync, barrier, nanosleep
        Activity blocked_reason = Activity::kControl;
        const isa::Instruction* blocked_by = nullptr;  ///< the barrier, branch, ...

        /// Since when nothing but a unit or another warp holds it up.
        [[nodiscard]] base::Cycle waits_since() const {
            return readiness.cycle > arrived ? readiness.cycle : arrived;
        }
        /// The instruction that it waits at: the one that blocks it, else the next one.
        [[nodiscard]] const isa::Instruction* waits_at(base::Cycle now) const {
            const bool blocked = blocked_until == readiness.cycle && readiness.cycle > now;
            return blocked && blocked_by != nullptr ? blocked_by : next;
        }
        Scoreboard scoreboard{0};
        InstructionBuffer buffer{1, 0};
    };

    /// An mma that has left its warp.
    struct Dispatch {
        std::uint32_t slot = 0;
        const isa::Instruction* instruction = nullptr;  ///< null: empty
        isa::MmaOperands operands;
    };

    [[nodiscard]] static Pipe pipe_of(isa::Operation operation);
    /// The tensor core and the memory queue take one instruction in several cycles, in the order in
    /// which warps come to wait for them.
    [[nodiscard]] static bool is_queued_for(isa::Operation operation) {
        return operation == isa::Operation::kMma || isa::is_memory(operation);
    }
    [[nodiscard]] const PipelineSpec& pipeline(Pipe pipe) const;
    void refresh(Warp& warp);
    /// kIssued when the warp's next instruction can issue now, else what it waits for.
    [[nodiscard]] Activity examine(const Warp& warp, base::Cycle now) const;
    /// Can an mma leave its warp now: the tensor core takes it in this cycle, or in the next one
    /// from the latch?
    [[nodiscard]] bool can_dispatch(const isa::MmaForm& form, base::Cycle now) const {
        return latch_.instruction == nullptr && tensor_core_.can_issue(form, now + 1);
    }
    /// Hands an mma to the tensor core. Throws KernelError with its PTX line for illegal metadata.
    void start_mma(std::uint32_t slot, const isa::Instruction& instruction,
                   const isa::MmaOperands& operands, base::Cycle now);
    /// Does a warp wait longer than the chosen one for the same unit?
    [[nodiscard]] static bool waits_longer(const Warp& warp, const Warp& chosen);
    void issue(Warp& warp, base::Cycle now);
    void execute_effects(Warp& warp, const isa::Instruction& instruction,
                         const isa::WarpInstruction& executed, base::Cycle now);
    void branch(Warp& warp, const isa::Instruction& instruction, base::Cycle now);
    void issue_fixed_latency(Warp& warp, const isa::Instruction& instruction, Pipe pipe,
                             base::Cycle now);
    [[nodiscard]] base::Cycle sleep_cycles(const isa::WarpInstruction& executed) const;
    [[nodiscard]] base::Cycle next_due(base::Cycle now) const;

    const SmSpec& spec_;
    std::uint32_t index_;
    tensor_core::TensorCore tensor_core_;
    Dispatch latch_;  ///< enters the tensor core in the next cycle
    std::vector<Warp> warps_;
    WarpScheduler scheduler_;
    RegisterFile register_file_;
    base::Cycle issue_free_ = 0;  ///< an instruction whose operands come late holds up the others
    base::Cycle fetch_free_ = 0;  ///< targets of branches are fetched one per cycle
    std::array<base::Cycle, static_cast<std::size_t>(Pipe::kCount)> pipe_free_{};
    std::deque<std::pair<std::uint32_t, const isa::Instruction*>>
        mmas_;  ///< in the tensor core, oldest first
    base::Cycle due_ = base::kNever;
    base::Cycle accounted_until_ = 0;
    Activity idle_activity_ = Activity::kNoWarp;
    const isa::Instruction* idle_instruction_ = nullptr;  ///< whose warp named the reason
    LineProfile* profile_ = nullptr;
    Timeline* timeline_ = nullptr;
    Statistics statistics_;
};

}  // namespace sptc::sm

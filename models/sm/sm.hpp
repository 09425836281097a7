#pragma once
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/base/channel.hpp"
#include "models/isa/instruction_source.hpp"
#include "models/sm/async_copy.hpp"
#include "models/sm/barriers.hpp"
#include "models/sm/global_path.hpp"
#include "models/sm/idle_skip.hpp"
#include "models/sm/l1_cache.hpp"
#include "models/sm/load_store.hpp"
#include "models/sm/memory_request.hpp"
#include "models/sm/shared_memory.hpp"
#include "models/sm/sm_spec.hpp"
#include "models/sm/sub_core.hpp"

namespace sptc::sm {

/// Is told when a global instruction leaves an SM, so that the CTAs this SM stands for can do the
/// same.
class GlobalTrafficObserver {
  public:
    virtual ~GlobalTrafficObserver() = default;
    virtual void global_instruction(std::uint32_t cta_slot, std::uint32_t warp_in_cta,
                                    base::Cycle now) = 0;
};

/// A streaming multiprocessor: sub-cores, load/store unit, shared memory, L1 cache, asynchronous
/// copies, barriers, and the path to the L2. Driven by tick(); meets the memory system through
/// requests() and responses() only.
class Sm : public sc_core::sc_module,
           public SubCoreServices,
           public SharedMemoryListener,
           public LoadStoreSink,
           public L1Listener,
           public BarrierListener {
  public:
    Sm(const sc_core::sc_module_name& name, const SmSpec& spec, std::uint32_t index);

    /// Empties the SM and prepares it for a kernel of which `resident_ctas` fit at once.
    void configure(const isa::KernelShape& shape, std::uint32_t resident_ctas, IdleSkip idle_skip);
    /// After configure(): also counts by PTX line.
    void profile();
    /// After configure(): also records what happens in the cycles of a window.
    void record(const TimelineWindow& window);
    /// Writes the signals of a sub-core's tensor core from now on.
    void watch(std::uint32_t sub_core, tensor_core::Waveform* waveform) {
        sub_cores_[sub_core]->watch(waveform);
    }
    void observe(GlobalTrafficObserver* observer) { observer_ = observer; }

    [[nodiscard]] bool has_free_cta_slot() const { return free_slot().has_value(); }
    /// Returns the slot that the CTA occupies.
    std::uint32_t start_cta(std::unique_ptr<isa::CtaStream> stream, std::uint64_t cta,
                            base::Cycle now);

    /// One cycle, downstream first: answers, L1, global path, shared memory, load/store, barriers,
    /// sub-cores, retirement.
    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due() const { return due_; }
    /// Something came from outside: look again no later than `cycle`.
    void wake(base::Cycle cycle) { due_ = std::min(due_, cycle); }

    [[nodiscard]] base::Channel<MemoryRequest>& requests() { return global_path_.requests(); }
    [[nodiscard]] base::Channel<MemoryResponse>& responses() { return responses_; }

    /// Counts by PTX line of this kernel; nullptr when profile() was not called.
    [[nodiscard]] const LineProfile* line_profile() const { return profile_.get(); }

    /// What record() asked for; nullptr when it was not called.
    [[nodiscard]] const Timeline* timeline() const { return timeline_.get(); }

    /// No CTA resident and nothing under way, stores included.
    [[nodiscard]] bool idle() const;
    [[nodiscard]] std::uint64_t ctas_finished() const { return ctas_finished_; }
    /// Counts skipped cycles up to `end`; call once before reading statistics.
    void finish(base::Cycle end);

    /// One line per resident warp that cannot go on: "SM 3, CTA 17, warp 2: line 45, waits at
    /// barrier".
    [[nodiscard]] std::vector<std::string> waiting_warps(base::Cycle now) const;

    [[nodiscard]] std::uint32_t index() const { return index_; }
    [[nodiscard]] std::size_t sub_core_count() const { return sub_cores_.size(); }
    [[nodiscard]] const SubCore& sub_core(std::size_t i) const { return *sub_cores_[i]; }
    [[nodiscard]] const SharedMemory& shared_memory() const { return shared_memory_; }
    [[nodiscard]] const L1Cache& l1() const { return l1_; }
    [[nodiscard]] const GlobalPath& global_path() const { return global_path_; }

    // SubCoreServices
    bool memory_queue_has_room(std::uint32_t sub_core) const override {
        return load_store_.has_room(sub_core);
    }
    void issue_memory(std::uint32_t warp, const isa::WarpInstruction& executed,
                      base::Cycle now) override;
    void commit_async_group(std::uint32_t warp) override { async_copy_.commit(warp); }
    void arrive_after_copies(std::uint32_t warp, isa::AsyncCopyToken token) override;
    bool global_writes_done(std::uint32_t warp) const override {
        return writes_under_way_[warp] == 0;
    }
    bool async_wait_satisfied(std::uint32_t warp, std::uint32_t pending_groups) const override {
        return async_copy_.satisfied(warp, pending_groups);
    }
    void arrive_at_barrier(std::uint32_t warp, const isa::WarpInstruction& executed) override;
    void warp_exited(std::uint32_t warp, base::Cycle now) override;
    // LoadStoreSink
    bool can_accept(const MemoryOperation& operation) const override;
    void accept(OperationId id, base::Cycle now) override;
    // L1Listener
    void global_done(OperationId id) override;
    // SharedMemoryListener
    void shared_load_done(OperationId id, base::Cycle ready) override;
    void shared_store_done(OperationId id) override;
    void fill_done(OperationId id, base::Cycle now) override;
    // BarrierListener
    void barrier_released(std::uint32_t warp, base::Cycle cycle) override;

  private:
    struct Cta {
        std::unique_ptr<isa::CtaStream> stream;  ///< null: the slot is free
        std::uint64_t index = 0;
        std::uint32_t live_warps = 0;
        std::uint32_t operations =
            0;  ///< memory instructions under way, stores excepted once they have left
    };

    [[nodiscard]] std::optional<std::uint32_t> free_slot() const;
    [[nodiscard]] std::uint32_t cta_slot(std::uint32_t warp) const { return warp / warps_per_cta_; }
    [[nodiscard]] Cta& cta_of(std::uint32_t warp) { return ctas_[cta_slot(warp)]; }
    [[nodiscard]] SubCore& sub_core_of(std::uint32_t warp) {
        return *sub_cores_[warp % sub_cores_.size()];
    }
    [[nodiscard]] std::uint32_t slot_of(std::uint32_t warp) const {
        return warp / static_cast<std::uint32_t>(sub_cores_.size());
    }
    void count_memory(const MemoryOperation& operation, std::uint32_t active_mask);
    [[nodiscard]] base::Cycle operand_read_cycles(const isa::Instruction& instruction) const;
    /// By how much its results come earlier because of where its address stands.
    [[nodiscard]] base::Cycle saved_cycles(const isa::Instruction& instruction) const {
        return instruction.uniform_address ? spec_.uniform_result_cycles : 0;
    }
    /// Tells the blocks of timeline_.
    void attach_timeline();
    void take_responses(base::Cycle now);
    void start_fills(base::Cycle now);
    void start_loads(base::Cycle now);
    void write_done(std::uint32_t warp);
    void finish_operation(OperationId id);
    void async_landed(std::uint32_t warp, std::uint32_t group);
    void retire_ctas();
    [[nodiscard]] base::Cycle compute_due(base::Cycle now) const;

    const SmSpec& spec_;
    std::uint32_t index_;
    OperationPool pool_;
    std::vector<std::unique_ptr<SubCore>> sub_cores_;
    SharedMemory shared_memory_;
    LoadStore load_store_;
    GlobalPath global_path_;
    L1Cache l1_;
    AsyncCopy async_copy_;
    Barriers barriers_;
    base::Channel<MemoryResponse> responses_;
    std::deque<OperationId> arrived_copies_;  ///< whose data waits to be written to shared memory
    std::deque<OperationId> arrived_loads_;   ///< whose data waits to be read from the data array

    /// By warp slot; what an earlier CTA of the slot has posted counts too.
    std::vector<std::uint32_t> writes_under_way_;

    std::unique_ptr<LineProfile> profile_;  ///< null: not asked for

    std::unique_ptr<Timeline> timeline_;  ///< null: not asked for
    base::Cycle now_ = 0;                 ///< of the tick

    std::uint32_t warps_per_cta_ = 1;
    std::uint32_t scoreboard_registers_ = 0;
    std::vector<Cta> ctas_;
    IdleSkip idle_skip_ = IdleSkip::kOn;
    bool retirement_possible_ = false;
    std::uint64_t ctas_finished_ = 0;
    GlobalTrafficObserver* observer_ = nullptr;
    base::Cycle due_ = base::kNever;
};

}  // namespace sptc::sm

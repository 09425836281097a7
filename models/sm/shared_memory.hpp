#pragma once
#include <systemc>

#include "models/base/channel.hpp"
#include "models/sm/memory_operation.hpp"
#include "models/sm/sm_spec.hpp"
#include "models/sm/timeline.hpp"

namespace sptc::sm {

/// Who hears that the bank array is done with an instruction. Implemented by the SM.
class SharedMemoryListener : public virtual sc_core::sc_interface {
  public:
    /// All data of a load is in registers at `ready`.
    virtual void shared_load_done(OperationId id, base::Cycle ready) = 0;
    virtual void shared_store_done(OperationId id) = 0;
    /// The data of a cp.async stands in shared memory.
    virtual void fill_done(OperationId id, base::Cycle now) = 0;
};

/// The shared memory of one SM as a pipeline: one queue per sub-core and one for the fills of
/// asynchronous copies -> one wavefront per cycle in the bank array, round robin by instruction ->
/// a return path to each sub-core. Conflicts have been counted from the real addresses when the
/// instruction was issued; here they cost array and return cycles.
class SharedMemory : public sc_core::sc_module {
  public:
    struct Statistics {
        std::uint64_t read_wavefronts = 0;
        std::uint64_t write_wavefronts = 0;
        std::uint64_t fill_wavefronts = 0;
        std::uint64_t l1_wavefronts = 0;  ///< global loads
    };

    SharedMemory(const sc_core::sc_module_name& name, const SharedMemorySpec& spec,
                 std::uint32_t sub_cores, OperationPool& pool);

    sc_core::sc_port<SharedMemoryListener> listener;

    [[nodiscard]] bool can_push(std::uint32_t sub_core) const {
        return inputs_[sub_core].can_push();
    }
    void push(std::uint32_t sub_core, OperationId id, base::Cycle now) {
        inputs_[sub_core].push(id, now);
    }
    [[nodiscard]] bool can_push_fill() const { return inputs_.back().can_push(); }
    void push_fill(OperationId id, base::Cycle now) { inputs_.back().push(id, now); }

    /// Records wavefronts from now on; nullptr: no more.
    void record(Timeline* timeline) { timeline_ = timeline; }

    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due(base::Cycle now) const;
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    /// A new kernel: time starts at 0 again.
    void reset();

  private:
    [[nodiscard]] bool is_fill(std::size_t input) const { return input == return_free_.size(); }
    [[nodiscard]] base::Cycle ready_cycle(std::size_t input) const;
    /// True when it was the instruction's last.
    bool run_wavefront(std::size_t input, base::Cycle now);

    const SharedMemorySpec& spec_;
    OperationPool& pool_;
    std::vector<base::Channel<OperationId>> inputs_;  ///< one per sub-core, then the fills
    std::vector<base::Cycle> return_free_;  ///< per sub-core: its return path is taken until then
    base::Cycle return_cycles_;             ///< of one wavefront on a return path
    std::size_t next_ = 0;
    Timeline* timeline_ = nullptr;
    Statistics statistics_;
};

}  // namespace sptc::sm

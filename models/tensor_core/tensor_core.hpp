#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <systemc>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"
#include "models/tensor_core/dot_product_unit.hpp"
#include "models/tensor_core/metadata_decoder.hpp"
#include "models/tensor_core/mma_listener.hpp"
#include "models/tensor_core/operand_selector.hpp"
#include "models/tensor_core/pass_schedule.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"
#include "models/tensor_core/waveform.hpp"

namespace sptc::tensor_core {

struct TensorCoreStatistics {
    std::uint64_t dense_mmas = 0;
    std::uint64_t sparse_mmas = 0;
    std::uint64_t passes = 0;
    std::uint64_t busy_cycles = 0;  ///< cycles with a slice in the multipliers
    std::uint64_t b_values_fetched = 0;
    std::uint64_t executed_macs = 0;
};

/// The tensor core of one sub-core: metadata_decoder -> operand_selector -> dot_product_unit. It
/// has no process; its owner calls it. An instruction runs as a sequence of passes, one slice each;
/// the next may issue when they are done.
class TensorCore : public sc_core::sc_module {
  public:
    /// Throws ConfigError when the spec is not valid.
    TensorCore(sc_core::sc_module_name name, const TensorCoreSpec& spec);

    sc_core::sc_port<MmaListener> listener{"listener"};

    /// May this form issue at `now`? A sparse one also needs the metadata stage.
    [[nodiscard]] bool can_issue(const isa::MmaForm& form, base::Cycle now) const;
    /// The first cycle, `now` or later, at which any form may issue if nothing else does before.
    [[nodiscard]] base::Cycle earliest(base::Cycle now) const;

    /// The architecture whose forms it has.
    [[nodiscard]] const isa::Architecture& architecture() const { return architecture_; }

    /// Starts an mma; its first slice runs in this very cycle (an instruction of one slice-cycle
    /// calls mma_done from here). Operands are read now; operands.d must stay valid until mma_done.
    /// Absent operands: only cycles count. Throws KernelError for illegal metadata and ConfigError
    /// for a form that the architecture lacks; then nothing was issued.
    void issue(const isa::Instruction& instruction, const isa::MmaOperands& operands,
               std::uint64_t token, base::Cycle now);

    /// Runs every slice-cycle that is due up to `now`; call it each cycle while busy(). The last
    /// one writes D and calls listener->mma_done with ready_cycle = issue + completion of the form.
    void tick(base::Cycle now);

    [[nodiscard]] bool busy() const { return schedule_ != nullptr; }
    /// The cycle of the last slice, in which tick() must have been called; kNever when idle. What
    /// the slices before it do cannot be seen from outside.
    [[nodiscard]] base::Cycle due() const {
        const base::Cycle last = busy() ? passes_end_ - 1 : base::kNever;
        if (waveform_ == nullptr) return last;
        // A waveform sees them, and the cycle in which none follows.
        if (busy()) return std::min(last, waveform_->next(next_cycle_));
        return waveform_->shows_busy() ? next_cycle_ : base::kNever;
    }
    /// Writes its signals from now on; nullptr: no more.
    void watch(Waveform* waveform) { waveform_ = waveform; }

    /// The cycle after the last slice of the instruction issued last.
    [[nodiscard]] base::Cycle passes_end() const { return passes_end_; }

    [[nodiscard]] TensorCoreStatistics statistics() const;
    /// Instructions issued of each form, by isa::form_index().
    [[nodiscard]] std::span<const std::uint64_t> instructions() const { return instructions_; }

    /// A new kernel: idle, time starts at 0 again, counts at zero.
    void reset();

  private:
    void prepare(const isa::MmaForm& form, std::size_t index);
    void run_slice_cycle();
    void compute(const Pass& pass);
    void finish();
    /// The signals of this slice-cycle.
    void show(const Pass& pass, bool fetched, base::Cycle now);

    // Spec
    const isa::Architecture& architecture_;
    const TensorCoreSpec spec_;
    std::vector<PassSchedule>
        schedules_;  ///< by isa::form_index(); extended forms join when they issue
    std::vector<std::uint64_t> instructions_;

    MetadataDecoder metadata_decoder_;
    OperandSelector operand_selector_;
    DotProductUnit dot_product_unit_;

    // State of the instruction in the passes
    const PassSchedule* schedule_ = nullptr;  ///< null when idle
    const isa::MmaForm* form_ = nullptr;
    isa::MmaOperands destination_;  ///< only D
    bool computing_ = false;
    std::uint64_t token_ = 0;
    std::size_t pass_ = 0;
    int cycle_in_pass_ = 0;
    base::Cycle next_cycle_ = 0;  ///< of the next slice-cycle
    base::Cycle issued_ = 0;
    base::Cycle passes_end_ = 0;  ///< of the instruction in the passes
    base::Cycle free_at_ = 0;     ///< when the next instruction can issue

    std::uint32_t line_ = 0;  ///< PTX line of the instruction
    Waveform* waveform_ = nullptr;

    TensorCoreStatistics statistics_;
};

}  // namespace sptc::tensor_core

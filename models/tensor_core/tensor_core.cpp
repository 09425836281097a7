#include "models/tensor_core/tensor_core.hpp"

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::tensor_core {
namespace {

/// Lanes of a row: products of one group of f16.
int f16_group_products(const isa::Architecture& architecture) {
    return architecture.fdpa.group_bytes * 8 / types::bits(types::DataType::kF16);
}

const TensorCoreSpec& validated(const TensorCoreSpec& spec) {
    validate(spec);
    return spec;
}

}  // namespace

TensorCore::TensorCore(sc_core::sc_module_name name, const TensorCoreSpec& spec)
    : sc_module(name),
      architecture_(isa::find_architecture(validated(spec).arch)),
      spec_(spec),
      metadata_decoder_("metadata_decoder", spec.sparse_minimum_interval_cycles,
                        spec.metadata_mode),
      operand_selector_("operand_selector", spec.swapped_mux_inputs,
                        f16_group_products(architecture_)),
      dot_product_unit_("dot_product_unit", architecture_, spec.partition,
                        spec.simd ? *spec.simd : numeric::choose_simd()) {
    for (std::size_t i = 0; i < isa::mma_forms().size(); ++i) {
        const isa::DotRule* rule = dot_product_unit_.rule(i);
        schedules_.push_back(rule ? make_schedule(spec_, *rule, isa::mma_forms()[i])
                                  : PassSchedule{});
    }
    instructions_.resize(schedules_.size());
    metadata_decoder_.selects.bind(operand_selector_.selects);
    operand_selector_.lanes.bind(dot_product_unit_.lanes);
}

bool TensorCore::can_issue(const isa::MmaForm& form, base::Cycle now) const {
    return now >= free_at_ && (!form.sparse() || now >= metadata_decoder_.free_at());
}

base::Cycle TensorCore::earliest(base::Cycle now) const {
    return std::max({now, free_at_, metadata_decoder_.free_at()});
}

void TensorCore::issue(const isa::Instruction& instruction, const isa::MmaOperands& operands,
                       std::uint64_t token, base::Cycle now) {
    const isa::MmaForm& form = *instruction.mma;
    SPTC_ASSERT(can_issue(form, now) && !busy());
    const std::size_t index = isa::form_index(form);
    if (form.extended()) prepare(form, index);
    const isa::DotRule* rule = dot_product_unit_.rule(index);
    if (rule == nullptr) isa::require_form(architecture_, form);
    if (operands.present()) {
        metadata_decoder_.load(instruction, *rule, operands);
        operand_selector_.load(form, operands);
        dot_product_unit_.load(index, operands);
    }
    if (form.sparse()) metadata_decoder_.occupy(now);
    ++instructions_[index];
    ++(form.sparse() ? statistics_.sparse_mmas : statistics_.dense_mmas);
    schedule_ = &schedules_[index];
    form_ = &form;
    line_ = instruction.line;
    if (waveform_ != nullptr) waveform_->instruction_issued(now);
    computing_ = operands.present();
    destination_.d = operands.d;
    destination_.f64.d = operands.f64.d;
    token_ = token;
    pass_ = 0;
    cycle_in_pass_ = 0;
    next_cycle_ = now;
    issued_ = now;
    passes_end_ = now + static_cast<base::Cycle>(schedule_->cycles);
    free_at_ = now + static_cast<base::Cycle>(schedule_->interval);
    tick(now);
}

void TensorCore::prepare(const isa::MmaForm& form, std::size_t index) {
    require_datapath(spec_, form);
    if (dot_product_unit_.rule(index) != nullptr) return;
    dot_product_unit_.prepare(form);
    if (index >= schedules_.size()) {
        schedules_.resize(index + 1);
        instructions_.resize(index + 1);
    }
    schedules_[index] = make_schedule(spec_, *dot_product_unit_.rule(index), form);
}

void TensorCore::tick(base::Cycle now) {
    while (busy() && next_cycle_ <= now) run_slice_cycle();
    if (waveform_ != nullptr && next_cycle_ <= now && waveform_->shows_busy())
        waveform_->write_idle(now);
}

void TensorCore::run_slice_cycle() {
    const Pass& pass = schedule_->passes[pass_];
    ++statistics_.busy_cycles;
    const base::Cycle now = next_cycle_++;
    if (++cycle_in_pass_ < pass.cycles) {  // still fetching B or multiplying
        if (waveform_ != nullptr) show(pass, false, now);
        return;
    }

    cycle_in_pass_ = 0;
    ++statistics_.passes;
    statistics_.executed_macs += static_cast<std::uint64_t>(pass.macs);
    operand_selector_.fetch(pass.b_values);
    if (computing_) compute(pass);
    if (waveform_ != nullptr) show(pass, true, now);
    if (++pass_ == schedule_->passes.size()) finish();
}

void TensorCore::compute(const Pass& pass) {
    if (spec_.values_mode == ValuesMode::kPerPass) {
        metadata_decoder_.decode(pass.slice);
    } else if (pass_ == 0) {
        for (int matrix = 0; matrix < form_->matrices(); ++matrix) {
            metadata_decoder_.decode({matrix, 0, schedule_->groups, 0, form_->n});
        }
    }
}

void TensorCore::show(const Pass& pass, bool fetched, base::Cycle now) {
    if (!waveform_->covers(now)) return;
    WaveformCycle cycle;
    cycle.form = form_;
    cycle.line = line_;
    cycle.pass = &pass;
    cycle.pass_number = static_cast<std::uint32_t>(pass_);
    cycle.fetched = fetched;
    cycle.done = fetched && pass_ + 1 == schedule_->passes.size();
    if (computing_ && form_->sparse() && !form_->extended())
        cycle.codes = metadata_decoder_.codes(0);
    std::vector<std::uint8_t> selects;
    if (computing_ && fetched) {
        selects = metadata_decoder_.selects_of(0, pass.slice.first_group);
        cycle.selects = selects;
    }
    waveform_->write(cycle, now);
}

void TensorCore::finish() {
    const base::Cycle ready = issued_ + static_cast<base::Cycle>(schedule_->completion);
    if (computing_) dot_product_unit_.store(destination_);
    schedule_ = nullptr;
    listener->mma_done(token_, ready);
}

void TensorCore::reset() {
    SPTC_ASSERT(!busy());
    free_at_ = 0;
    metadata_decoder_.reset();
    operand_selector_.reset_statistics();
    std::fill(instructions_.begin(), instructions_.end(), 0u);
    statistics_ = {};
}

TensorCoreStatistics TensorCore::statistics() const {
    TensorCoreStatistics statistics = statistics_;
    statistics.b_values_fetched = operand_selector_.b_values_fetched();
    return statistics;
}

}  // namespace sptc::tensor_core

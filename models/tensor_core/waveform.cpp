#include "models/tensor_core/waveform.hpp"

#include <fmt/format.h>
#include <sysc/tracing/sc_tracing_ids.h>

#include <filesystem>

#include "models/base/error.hpp"
#include "models/base/file.hpp"

namespace sptc::tensor_core {

using base::Cycle;

namespace {

constexpr int kCodesBits = 64;  ///< of 16 chunks
using Codes = sc_dt::sc_lv<kCodesBits>;
constexpr int kSelectBits = 8;  ///< of a slot; M is 32 at most
constexpr int kSlots = 32;      ///< of a group; b1 has more, but is dense
using Selects = sc_dt::sc_lv<kSelectBits * kSlots>;

Codes codes_of(const std::optional<std::uint64_t>& codes) {
    if (!codes) return Codes(sc_dt::SC_LOGIC_X);
    return Codes(sc_dt::sc_bv<kCodesBits>(
        sc_dt::sc_biguint<kCodesBits>(static_cast<sc_dt::uint64>(*codes))));
}

Selects selects_of(const std::optional<std::span<const std::uint8_t>>& selects) {
    Selects bits(selects ? sc_dt::SC_LOGIC_0 : sc_dt::SC_LOGIC_X);
    if (!selects) return bits;
    for (int slot = 0; slot < kSlots && slot < static_cast<int>(selects->size()); ++slot) {
        bits.range(kSelectBits * slot + kSelectBits - 1, kSelectBits * slot) =
            (*selects)[static_cast<std::size_t>(slot)];
    }
    return bits;
}

}  // namespace

struct Waveform::Signals {
    sc_core::sc_signal<sc_dt::uint64> cycle;
    sc_core::sc_signal<bool> busy;
    sc_core::sc_signal<bool> sparse;
    sc_core::sc_signal<bool> done;
    sc_core::sc_signal<std::uint32_t> instruction;
    sc_core::sc_signal<std::uint32_t> form;
    sc_core::sc_signal<std::uint32_t> ptx_line;
    sc_core::sc_signal<std::uint32_t> pass;
    sc_core::sc_signal<std::uint32_t> group;
    sc_core::sc_signal<std::uint32_t> first_column;
    sc_core::sc_signal<std::uint32_t> columns;
    sc_core::sc_signal<std::uint32_t> lanes_active;
    sc_core::sc_signal<std::uint32_t> b_values;
    sc_core::sc_signal<Codes> row0_codes;
    sc_core::sc_signal<Selects> row0_selects;

    void trace(sc_core::sc_trace_file* file, const std::string& scope) const {
        const auto add = [&](const auto& signal, const char* name) {
            sc_core::sc_trace(file, signal, scope + name);
        };
        add(cycle, "cycle");
        add(busy, "busy");
        add(sparse, "sparse");
        add(done, "done");
        add(instruction, "instruction");
        add(form, "form");
        add(ptx_line, "ptx_line");
        add(pass, "pass");
        add(group, "group");
        add(first_column, "first_column");
        add(columns, "columns");
        add(lanes_active, "dot_product_unit.lanes_active");
        add(b_values, "operand_selector.b_values");
        add(row0_codes, "metadata_decoder.row0_codes");
        add(row0_selects, "metadata_decoder.row0_selects");
    }
};

Waveform::Waveform(std::string file, const std::string& scope, std::optional<Cycle> first,
                   Cycle cycles)
    : file_(std::move(file)),
      partial_(file_ + ".sptc-partial"),
      first_(first),
      cycles_(cycles),
      signals_(std::make_unique<Signals>()) {
    base::require_writable(file_);
    base::require_writable(partial_);
    // What SystemC would print is no news.
    for (const char* message :
         {sc_core::SC_ID_TRACING_TIMESCALE_UNIT_, sc_core::SC_ID_TRACING_CLOSE_EMPTY_FILE_})
        sc_core::sc_report_handler::set_actions(message, sc_core::SC_DO_NOTHING);
    trace_ = sc_core::sc_create_vcd_trace_file(partial_.c_str());
    partial_ += ".vcd";  // SystemC appends it
    trace_->set_time_unit(1, sc_core::SC_PS);
    signals_->trace(trace_, scope + ".tensor_core.");
}

Waveform::~Waveform() {
    close();
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
}

void Waveform::close() {
    if (trace_ == nullptr) return;
    sc_core::sc_close_vcd_trace_file(trace_);
    trace_ = nullptr;
}

void Waveform::write(const WaveformCycle& cycle, Cycle now) {
    Signals& signals = *signals_;
    const Slice& slice = cycle.pass->slice;
    forms_.insert(isa::form_index(*cycle.form));
    signals.cycle = now;
    signals.busy = true;
    signals.sparse = cycle.form->sparse();
    signals.done = cycle.done;
    signals.instruction = instructions_;
    signals.form = static_cast<std::uint32_t>(isa::form_index(*cycle.form));
    signals.ptx_line = cycle.line;
    signals.pass = cycle.pass_number;
    signals.group = static_cast<std::uint32_t>(slice.first_group);
    signals.first_column = static_cast<std::uint32_t>(slice.first_column);
    signals.columns = static_cast<std::uint32_t>(slice.columns);
    signals.lanes_active = static_cast<std::uint32_t>((cycle.pass->macs + cycle.pass->cycles - 1) /
                                                      cycle.pass->cycles);
    signals.b_values = cycle.fetched ? static_cast<std::uint32_t>(cycle.pass->b_values) : 0;
    signals.row0_codes = codes_of(cycle.codes);
    signals.row0_selects = selects_of(cycle.selects);
    shows_busy_ = true;
}

void Waveform::write_idle(Cycle now) {
    Signals& signals = *signals_;
    signals.cycle = now;
    signals.busy = false;
    signals.sparse = false;
    signals.done = false;
    signals.lanes_active = 0;
    signals.b_values = 0;
    signals.row0_codes = codes_of({});
    signals.row0_selects = selects_of({});
    shows_busy_ = false;
}

void Waveform::commit() {
    close();
    // SystemC writes the date of today, but the same run gives the same bytes: names of forms
    // stand there instead.
    std::string text = base::read_text(partial_);
    std::string names = "$comment\n  A tensor core of sptc, one cycle of its clock per step.\n";
    for (const std::size_t form : forms_)
        names += fmt::format("  form {} is {}\n", form, isa::form_at(form).ptx_name());
    names += "$end\n";
    constexpr std::string_view kEnd = "$end";
    const std::size_t begin = text.find("$date");
    const std::size_t end = text.find(kEnd, begin);
    SPTC_ASSERT(begin != std::string::npos && end != std::string::npos);
    text.replace(begin, end + kEnd.size() - begin, names);
    base::write_text(file_, text);
}

}  // namespace sptc::tensor_core

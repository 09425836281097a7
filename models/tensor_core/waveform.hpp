#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <systemc>

#include "models/base/cycle.hpp"
#include "models/isa/mma.hpp"
#include "models/tensor_core/pass_schedule.hpp"

namespace sptc::tensor_core {

/// What the tensor core does in one cycle, for a Waveform.
struct WaveformCycle {
    const isa::MmaForm* form = nullptr;
    std::uint32_t line = 0;  ///< PTX line
    const Pass* pass = nullptr;
    std::uint32_t pass_number = 0;
    bool done = false;     ///< the instruction's last one
    bool fetched = false;  ///< the slice's B values have come: the last cycle of the pass
    // Of row 0 of A; unknown without values, the codes also of dense and extended instructions, the
    // selects before B has come.
    std::optional<std::uint64_t> codes{};                    ///< of all its chunks, a nibble each
    std::optional<std::span<const std::uint8_t>> selects{};  ///< of the group's slots
};

/// The signals of one tensor core, traced into a VCD file by SystemC. They exist only while someone
/// wants the waves: the tensor core writes them once in each busy cycle, and once when it falls
/// idle. Make it after all modules and before the simulation starts.
class Waveform {
  public:
    /// Traces `cycles` cycles from `first` on (unset: from the first mma on). `scope`: where the
    /// signals stand, as "sm0.sub_core0". Throws ConfigError when the file cannot be written.
    Waveform(std::string file, const std::string& scope, std::optional<base::Cycle> first,
             base::Cycle cycles);
    /// Without commit() the file does not appear.
    ~Waveform();
    Waveform(const Waveform&) = delete;
    Waveform& operator=(const Waveform&) = delete;

    /// Are signals of this cycle wanted?
    [[nodiscard]] bool covers(base::Cycle now) const {
        return first_ && now >= *first_ && now - *first_ < cycles_;
    }
    /// The first cycle from `now` on of which signals are wanted; kNever: none.
    [[nodiscard]] base::Cycle next(base::Cycle now) const {
        if (!first_) return base::kNever;
        const base::Cycle cycle = std::max(now, *first_);
        return covers(cycle) ? cycle : base::kNever;
    }
    /// Do the signals say that an instruction runs?
    [[nodiscard]] bool shows_busy() const { return shows_busy_; }

    void instruction_issued(base::Cycle now) {
        ++instructions_;
        if (!first_) first_ = now;
    }
    void write(const WaveformCycle& cycle, base::Cycle now);
    void write_idle(base::Cycle now);

    /// The simulation has ended well: the file appears, whole. It says in comments which number
    /// stands for which form.
    void commit();

  private:
    struct Signals;

    void close();

    std::string file_;
    std::string partial_;  ///< what SystemC writes
    std::optional<base::Cycle> first_;
    base::Cycle cycles_;
    std::unique_ptr<Signals> signals_;
    sc_core::sc_trace_file* trace_ = nullptr;
    std::uint32_t instructions_ = 0;
    bool shows_busy_ = false;
    std::set<std::size_t> forms_;  ///< numbers of those that have run
};

}  // namespace sptc::tensor_core

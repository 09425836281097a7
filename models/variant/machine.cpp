#include "models/variant/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "models/base/error.hpp"

namespace sptc::variant {
namespace {

constexpr std::size_t kOperandBuffers = 2;
constexpr std::uint64_t kResultBits = kWordBits;  ///< D leaves requantised to int8

/// A step under way to the array.
struct Staged {
    Step step;
    Needs needs;
    std::uint64_t unfed_bits;     ///< still to come out of the shared memory
    std::uint64_t unloaded_bits;  ///< still to come into it
};

std::uint64_t dram_bits_of(const Step& step, const Needs& needs) {
    return (step.a_from_dram ? needs.a_bits + needs.a_metadata_bits : 0) +
           (step.b_from_dram ? needs.b_bits + needs.b_metadata_bits : 0);
}

void add(Needs& sum, const Needs& needs) {
    sum.a_bits += needs.a_bits;
    sum.a_metadata_bits += needs.a_metadata_bits;
    sum.b_bits += needs.b_bits;
    sum.b_metadata_bits += needs.b_metadata_bits;
    sum.conflict_bits += needs.conflict_bits;
    sum.cycles += needs.cycles;
    sum.products += needs.products;
    sum.gated += needs.gated;
}

class Machine {
  public:
    Machine(const MachineSpec& spec, StepSource& source, const Strategy& strategy, Int32Matrix* d)
        : spec_(spec), source_(source), strategy_(strategy), d_(d) {}

    MachineResult run() {
        prefetch();
        while (!staged_.empty() || array_left_ > 0 || unwritten_bits_ > 0) {
            tick_array();
            tick_feed();
            tick_dram();
        }
        return result_;
    }

  private:
    /// The array finishes a step, or starts the next whose operands are all there.
    void tick_array() {
        if (array_left_ == 0) start_step();
        if (array_left_ > 0) {
            ++result_.busy_cycles;
            if (--array_left_ == 0) buffer_in_use_ = false;
        } else if (staged_.empty()) {
            if (unwritten_bits_ > 0) ++result_.drain_cycles;
        } else if (result_.busy_cycles == 0) {
            ++result_.fill_cycles;
        } else {
            ++result_.feed_stall_cycles;
        }
    }

    void start_step() {
        while (!staged_.empty() && staged_.front().unfed_bits == 0) {
            const Staged& staged = staged_.front();
            if (d_ != nullptr) strategy_.execute(staged.step, *d_);
            array_left_ = staged.needs.cycles;
            buffer_in_use_ = array_left_ > 0;
            if (staged.step.ends_tile && spec_.dram_words_per_cycle > 0) {
                const auto elements = static_cast<std::uint64_t>(staged.step.rows) *
                                      static_cast<std::uint64_t>(staged.step.columns);
                unwritten_bits_ += elements * kResultBits;
                result_.dram_bits += elements * kResultBits;
            }
            staged_.pop_front();
            prefetch();
            if (buffer_in_use_) return;
        }
    }

    /// Moves as many bits as the ports of the shared memory pass in a cycle.
    void tick_feed() {
        auto budget = static_cast<std::uint64_t>(spec_.shared_words_per_cycle) * kWordBits;
        const std::size_t buffers = kOperandBuffers - (buffer_in_use_ ? 1 : 0);
        for (std::size_t i = 0; i < std::min(buffers, staged_.size()) && budget > 0; ++i) {
            if (staged_[i].unloaded_bits > 0) return;
            const std::uint64_t moved = std::min(budget, staged_[i].unfed_bits);
            staged_[i].unfed_bits -= moved;
            budget -= moved;
        }
    }

    /// Operands first, then results.
    void tick_dram() {
        auto budget = static_cast<std::uint64_t>(spec_.dram_words_per_cycle) * kWordBits;
        for (Staged& staged : staged_) {
            if (budget == 0) return;
            const std::uint64_t moved = std::min(budget, staged.unloaded_bits);
            staged.unloaded_bits -= moved;
            budget -= moved;
        }
        unwritten_bits_ -= std::min(budget, unwritten_bits_);
    }

    /// Steps are loaded ahead as far as a quarter of the shared memory holds them.
    void prefetch() {
        const std::uint64_t room =
            static_cast<std::uint64_t>(spec_.shared_words) * kWordBits / kPrefetchShare;
        while (source_.peek() != nullptr) {
            std::uint64_t ahead = 0;
            for (const Staged& staged : staged_) ahead += staged.unloaded_bits;
            if (staged_.size() >= kMostAhead || (staged_.size() >= kOperandBuffers && ahead > room))
                return;
            const Step& step = *source_.peek();
            const Needs needs = strategy_.needs(step);
            const std::uint64_t dram =
                spec_.dram_words_per_cycle > 0 ? dram_bits_of(step, needs) : 0;
            staged_.push_back({step, needs, needs.feed_bits(), dram});
            add(result_.total, needs);
            result_.dram_bits += dram;
            source_.advance();
        }
    }

    static constexpr std::uint64_t kPrefetchShare = 4;
    static constexpr std::size_t kMostAhead = 16;

    const MachineSpec& spec_;
    StepSource& source_;
    const Strategy& strategy_;
    Int32Matrix* d_;
    std::deque<Staged> staged_;
    std::uint64_t array_left_ = 0;
    std::uint64_t unwritten_bits_ = 0;
    bool buffer_in_use_ = false;
    MachineResult result_;
};

}  // namespace

void validate(const MachineSpec& spec) {
    const auto positive = [&spec](const char* field, int value) {
        if (value < 1)
            throw base::ConfigError(
                fmt::format("machine {}: {} is {}: expected at least 1", spec.name, field, value));
    };
    positive("macs", spec.macs);
    positive("tile_m", spec.tile_m);
    positive("tile_n", spec.tile_n);
    positive("k_step_stored", spec.k_step_stored);
    positive("shared_words_per_cycle", spec.shared_words_per_cycle);
    positive("shared_words", spec.shared_words);
    if (spec.outer_product.units_per_queue < 0 ||
        spec.outer_product.accumulated_words_per_cycle < 0)
        throw base::ConfigError(
            fmt::format("machine {}: outer_product: expected no negative number", spec.name));
}

MachineResult run_machine(const MachineSpec& spec, StepSource& source, const Strategy& strategy,
                          Int32Matrix* d) {
    validate(spec);
    return Machine(spec, source, strategy, d).run();
}

}  // namespace sptc::variant

#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/isa/instruction_source.hpp"
#include "models/isa/mma.hpp"

namespace sptc::test {

/// A hand-written instruction stream for timing tests: every warp runs the same steps, `body`
/// repeated.
class ScriptedSource : public isa::InstructionSource {
  public:
    /// One lane of one execution of a step.
    struct Where {
        std::uint64_t cta;
        std::uint32_t warp;
        int lane;
        int iteration;
    };
    struct Step {
        isa::Operation operation;
        std::vector<isa::RegisterId> reads{};
        std::vector<isa::RegisterId> writes{};
        std::uint8_t bytes_per_lane = 4;
        std::uint8_t matrices = 0;
        std::uint8_t pending_groups = 0;
        const isa::MmaForm* mma = nullptr;
        bool addressed = false;        ///< the reads form an address
        bool uniform_address = false;  ///< ... that stands in a uniform register
        std::uint32_t active_mask = ~0u;
        /// lane, iteration of the body -> byte address
        std::function<std::uint64_t(int, int)> address = [](int lane, int) {
            return 4ull * unsigned(lane);
        };
        std::function<std::uint64_t(const Where&)> place = nullptr;  ///< instead of `address`
        isa::CachePolicy cache = isa::CachePolicy::kAllLevels;
        std::uint32_t barrier = 0;
        std::uint32_t barrier_threads = 0;
        std::uint32_t sleep_nanoseconds = 0;
        std::function<bool(std::uint32_t warp)> only_for = nullptr;  ///< other warps skip the step
    };

    ScriptedSource(std::uint32_t warps, std::vector<Step> body, int iterations,
                   std::uint64_t ctas = 1) {
        shape_.entry = "scripted";
        shape_.grid.x = static_cast<std::uint32_t>(ctas);
        shape_.block.x = warps * isa::kLanes;
        shape_.registers_per_thread = 32;
        shape_.scoreboard_registers = 64;
        iterations_ = iterations;
        issues_of_warp.resize(warps);
        steps_ = std::move(body);
        for (const Step& step : steps_) add(step);
        add({isa::Operation::kExit, {}, {}});
    }

    const isa::KernelShape& shape() const override { return shape_; }
    isa::KernelShape& shape() { return shape_; }
    /// Register ids below `count` are the physical registers of that number.
    void name_physical_registers(std::uint32_t count) {
        shape_.physical_registers.assign(shape_.scoreboard_registers, {});
        for (std::uint32_t i = 0; i < count; ++i) {
            shape_.physical_registers[i] = {static_cast<std::uint8_t>(i), 1};
        }
    }
    std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta, std::uint32_t) override {
        return std::make_unique<Stream>(*this, cta);
    }

    /// Issue cycles of warp 0 of the first CTA, step by step.
    std::vector<base::Cycle> issues;
    /// The same for every warp, all CTAs in one list.
    std::vector<std::vector<base::Cycle>> issues_of_warp;

  private:
    struct Stored {
        isa::Instruction instruction;
        std::vector<isa::RegisterId> reads, writes;
    };

    class Stream : public isa::CtaStream {
      public:
        Stream(ScriptedSource& source, std::uint64_t cta)
            : source_(source), cta_(cta), at_(source.shape_.warps_per_cta()) {
            for (std::uint32_t warp = 0; warp < at_.size(); ++warp) settle(warp);
        }
        const isa::Instruction* peek(std::uint32_t warp) const override {
            const auto [step, iteration] = at_[warp];
            return step < source_.stored_.size() ? &source_.stored_[step].instruction : nullptr;
        }
        const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle now) override {
            auto& [step, iteration] = at_[warp];
            if (warp == 0) source_.issues.push_back(now);
            source_.issues_of_warp[warp].push_back(now);
            result_ = {};
            result_.instruction = &source_.stored_[step].instruction;
            result_.active_mask = ~0u;
            if (step < source_.steps_.size()) {
                const Step& script = source_.steps_[step];
                result_.active_mask = script.active_mask;
                for (int lane = 0; lane < isa::kLanes; ++lane) {
                    const auto l = static_cast<std::size_t>(lane);
                    result_.addresses[l] = script.place
                                               ? script.place({cta_, warp, lane, iteration})
                                               : script.address(lane, iteration);
                    result_.shared_addresses[l] =
                        static_cast<std::uint32_t>(lane * script.bytes_per_lane);
                    result_.source_bytes[l] = script.bytes_per_lane;
                }
                result_.barrier = script.barrier;
                result_.barrier_threads = script.barrier_threads;
                result_.sleep_nanoseconds = script.sleep_nanoseconds;
            }
            ++step;
            if (step == source_.steps_.size() && ++iteration < source_.iterations_) step = 0;
            settle(warp);
            return result_;
        }
        void land(isa::AsyncCopyToken) override {}

      private:
        void settle(std::uint32_t warp) {
            auto& [step, iteration] = at_[warp];
            while (step < source_.steps_.size() && source_.steps_[step].only_for &&
                   !source_.steps_[step].only_for(warp)) {
                ++step;
                if (step == source_.steps_.size() && ++iteration < source_.iterations_) step = 0;
            }
        }
        ScriptedSource& source_;
        std::uint64_t cta_;
        std::vector<std::pair<std::size_t, int>> at_;
        isa::WarpInstruction result_;
    };

    void add(const Step& step) {
        Stored& stored = stored_.emplace_back();
        stored.reads = step.reads;
        stored.writes = step.writes;
        isa::Instruction& instruction = stored.instruction;
        instruction.operation = step.operation;
        instruction.bytes_per_lane = step.bytes_per_lane;
        instruction.matrices = step.matrices;
        instruction.cache = step.cache;
        instruction.pending_groups = step.pending_groups;
        instruction.mma = step.mma;
        instruction.line = static_cast<std::uint32_t>(stored_.size());
        instruction.reads = stored.reads;
        instruction.uniform_address = step.uniform_address;
        if (step.addressed) instruction.address_reads = stored.reads;
        instruction.writes = stored.writes;
    }

    isa::KernelShape shape_;
    std::vector<Step> steps_;
    std::deque<Stored> stored_;
    int iterations_;
};

}  // namespace sptc::test

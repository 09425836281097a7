#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/isa/instruction_source.hpp"

namespace sptc::test {

/// Runs instruction sources without a timing model: warps take turns, one instruction each, until
/// all have exited. Asynchronous copies land as late as allowed (at the covering wait), so a kernel
/// that forgets a wait gives wrong data.

/// Computes one mma: reads A, B, C, E and writes D of all lanes.
using MmaFunction = std::function<void(const isa::Instruction&, const isa::MmaOperands&)>;

/// Sees every executed warp instruction: (cta, warp, instruction).
using Observer = std::function<void(std::uint64_t, std::uint32_t, const isa::WarpInstruction&)>;

struct FunctionalOptions {
    MmaFunction mma;    ///< called for every mma whose operands are present
    Observer observer;  ///< optional
    std::uint64_t instruction_limit = 200'000'000;  ///< per CTA; more is an endless loop
};

/// One CTA until every warp has exited. Returns the number of warp instructions. Throws
/// std::runtime_error on a deadlock (with each warp's line) and beyond the instruction limit.
class FunctionalCta {
  public:
    FunctionalCta(isa::InstructionSource& source, std::uint64_t cta,
                  const FunctionalOptions& options)
        : options_(options),
          cta_(cta),
          threads_(source.shape().threads_per_cta()),
          warps_(source.shape().warps_per_cta()),
          stream_(source.start_cta(cta, 0)) {}

    std::uint64_t run() {
        std::uint64_t executed = 0;
        while (true) {
            bool progress = false;
            bool alive = false;
            bool waiting = false;
            for (std::uint32_t warp = 0; warp < warps_.size(); ++warp) {
                if (stream_->peek(warp) == nullptr) continue;
                alive = true;
                if (!warps_[warp].waiting) {
                    step(warp, executed++);
                    progress = true;
                }
                waiting = waiting || warps_[warp].waiting;
            }
            if (!alive) break;
            if (waiting && release_barriers()) progress = true;
            if (!progress) throw std::runtime_error("deadlock: " + lines());
            if (executed > options_.instruction_limit) {
                throw std::runtime_error("endless loop: " + lines());
            }
        }
        for (Warp& warp : warps_) {
            warp.groups.push_back(std::move(warp.open));
            land(warp, 0);
        }
        return executed;
    }

  private:
    struct Warp {
        std::vector<isa::AsyncCopyToken> open;
        std::deque<std::vector<isa::AsyncCopyToken>> groups;
        bool waiting = false;
        std::uint32_t barrier = 0;
        std::uint32_t barrier_threads = 0;
    };

    void step(std::uint32_t index, std::uint64_t now) {
        Warp& warp = warps_[index];
        const isa::Instruction* next = stream_->peek(index);
        // A wait covers the copies before it, so they land before it executes.
        if (next->operation == isa::Operation::kAsyncWait) {
            land(warp, next->pending_groups);
        }
        const isa::WarpInstruction& done = stream_->execute(index, now);
        if (options_.observer) options_.observer(cta_, index, done);
        switch (done.instruction->operation) {
            case isa::Operation::kAsyncCopy:
                if (done.active_mask != 0) warp.open.push_back(done.async_token);
                break;
            case isa::Operation::kAsyncArrive:
                // Nothing tells when it is waited for: the copies before it land at once.
                if (done.active_mask == 0) break;
                warp.groups.push_back(std::exchange(warp.open, {}));
                warp.groups.push_back({done.async_token});
                land(warp, 0);
                break;
            case isa::Operation::kAsyncCommit:
                warp.groups.push_back(std::exchange(warp.open, {}));
                break;
            case isa::Operation::kMma:
                if (done.operands.present() && options_.mma) {
                    options_.mma(*done.instruction, done.operands);
                }
                break;
            case isa::Operation::kBarrier:
                if (done.active_mask == 0) break;
                warp.waiting = true;
                warp.barrier = done.barrier;
                warp.barrier_threads = done.barrier_threads;
                break;
            case isa::Operation::kBarrierArrive:
                if (done.active_mask != 0) passed_[done.barrier] += isa::kLanes;
                break;
            default:
                break;
        }
    }

    void land(Warp& warp, std::size_t pending) {
        while (warp.groups.size() > pending) {
            for (isa::AsyncCopyToken token : warp.groups.front()) stream_->land(token);
            warp.groups.pop_front();
        }
    }

    [[nodiscard]] std::uint32_t threads_of(std::uint32_t warp) const {
        return std::min<std::uint32_t>(isa::kLanes, threads_ - warp * isa::kLanes);
    }

    /// A barrier opens when as many threads wait as it names; exited warps count for a barrier of
    /// the whole CTA.
    bool release_barriers() {
        std::map<std::uint32_t, std::uint32_t> arrived = passed_;
        std::map<std::uint32_t, std::uint32_t> expected;
        std::uint32_t exited = 0;
        for (std::uint32_t i = 0; i < warps_.size(); ++i) {
            if (stream_->peek(i) == nullptr && !warps_[i].waiting) exited += threads_of(i);
            if (!warps_[i].waiting) continue;
            const std::uint32_t threads = warps_[i].barrier_threads;
            arrived[warps_[i].barrier] += threads == 0 ? threads_of(i) : std::uint32_t{isa::kLanes};
            expected[warps_[i].barrier] = threads;
        }
        bool released = false;
        for (Warp& warp : warps_) {
            if (!warp.waiting) continue;
            const std::uint32_t wanted = expected[warp.barrier];
            const std::uint32_t have = arrived[warp.barrier] + (wanted == 0 ? exited : 0);
            if (have < (wanted == 0 ? threads_ : wanted)) continue;
            warp.waiting = false;
            passed_.erase(warp.barrier);
            released = true;
        }
        return released;
    }

    [[nodiscard]] std::string lines() const {
        std::string text;
        for (std::uint32_t i = 0; i < warps_.size(); ++i) {
            const isa::Instruction* next = stream_->peek(i);
            if (next == nullptr) continue;
            text += "warp " + std::to_string(i) + " before line " + std::to_string(next->line) +
                    (warps_[i].waiting ? " (waits at a barrier); " : "; ");
        }
        return text;
    }

    const FunctionalOptions& options_;
    std::uint64_t cta_;
    std::uint32_t threads_;
    std::vector<Warp> warps_;
    std::map<std::uint32_t, std::uint32_t> passed_;  ///< by barrier: threads of bar.arrive
    std::unique_ptr<isa::CtaStream> stream_;
};

/// Every CTA of the grid, one after another. Returns the number of warp instructions.
inline std::uint64_t run_functionally(isa::InstructionSource& source,
                                      const FunctionalOptions& options = {}) {
    std::uint64_t executed = 0;
    for (std::uint64_t cta = 0; cta < source.shape().grid.count(); ++cta) {
        executed += FunctionalCta(source, cta, options).run();
    }
    return executed;
}

}  // namespace sptc::test

#pragma once
#include <array>
#include <cstdint>
#include <queue>
#include <systemc>
#include <vector>

#include "models/base/calendar.hpp"
#include "models/base/channel.hpp"
#include "models/base/cycle.hpp"
#include "models/memory/l2.hpp"
#include "models/memory/memory_spec.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::memory {

/// Where one SM is connected: it takes requests from a channel and answers into another.
struct CrossbarPort {
    base::Channel<sm::MemoryRequest>* requests = nullptr;
    base::Channel<sm::MemoryResponse>* responses = nullptr;
};

/// Who is told that an answer stands in an SM's channel and when to look. Implemented by the GPU.
class CrossbarListener {
  public:
    virtual ~CrossbarListener() = default;
    virtual void answered(std::size_t port, base::Cycle visible) = 0;
};

/// The network between SMs and L2: one request per SM and cycle on the way up; on the way down each
/// SM's port passes sm_bytes_per_cycle, answers in the order in which they leave the L2. The time
/// on the way is the latency of the channels at the SMs, so that what an SM does reaches others
/// only after it.
class Crossbar : public sc_core::sc_module {
  public:
    Crossbar(const sc_core::sc_module_name& name, const CrossbarSpec& spec);

    sc_core::sc_port<L2If> l2;

    /// The ports in a fixed order, which is also the order of arbitration inside a cycle.
    void connect(std::vector<CrossbarPort> ports, CrossbarListener& listener);
    /// The partition of the L2 that an SM is connected to.
    [[nodiscard]] std::uint32_t partition_of(std::uint32_t sm) const {
        return l2->partition_of(sm);
    }
    /// A request of an SM that is not simulated reaches the crossbar at `arrival` (after `now`). It
    /// occupies L2 and HBM; the answer goes nowhere.
    void inject(const UnansweredRequest& request, base::Cycle now, base::Cycle arrival) {
        announce(request.partition(), request.line_address());
        mirrored_.push(request, now, arrival);
        wake(now + 1);
    }
    /// Something was pushed into a port's request channel outside the crossbar's own tick.
    void wake(base::Cycle cycle) { due_ = std::min(due_, cycle); }

    void tick(base::Cycle now);
    [[nodiscard]] base::Cycle due() const { return due_; }
    [[nodiscard]] bool idle() const { return under_way_ == 0 && mirrored_.empty(); }
    void reset();

  private:
    /// Many SMs ask for the same line at nearly the same time: only the first of them tells the L2.
    void announce(std::uint32_t partition, std::uint64_t line_address) {
        constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio
        const std::uint64_t place = line_address | partition;
        std::uint64_t& last = announced_[place * kSpread >> (64 - kAnnouncedBits)];
        if (last == place) return;
        last = place;
        l2->announce(partition, line_address);
    }

    struct Answer {
        base::Cycle ready;
        std::uint64_t sequence;  ///< keeps equal times in order of request
        std::uint32_t data_sectors;
        sm::MemoryResponse response;
        bool operator>(const Answer& other) const {
            return ready != other.ready ? ready > other.ready : sequence > other.sequence;
        }
    };
    struct Lane {
        CrossbarPort port;
        std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers;
        double port_free = 0;
        base::Cycle due = base::kNever;
    };
    void serve(std::size_t index, Lane& lane, base::Cycle now);

    double sector_cycles_;  ///< a sector on the port of an SM
    CrossbarListener* listener_ = nullptr;
    std::vector<Lane> lanes_;
    base::Calendar<UnansweredRequest> mirrored_;
    static constexpr int kAnnouncedBits = 12;
    std::array<std::uint64_t, 1u << kAnnouncedBits>
        announced_{};  ///< by hash: the last line, and partition
    std::uint64_t sequence_ = 0;
    std::uint64_t under_way_ = 0;
    base::Cycle due_ = base::kNever;
};

}  // namespace sptc::memory

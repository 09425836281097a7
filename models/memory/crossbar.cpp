#include "models/memory/crossbar.hpp"

#include <algorithm>

namespace sptc::memory {

using base::Cycle;
using base::kNever;

Crossbar::Crossbar(const sc_core::sc_module_name& name, const CrossbarSpec& spec)
    : sc_module(name), l2("l2"), sector_cycles_(sm::kSectorBytes / spec.sm_bytes_per_cycle) {}

void Crossbar::connect(std::vector<CrossbarPort> ports, CrossbarListener& listener) {
    listener_ = &listener;
    lanes_.clear();
    for (const CrossbarPort& port : ports) lanes_.push_back({port, {}, 0, kNever});
}

void Crossbar::reset() {
    for (Lane& lane : lanes_) {
        SPTC_ASSERT(lane.answers.empty() && lane.port.requests->empty());
        lane.port_free = 0;
    }
    sequence_ = 0;
    due_ = kNever;
}

void Crossbar::serve(std::size_t index, Lane& lane, Cycle now) {
    auto& requests = *lane.port.requests;
    if (requests.ready(now)) {
        const sm::MemoryRequest request = requests.pop();
        const Cycle ready = l2->access(request, now);
        lane.answers.push(
            {ready, sequence_++, request.write ? 0 : request.sectors(), {request.fetch}});
        ++under_way_;
    }
    const auto departure = [&lane] {
        return std::max(lane.answers.top().ready, static_cast<Cycle>(lane.port_free));
    };
    while (!lane.answers.empty() && departure() <= now) {
        const Answer answer = lane.answers.top();
        lane.answers.pop();
        --under_way_;
        // The port goes on within a cycle where the answer before has left it.
        lane.port_free = std::max(lane.port_free, static_cast<double>(now)) +
                         answer.data_sectors * sector_cycles_;
        const Cycle last_sector = std::max(now + 1, static_cast<Cycle>(lane.port_free)) - 1;
        lane.port.responses->push(answer.response, last_sector);
        listener_->answered(index, lane.port.responses->due());
    }
    lane.due = lane.answers.empty() ? kNever : departure();
    if (!requests.empty()) lane.due = std::min(lane.due, std::max(requests.due(), now + 1));
}

void Crossbar::tick(Cycle now) {
    due_ = kNever;
    for (std::size_t index = 0; index < lanes_.size(); ++index) {
        Lane& lane = lanes_[index];
        if (lane.port.requests->ready(now) || lane.due <= now)
            serve(index, lane, now);
        else if (!lane.port.requests->empty())
            lane.due = std::min(lane.due, lane.port.requests->due());
        due_ = std::min(due_, lane.due);
    }
    mirrored_.take(now, [&](std::span<const UnansweredRequest> requests) {
        l2->access_unanswered(requests, now);
    });
    if (!mirrored_.empty()) due_ = std::min(due_, now + 1);
}

}  // namespace sptc::memory

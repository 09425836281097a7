#include "models/gpu/quantum.hpp"

#include <algorithm>

namespace sptc::gpu {

using base::Cycle;
using base::kNever;

Quantum::Quantum(std::span<const std::unique_ptr<sm::Sm>> sms, CtaDispatcher& dispatcher,
                 unsigned threads)
    : sms_(sms), dispatcher_(dispatcher), pool_(threads), places_(sms.size()) {}

void Quantum::restart(sm::IdleSkip idle_skip) {
    idle_skip_ = idle_skip;
    places_.assign(sms_.size(), {});
}

void Quantum::run(Cycle begin, Cycle end) {
    for (Place& place : places_) place.next = begin;
    do {
        advance_all(end, WhenIdle::kStop);
    } while (fill_slots());
    rethrow_before(end);
}

void Quantum::run_idle(Cycle end) {
    advance_all(end, WhenIdle::kGoOn);
    rethrow_before(end);
}

void Quantum::advance_all(Cycle end, WhenIdle when_idle) {
    busy_.clear();
    for (std::uint32_t i = 0; i < sms_.size(); ++i) {
        const bool due = idle_skip_ == sm::IdleSkip::kOff || sms_[i]->due() < end;
        if (due && places_[i].next < end) busy_.push_back(i);
    }
    pool_.for_each(busy_.size(), [&](std::size_t i) { advance(busy_[i], end, when_idle); });
}

void Quantum::advance(std::size_t sm, Cycle end, WhenIdle when_idle) {
    Place& place = places_[sm];
    if (place.failure || place.waits_at != kNever) return;
    try {
        tick_until(sm, end, when_idle);
    } catch (...) {
        place.failure = std::current_exception();
    }
}

void Quantum::tick_until(std::size_t index, Cycle end, WhenIdle when_idle) {
    sm::Sm& sm = *sms_[index];
    Place& place = places_[index];
    const bool ctas_left = dispatcher_.ctas_left();
    for (;;) {
        if (when_idle == WhenIdle::kStop && !ctas_left && sm.idle()) return;
        if (idle_skip_ == sm::IdleSkip::kOn) place.next = std::max(place.next, sm.due());
        if (place.next >= end) break;
        sm.tick(place.next);
        place.last_tick = place.next++;
        if (ctas_left && sm.has_free_cta_slot()) {
            place.waits_at = place.last_tick;
            return;
        }
    }
    place.next = end;
}

bool Quantum::fill_slots() {
    Cycle cycle = earliest_wait();
    if (cycle == kNever) return false;
    for (; cycle != kNever; cycle = earliest_wait()) {
        // Who has slots since may be free before the next one that waits.
        for (std::size_t sm = 0; sm < sms_.size(); ++sm) {
            if (places_[sm].next <= cycle) advance(sm, cycle + 1, WhenIdle::kStop);
        }
        cycle = earliest_wait();
        rethrow_before(cycle + 1);
        waiting_.clear();
        for (std::uint32_t sm = 0; sm < sms_.size(); ++sm) {
            if (places_[sm].waits_at == cycle) waiting_.push_back(sm);
        }
        dispatcher_.dispatch(waiting_, cycle);
        for (const std::uint32_t sm : waiting_) places_[sm].waits_at = kNever;
    }
    return true;
}

Cycle Quantum::earliest_wait() const {
    Cycle earliest = kNever;
    for (const Place& place : places_) earliest = std::min(earliest, place.waits_at);
    return earliest;
}

void Quantum::rethrow_before(Cycle end) const {
    const Place* first = nullptr;
    for (const Place& place : places_) {
        if (!place.failure || place.next >= end) continue;
        if (first == nullptr || place.next < first->next) first = &place;
    }
    if (first != nullptr) std::rethrow_exception(first->failure);
}

bool Quantum::idle() const {
    return !dispatcher_.ctas_left() &&
           std::all_of(sms_.begin(), sms_.end(), [](const auto& sm) { return sm->idle(); });
}

Cycle Quantum::last_tick() const {
    Cycle last = 0;
    for (const Place& place : places_) last = std::max(last, place.last_tick);
    return last;
}

}  // namespace sptc::gpu

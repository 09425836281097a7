#include <algorithm>

#include "models/base/error.hpp"
#include "models/gpu/gpu.hpp"

namespace sptc::gpu {

using base::Cycle;
using base::kNever;

void Gpu::choose_threads() {
    if (simulated_ == SimulatedSms::kRepresentative && options_.threads > 1 &&
        options_.one_thread_because.empty()) {
        options_.one_thread_because = "one SM is simulated";
    }
    if (options_.waveform && options_.threads > 1 && options_.one_thread_because.empty())
        options_.one_thread_because = "signals are traced cycle by cycle";
    const auto sms = static_cast<unsigned>(sms_.size());
    threads_ = options_.one_thread_because.empty() ? std::min(options_.threads, sms) : 1;
    quantum_.reset();
    if (threads_ <= 1) return;
    source_->defer_stores(spec_.sms);
    quantum_ = std::make_unique<Quantum>(sms_, *this, threads_);
    quantum_->restart(options_.idle_skip);
    crossbar_last_ = 0;
}

Cycle Gpu::quantum() {
    // What an SM sends in these cycles reaches the crossbar after them, and what the crossbar
    // answers in them reaches the SMs after them.
    const sm::GlobalPathSpec& path = spec_.sm.global_path;
    Cycle end = now_ + std::min(path.request_cycles, path.response_cycles);
    if (options_.cycle_limit < end) end = options_.cycle_limit + 1;
    // 1. answers and requests between SMs and L2
    for (Cycle cycle = std::max(now_, crossbar_.due()); cycle < end;
         cycle = std::max(cycle + 1, crossbar_.due())) {
        tick_crossbar(cycle);
        crossbar_last_ = cycle;
    }
    // 2. the SMs, and new CTAs for free slots
    if (now_ == 0) {
        for (const auto& sm : sms_) sm->wake(0);
    }
    quantum_->run(now_, end);
    source_->apply_stores();
    for (const auto& sm : sms_) crossbar_.wake(sm->requests().due());
    const bool done = quantum_->idle() && crossbar_.idle() && crossbar_.due() == kNever;
    const auto last = [this] { return std::max(quantum_->last_tick(), crossbar_last_); };
    quantum_->run_idle(done ? last() + 1 : end);
    // 3. when to look again
    if (done) {
        now_ = last();
        return kNever;
    }
    Cycle due = crossbar_.due();
    for (const auto& sm : sms_) due = std::min(due, sm->due());
    if (due != kNever && options_.idle_skip == sm::IdleSkip::kOff) due = end;
    if (due == kNever || due > options_.cycle_limit) {
        now_ = last();
        due == kNever ? report_deadlock() : report_limit();
    }
    return due;
}

}  // namespace sptc::gpu

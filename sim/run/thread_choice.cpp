#include "sim/run/thread_choice.hpp"

#include "traces/ptx/one_thread.hpp"
#include "traces/ptx/slice.hpp"

namespace sptc::run {

void choose_threads(gpu::RunOptions& options, const ThreadChoice& choice) {
    if (options.threads <= 1) return;
    if (choice.saves_trace) {
        options.one_thread_because = "a trace is written in the order of execution";
        return;
    }
    if (choice.sanitizer != nullptr && choice.sanitizer->detectors().watch()) {
        options.one_thread_because = "the sanitizer watches the order of execution";
        return;
    }
    // With values off nothing is stored; only a load that decides an address could notice.
    const bool loads = choice.values == launch::Values::kOn ||
                       ptx::compute_slice(choice.executed, ptx::Viewer::kSm).loads_global;
    if (loads) {
        options.one_thread_because =
            ptx::one_thread_because(choice.written, choice.launch, choice.buffers);
    }
}

}  // namespace sptc::run

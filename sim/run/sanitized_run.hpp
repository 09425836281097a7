#pragma once
#include "models/base/error.hpp"
#include "traces/sanitize/sanitizer.hpp"

namespace sptc::run {

/// Runs something that simulates kernels; what ends it early becomes a finding too, and is thrown
/// on.
template <class Run>
auto sanitized(sanitize::Sanitizer& sanitizer, Run&& run) {
    try {
        return run();
    } catch (const ptx::AccessFault& fault) {
        sanitizer.add(fault);
        throw;
    } catch (const ptx::ExecutionFault& fault) {
        sanitizer.add(fault);
        throw;
    } catch (const base::DeadlockError&) {
        sanitizer.add_stuck_warps();
        throw;
    }
}

}  // namespace sptc::run

#pragma once
#include <cstdint>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

// mbarrier objects: 64 bits in shared memory. PTX leaves their content open; here it is the phase,
// the arrivals that the phase still waits for, those of every phase, and a mark of mbarrier.init.

/// Operands: count.
void mbarrier_init(Execution& execution);
void mbarrier_invalidate(Execution& execution);
/// Operands: state or -1, count or -1. Op::modifier: MbarrierArrival.
void mbarrier_arrive(Execution& execution);
/// Operands: p, state.
void mbarrier_test_wait(Execution& execution);
/// Operands: p, parity.
void mbarrier_test_parity(Execution& execution);
/// Operands: count, state.
void mbarrier_pending_count(Execution& execution);
/// cp.async.mbarrier.arrive. Op::modifier 1: .noinc.
void mbarrier_arrive_after_copies(Execution& execution);
void mbarrier_addresses(Execution& execution);  ///< of any of them: with values off

enum class MbarrierArrival : std::uint8_t {
    kPlain,
    kNoComplete,  ///< must not end the phase
    kDrop,        ///< later phases wait for fewer
    kDropNoComplete,
};

/// The lanes of a cp.async.mbarrier.arrive arrive: their copies have landed.
void land_arrival(CtaState& cta, const PendingCopy& arrival);

}  // namespace sptc::ptx

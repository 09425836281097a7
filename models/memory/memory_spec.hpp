#pragma once
#include <cstdint>

#include "models/base/cycle.hpp"

namespace sptc::memory {

/// The network between SMs and L2. Values and sources stand in configs/gpu/*.json.
struct CrossbarSpec {
    std::uint32_t sm_bytes_per_cycle = 0;  ///< data towards one SM
    base::Cycle request_cycles = 0;        ///< SM to slice
    base::Cycle response_cycles = 0;       ///< slice to SM
};

/// The L2 cache shared by all SMs: set-associative lines of sectors, spread over slices by a hash.
struct L2Spec {
    std::uint64_t bytes = 0;
    std::uint32_t slices = 0;
    std::uint32_t ways = 0;
    std::uint32_t slice_bytes_per_cycle = 0;
    base::Cycle hit_cycles = 0;     ///< inside a slice, from request to data
    base::Cycle atomic_cycles = 0;  ///< for each of the lanes that change the same word
};

struct HbmSpec {
    std::uint32_t channels = 0;
    double bytes_per_cycle = 0;   ///< of all channels together, per core-clock cycle
    base::Cycle read_cycles = 0;  ///< added to the L2's time when a sector misses
};

struct MemorySpec {
    CrossbarSpec crossbar;
    L2Spec l2;
    HbmSpec hbm;
};

}  // namespace sptc::memory

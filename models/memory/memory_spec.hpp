#pragma once
#include <cstdint>

#include "models/base/cycle.hpp"

namespace sptc::memory {

/// The network between SMs and L2. Values and sources stand in configs/gpu/*.json; the latencies
/// are those of the channels at the SMs (sm::GlobalPathSpec).
struct CrossbarSpec {
    double sm_bytes_per_cycle = 0;  ///< data towards one SM
};

inline constexpr std::uint32_t kMaxPartitions = 4;

/// The L2 cache shared by all SMs: partitions, each beside some of the SMs and of the memory
/// channels, of slices, each a set-associative array of lines of sectors.
struct L2Spec {
    std::uint64_t bytes = 0;  ///< of all partitions
    std::uint32_t partitions = 1;
    std::uint32_t slices = 0;  ///< of all partitions
    std::uint32_t ways = 0;
    std::uint32_t slice_bytes_per_cycle = 0;
    base::Cycle hit_cycles = 0;              ///< inside a slice, from request to data
    base::Cycle atomic_cycles = 0;           ///< for each of the lanes that change the same word
    base::Cycle link_cycles = 0;             ///< from one partition to another
    std::uint32_t link_bytes_per_cycle = 0;  ///< data into a partition from the others
};

struct HbmSpec {
    std::uint64_t bytes = 0;  ///< what device memory holds
    std::uint32_t channels = 0;
    double bytes_per_cycle = 0;   ///< of all channels together, sustained, per core-clock cycle
    base::Cycle read_cycles = 0;  ///< added to the L2's time when a sector misses
};

struct MemorySpec {
    CrossbarSpec crossbar;
    L2Spec l2;
    HbmSpec hbm;
};

}  // namespace sptc::memory

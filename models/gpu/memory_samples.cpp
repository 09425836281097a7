#include "models/gpu/memory_samples.hpp"

#include <algorithm>

#include "models/memory/hbm.hpp"
#include "models/memory/l2.hpp"

namespace sptc::gpu {

MemorySample MemorySampler::counted() const {
    const memory::L2::Statistics& l2 = l2_.statistics();
    const memory::Hbm::Statistics& hbm = hbm_.statistics();
    return {.near_hits = l2.near_hit_sectors,
            .far_hits = l2.far_hit_sectors,
            .from_memory = l2.read_sector_misses,
            .writes = l2.write_sectors,
            .hbm_reads = hbm.read_sectors,
            .hbm_writes = hbm.write_sectors};
}

void MemorySampler::take() {
    const MemorySample now = counted();
    if (open_) {
        samples_.push_back({.begin = begin_,
                            .end = next_,
                            .near_hits = now.near_hits - before_.near_hits,
                            .far_hits = now.far_hits - before_.far_hits,
                            .from_memory = now.from_memory - before_.from_memory,
                            .writes = now.writes - before_.writes,
                            .hbm_reads = now.hbm_reads - before_.hbm_reads,
                            .hbm_writes = now.hbm_writes - before_.hbm_writes});
    }
    open_ = true;
    before_ = now;
    begin_ = next_;
    next_ = std::min(next_ + kInterval, end_);
}

void MemorySampler::finish(base::Cycle cycles) {
    reach(cycles);
    if (!open_ || begin_ >= std::min(cycles, end_)) return;
    next_ = cycles;
    take();
    begin_ = end_;
}

}  // namespace sptc::gpu

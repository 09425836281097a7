#pragma once
#include "traces/microbench/global_chase.hpp"

namespace sptc::microbench {

/// cp.async from global to shared memory: an iteration is `ilp` copies of every lane, one group,
/// and the wait for it. Addresses stay, so that what is copied lies in a cache from the second
/// iteration on (L1 with .ca, L2 with .cg), or move on through memory that nobody has touched.
struct AsyncCopyLoop {
    std::uint32_t bytes = 16;                      ///< of a copy: 4, 8, 16
    CacheOperator cache = CacheOperator::kGlobal;  ///< .cg takes 16 bytes only
    bool moves = false;
    std::uint32_t warps = 1;
    std::uint32_t ilp = 1;
    std::uint32_t ctas = 1;
    std::uint32_t most_iterations = 64;  ///< how far addresses may move
};

[[nodiscard]] Microbenchmark write(const AsyncCopyLoop& loop,
                                   const isa::Architecture& architecture);

/// Bytes of one iteration of all warps of a CTA.
[[nodiscard]] double bytes(const AsyncCopyLoop& loop);

}  // namespace sptc::microbench

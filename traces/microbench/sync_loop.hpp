#pragma once
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::microbench {

enum class SyncOperation : std::uint8_t {
    kThreads,  ///< __syncthreads()
    kWarp,     ///< __syncwarp()
    kShuffle   ///< __shfl_sync(), each the source of the next
};

/// `operations` synchronisations an iteration, one after another. The cost of one is the difference
/// between loops of more and of fewer (Burtscher et al., IISWC 2024).
struct SyncLoop {
    SyncOperation operation = SyncOperation::kThreads;
    std::uint32_t threads = 32;  ///< of a CTA
    std::uint32_t ctas = 1;
    std::uint32_t operations = 1;
};

[[nodiscard]] Microbenchmark write(const SyncLoop& loop, const isa::Architecture& architecture);

}  // namespace sptc::microbench

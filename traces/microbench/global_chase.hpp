#pragma once
#include "traces/microbench/shared_chase.hpp"

namespace sptc::microbench {

/// Cache operators of ld.global: all levels, or the L2 only.
enum class CacheOperator : std::uint8_t { kAll, kGlobal };
[[nodiscard]] std::string_view suffix(CacheOperator cache);

/// One thread, or every lane of a warp, follows pointers through device memory, `stride_bytes`
/// apart, around `footprint_bytes`; lanes read neighbouring words. A first kernel writes the
/// pointers; the timed one then loads all of them `warm_passes` times with all lanes, so that they
/// lie where the cache operator keeps them.
struct GlobalChase {
    CacheOperator cache = CacheOperator::kAll;
    std::uint64_t footprint_bytes = 32 * 1024;
    std::uint32_t stride_bytes = 128;  ///< at least 16, a multiple of 16
    std::uint32_t warm_passes = 1;     ///< 0: what is chased comes from wherever it lies
    std::uint32_t bits = 32;           ///< of a load: 32, 64, 128; 32 holds an offset
    NextAddress next = NextAddress::kPointer;
    std::uint32_t lanes = 1;  ///< that chase: 1 or 32; 32 with pointers only

    [[nodiscard]] std::uint32_t lane_bytes() const { return lanes == 1 ? 0 : bits / 8; }
    [[nodiscard]] std::uint64_t elements() const { return footprint_bytes / stride_bytes; }
};

[[nodiscard]] Microbenchmark write(const GlobalChase& chase, const isa::Architecture& architecture);

}  // namespace sptc::microbench

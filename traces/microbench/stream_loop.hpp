#pragma once
#include "traces/microbench/global_chase.hpp"

namespace sptc::microbench {

enum class StreamKind : std::uint8_t { kRead, kCopy, kTriad };

/// Every CTA streams through a segment of its own: an iteration is `unroll` accesses of every
/// thread to each array (read: a; copy: b = a; triad: a = b + 3 c in f32). Segments are walked
/// around again and again, so a segment that a cache holds is read from there; a first, untimed
/// walk puts it there. A segment as long as the run comes from device memory. The bytes of a
/// segment are a power of two.
struct StreamLoop {
    StreamKind kind = StreamKind::kRead;
    CacheOperator cache = CacheOperator::kGlobal;
    std::uint32_t bits = 32;  ///< of an access: 32, 64, 128
    std::uint32_t ctas = 1;
    std::uint32_t threads = 1024;
    std::uint32_t unroll = 4;
    std::uint32_t segment_steps = 1;  ///< iterations around a segment
    bool warm = true;                 ///< walk the segment before the clock starts

    [[nodiscard]] std::uint64_t step_bytes() const {
        return std::uint64_t{bits} / 8 * threads * unroll;
    }
    [[nodiscard]] std::uint64_t segment_bytes() const { return step_bytes() * segment_steps; }
    [[nodiscard]] std::uint64_t arrays() const {
        return kind == StreamKind::kRead ? 1 : kind == StreamKind::kCopy ? 2 : 3;
    }
};

[[nodiscard]] Microbenchmark write(const StreamLoop& loop, const isa::Architecture& architecture);

/// Bytes read and written in one iteration of all CTAs.
[[nodiscard]] double bytes(const StreamLoop& loop);

}  // namespace sptc::microbench

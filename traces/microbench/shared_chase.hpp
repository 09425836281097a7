#pragma once
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::microbench {

/// How a chase makes the next address of the loaded word.
enum class NextAddress : std::uint8_t {
    kPointer,  ///< the word is the address: Sun et al.
    kIndex     ///< the word is an index, which is scaled and added: an array in C
};

/// Chases through shared memory (Sun et al., IEEE TPDS 34(1), 2023): an iteration is `ilp`
/// independent loads, each at the address that the load before it gave. Reads are of what the
/// prologue wrote: every lane's word leads back to itself.
struct LdmatrixChase {
    std::uint32_t matrices = 1;  ///< 1, 2, 4
    bool transposed = false;
    std::uint32_t conflict_ways = 1;  ///< rows of a matrix on the same banks: 1, 2, 4, 8
    std::uint32_t warps = 1;
    std::uint32_t ilp = 1;
};
struct SharedChase {
    std::uint32_t bits = 32;          ///< of a lane: 32, 64, 128
    std::uint32_t conflict_ways = 1;  ///< 1, 2, 4, 8, 16, 32
    std::uint32_t warps = 1;
    std::uint32_t ilp = 1;
    NextAddress next = NextAddress::kPointer;
};

[[nodiscard]] Microbenchmark write(const LdmatrixChase& chase,
                                   const isa::Architecture& architecture);
[[nodiscard]] Microbenchmark write(const SharedChase& chase, const isa::Architecture& architecture);

/// Bytes that all warps load in an iteration.
[[nodiscard]] double bytes(const LdmatrixChase& chase);
[[nodiscard]] double bytes(const SharedChase& chase);

}  // namespace sptc::microbench

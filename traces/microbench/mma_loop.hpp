#pragma once
#include "traces/microbench/microbenchmark.hpp"

namespace sptc::microbench {

/// The loop of Sun et al. (IEEE TPDS 34(1), 2023): one CTA; an iteration is `ilp` independent
/// instructions, each D = A . B + D on an accumulator of its own, then __syncwarp(). Of a sparse
/// form the metadata are loaded before the loop.
struct MmaLoop {
    const isa::MmaForm* form = nullptr;
    isa::MetadataOrdering ordering = isa::MetadataOrdering::kOrdered;
    std::uint32_t warps = 1;
    std::uint32_t ilp = 1;
};

/// The instruction as PTX spells it.
[[nodiscard]] std::string instruction(const MmaLoop& loop);

[[nodiscard]] Microbenchmark write(const MmaLoop& loop, const isa::Architecture& architecture);

/// Multiply-adds of one iteration of all warps, those of pruned elements counted.
[[nodiscard]] double dense_equivalent_macs(const MmaLoop& loop);

}  // namespace sptc::microbench

#pragma once
#include <span>

#include "traces/microbench/microbenchmark.hpp"

namespace sptc::microbench {

/// A sequence of arithmetic that one warp executes again and again (Huerta et al., MICRO 2025).
struct Sequence {
    std::string_view name;
    std::string_view summary;
    std::vector<std::string_view> step;  ///< of chain %x (b32), with unknown %y and %z
    std::uint32_t chains;  ///< independent copies of the step, each with an %x of its own
};

[[nodiscard]] std::span<const Sequence> sequences();

/// An iteration is `steps` times the step of every chain.
struct SequenceLoop {
    const Sequence* sequence = nullptr;
    std::uint32_t warps = 1;
    std::uint32_t steps = 16;

    [[nodiscard]] std::uint32_t instructions() const {
        return static_cast<std::uint32_t>(sequence->step.size()) * sequence->chains * steps;
    }
};
[[nodiscard]] Microbenchmark write(const SequenceLoop& loop, const isa::Architecture& architecture);

/// A chase through shared memory with `operations` integer instructions between a loaded word and
/// the address that it becomes, `steps` loads an iteration: what a result costs as an address.
struct AddressLoop {
    std::uint32_t operations = 0;
    std::uint32_t steps = 1;
};
[[nodiscard]] Microbenchmark write(const AddressLoop& loop, const isa::Architecture& architecture);

/// `loads` independent loads that hit the L1, of each of `warps` warps, between two readings of the
/// clock, without a loop. Warps 0 to 3 are on different sub-cores. The first to leave the queue
/// does so 11 cycles after its issue (Huerta et al., table 1), as long as a global load of a
/// regular address holds its registers (table 2; a shared one: 9), so those are what was measured
/// there.
struct LoadBurst {
    std::uint32_t loads = 1;
    std::uint32_t warps = 1;
};
[[nodiscard]] Microbenchmark write(const LoadBurst& burst, const isa::Architecture& architecture);

}  // namespace sptc::microbench

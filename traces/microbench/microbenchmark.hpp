#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/architecture.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::microbench {

/// Buffers and arguments that every microbenchmark has: where each warp writes what the clock read
/// before and after its loop (two u64), a word per thread that keeps results alive, and how often
/// the loop runs.
inline constexpr std::string_view kClocks = "clocks";
inline constexpr std::string_view kSink = "sink";
inline constexpr std::size_t kIterationsArgument = 2;

/// A kernel with a timed loop, and how to launch it. The same text runs on a real GPU: every warp
/// reads %clock64 before and after its loop and writes both into `clocks`.
struct Microbenchmark {
    std::string ptx;
    launch::Launch launch;  ///< the last of its kernels is the timed one

    /// Lets the timed loop run `iterations` times.
    void set_iterations(std::uint32_t iterations);
    [[nodiscard]] const launch::KernelLaunch& timed() const;
};

/// What distinguishes one timed kernel from another; frame() writes the rest. Lines are PTX
/// statements without ';' (labels end in ':').
struct Frame {
    std::string entry;
    std::string comment;                    ///< what one iteration does
    std::vector<std::string> parameters;    ///< beyond the common three: ".u64 chain"
    std::vector<std::string> declarations;  ///< registers, shared variables
    std::vector<std::string> prologue;      ///< before the first reading of the clock
    std::vector<std::string> body;          ///< one iteration
    bool loops = true;                      ///< false: the body stands between the clocks once
    std::vector<std::string> epilogue;      ///< gathers into %kept (b32) what must not be dropped
};

/// The PTX text of an entry. Registers that lines may use: %thread, %lane, %warp (of the CTA),
/// %cta, %i (iterations left), %kept.
[[nodiscard]] std::string entry_text(const Frame& frame);

/// `.version`, `.target` and `.address_size`, with the least PTX version that `form` needs
/// (nullptr: any kernel of the target).
[[nodiscard]] std::string module_head(const isa::Architecture& architecture,
                                      const isa::MmaForm* form = nullptr);

/// A launch of an entry with the common buffers; `ctas` x `warps` of 32 threads unless `threads`
/// says fewer.
[[nodiscard]] launch::Launch timed_launch(std::string entry, std::uint32_t ctas,
                                          std::uint32_t threads);

/// "{%d0, %d1}"; one register alone has no braces when `bare` names do.
[[nodiscard]] std::string register_list(std::string_view prefix, int count);

}  // namespace sptc::microbench

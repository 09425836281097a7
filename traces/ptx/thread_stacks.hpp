#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "traces/ptx/program.hpp"
#include "traces/ptx/warp_path.hpp"

namespace sptc::ptx {

/// How deep calls may nest (assumed; CUDA limits the bytes of the stack instead).
inline constexpr std::size_t kMaximumCallDepth = 1024;
/// How much local memory a thread has: CUDA's limit for compute capability 8.0.
inline constexpr std::uint64_t kMaximumLocalBytes = 512u << 10;

/// The local memory of a warp's threads and the functions that they are in. Local memory holds the
/// frames of the functions of a call chain, one behind the other, the entry's at address 0.
class ThreadStacks {
  public:
    explicit ThreadStacks(const Program& program) { grow(program.functions[0].frame_bytes); }

    /// Bytes of local memory that a thread has now.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    /// The local memory of a lane; valid until grow().
    [[nodiscard]] std::byte* local(std::size_t lane) { return local_.data() + lane * bytes_; }

    /// Makes room for at least `bytes`; new bytes are zero.
    void grow(std::uint64_t bytes);

    /// Where the last brx.idx or ret of a function sends each lane.
    WarpPath::Targets targets{};

    /// The calls that each lane is in: ops.
    std::array<std::vector<std::uint32_t>, isa::kLanes> calls;

    /// Registers of recursive functions, saved by their calls: one word each.
    std::array<std::vector<std::uint64_t>, isa::kLanes> saved;

  private:
    std::uint64_t bytes_ = 0;
    std::vector<std::byte> local_;  ///< lane by lane
};

}  // namespace sptc::ptx

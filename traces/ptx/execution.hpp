#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction_source.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/ptx/barrier_reductions.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

class CtaObserver;
class PrintBuffer;
class StoreLog;
class ThreadStacks;

inline constexpr std::uint32_t kAllLanes = 0xffffffffu;

/// A cp.async whose data has not landed: what land() will copy. Or a cp.async.mbarrier.arrive: the
/// mbarriers at which land() will arrive.
struct PendingCopy {
    bool in_flight = false;
    bool arrival = false;
    std::uint8_t bytes = 0;
    std::uint32_t mask = 0;
    std::array<const std::byte*, isa::kLanes> sources{};
    std::array<std::uint8_t, isa::kLanes> source_bytes{};
    std::array<std::uint32_t, isa::kLanes> destinations{};
};

/// What all warps of a running CTA share.
struct CtaState {
    const Program& program;
    const isa::KernelShape& shape;
    launch::DeviceMemory& memory;
    std::span<const std::byte> parameters;
    std::uint64_t cta = 0;
    isa::Dim3 index;  ///< of the CTA in the grid, from 0
    std::uint32_t sm = 0;
    std::uint32_t sm_count = 1;
    bool discard_stores = false;      ///< values are off and some loads are executed all the same
    std::vector<std::byte> shared;    ///< empty with values off
    std::vector<PendingCopy> copies;  ///< by token
    std::vector<isa::AsyncCopyToken> free_tokens;
    PrintBuffer* printed = nullptr;  ///< what the kernel prints; null: nobody reads it
    launch::Values values = launch::Values::kOn;
    BarrierReductions reductions = {};
    CtaObserver* observer = nullptr;  ///< null: nobody watches
    StoreLog* stores = nullptr;       ///< keeps stores to global memory back; null: they show
};

/// One warp instruction while it executes: what a handler may read and write.
struct Execution {
    const Op& op;
    const std::int32_t* operands;
    std::uint32_t* predicates;
    isa::LaneRegister* registers32;
    LaneRegister64* registers64;
    std::uint32_t mask;   ///< lanes that execute: path and guard
    std::uint32_t alive;  ///< lanes that have not exited
    std::uint32_t warp;
    base::Cycle now;
    CtaState& cta;
    isa::WarpInstruction& result;
    ThreadStacks* stacks = nullptr;  ///< null when the program needs none

    [[nodiscard]] std::uint32_t op_index() const {
        return static_cast<std::uint32_t>(&op - cta.program.ops.data());
    }
};

/// "file:line: 'opcode' (CTA 0, warp 1): message" as a KernelError.
[[noreturn]] void kernel_fault(const Execution& execution, std::string_view message);

/// "file:line: 'opcode' (CTA 0, warp 1, lane 2): 16 bytes at address 0x...: message" as a
/// MemoryFault.
[[noreturn]] void memory_fault(const Execution& execution, int lane, std::uint64_t address,
                               std::uint64_t bytes, std::string_view message);

}  // namespace sptc::ptx

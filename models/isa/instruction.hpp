#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/isa/mma.hpp"

namespace sptc::isa {

/// A register as the scoreboard counts it: an index below KernelShape::scoreboard_registers.
/// Predicates have one too.
using RegisterId = std::uint16_t;

/// What the timing model distinguishes. One row of operation_name() each.
enum class Operation : std::uint8_t {
    kIntegerAlu,       ///< add, logic, shift, compare, select, move, 32-bit integer
    kIntegerMultiply,  ///< mul, mad
    kFloat32,          ///< add, mul, fma
    kFloat16,          ///< packed half arithmetic
    kFloat64,
    kConvert,
    kSpecialFunction,
    kVote,           ///< vote, activemask
    kMatch,          ///< match
    kWarpReduce,     ///< redux
    kReadSpecial,    ///< %tid, %ctaid, %laneid, %smid, ...
    kReadClock,      ///< %clock, %clock64
    kLoadParameter,  ///< ld.param: a constant bank read
    kLoadGlobal,
    kStoreGlobal,
    kLoadShared,
    kStoreShared,
    kLoadMatrix,       ///< ldmatrix
    kShuffle,          ///< shfl, movmatrix: from lane to lane by way of the shared-memory pipeline
    kAtomicShared,     ///< atom, red and mbarrier operations in shared memory
    kAtomicGlobal,     ///< atom: gives the old value
    kReductionGlobal,  ///< red: gives nothing
    kAsyncCopy,        ///< cp.async
    kAsyncCommit,      ///< cp.async.commit_group
    kAsyncWait,        ///< cp.async.wait_group N, wait_all
    kAsyncArrive,      ///< cp.async.mbarrier.arrive
    kMma,              ///< mma.sync, mma.sp
    kBranch,
    kBarrier,        ///< bar.sync, bar.red
    kBarrierArrive,  ///< bar.arrive: counts and goes on
    kBarrierResult,  ///< the result of the bar.red before it
    kWarpSync,       ///< bar.warp.sync
    kMemoryFence,    ///< membar and fence of the GPU and the system: waits for the warp's writes
    kCtaFence,       ///< membar and fence of the CTA
    kSleep,          ///< nanosleep
    kExit,
    kCount
};

[[nodiscard]] std::string_view operation_name(Operation operation);

/// Does it go through the load/store unit?
[[nodiscard]] constexpr bool is_memory(Operation operation) {
    return operation >= Operation::kLoadGlobal && operation <= Operation::kAsyncCopy;
}

/// Does it send sectors to the L2?
[[nodiscard]] constexpr bool is_global(Operation operation) {
    return operation == Operation::kLoadGlobal || operation == Operation::kStoreGlobal ||
           operation == Operation::kAtomicGlobal || operation == Operation::kReductionGlobal ||
           operation == Operation::kAsyncCopy;
}

/// Does it change global memory? Fences wait for these.
[[nodiscard]] constexpr bool writes_global(Operation operation) {
    return operation == Operation::kStoreGlobal || operation == Operation::kAtomicGlobal ||
           operation == Operation::kReductionGlobal;
}

/// Which caches a global load or cp.async uses, from its qualifiers (PTX ISA, "Cache Operators").
enum class CachePolicy : std::uint8_t {
    kAllLevels,   ///< none, .ca, .nc
    kEvictFirst,  ///< .cs, .lu, .L1::evict_first: in all levels, and the first to leave the L1
    kL2,          ///< .cg, .cv, .L1::no_allocate, and what must see other SMs' writes: .volatile,
                  ///< .mmio, .relaxed and .acquire of the GPU or the system
};

/// Does it look into the L1? Stores go through, and atomics are executed in the L2.
[[nodiscard]] constexpr bool uses_l1(Operation operation, CachePolicy cache) {
    return (operation == Operation::kLoadGlobal || operation == Operation::kAsyncCopy) &&
           cache != CachePolicy::kL2;
}

/// Is it done with its warp and its CTA once its operands have been read?
[[nodiscard]] constexpr bool is_posted_write(Operation operation) {
    return operation == Operation::kStoreGlobal || operation == Operation::kReductionGlobal;
}

/// One machine operation of a kernel as the SM sees it before execution. Immutable; owned by the
/// program.
struct Instruction {
    Operation operation = Operation::kIntegerAlu;
    std::uint8_t bytes_per_lane =
        0;  ///< memory operations: access width of one lane; ldmatrix: 16 (one row)
    std::uint8_t matrices = 0;                    ///< ldmatrix: 1, 2 or 4
    std::uint8_t selector = 0;                    ///< mma.sp: the sparsity selector immediate
    CachePolicy cache = CachePolicy::kAllLevels;  ///< global loads and cp.async
    MetadataOrdering metadata_ordering =
        MetadataOrdering::kOrdered;  ///< mma.sp: which metadata codes are legal
    bool uniform_address = false;  ///< memory operations: the address stands in a uniform register
    std::uint8_t pending_groups = 0;            ///< cp.async.wait_group N; 0 for wait_all
    std::uint32_t line = 0;                     ///< PTX line
    std::uint32_t source_line = 0;              ///< line that .loc names; 0: not known
    const MmaForm* mma = nullptr;               ///< kMma only
    std::span<const RegisterId> reads;          ///< guard predicate and sources, each once
    std::span<const RegisterId> address_reads;  ///< the subset of reads that form a memory address
    std::span<const RegisterId> writes;
};

/// One 32-bit register of all lanes.
using LaneRegister = std::array<std::uint32_t, kLanes>;

/// One 64-bit register of all lanes.
using LaneRegister64 = std::array<std::uint64_t, kLanes>;

/// Views of the operands' registers in the register file.
template <class Register, std::size_t kA, std::size_t kB, std::size_t kC>
struct MmaRegisters {
    std::array<const Register*, kA> a{};
    std::array<const Register*, kB> b{};
    std::array<const Register*, kC> c{};
    std::array<Register*, kC> d{};
};

/// Views of A, B and E of an extended form, in as many registers as it has: register i of A is
/// file[a[i]].
struct WideOperands {
    const LaneRegister* file = nullptr;
    const std::int32_t* a = nullptr;
    const std::int32_t* b = nullptr;
    const std::int32_t* e = nullptr;
};

/// A view of an mma's operands; every pointer is null when values are off. Whoever computes reads
/// A, B, C, E at issue and writes D before the destination registers are released.
struct MmaOperands : MmaRegisters<LaneRegister, 4, 4, 8> {
    const LaneRegister* e = nullptr;
    WideOperands wide;                          ///< extended forms: instead of a, b and e
    MmaRegisters<LaneRegister64, 8, 4, 4> f64;  ///< forms of f64: instead of the 32-bit registers

    [[nodiscard]] bool present() const { return d[0] != nullptr || f64.d[0] != nullptr; }
};

/// 32-bit registers of A of the largest form (m16n8k16 f64).
inline constexpr std::size_t kMaxOperandRegisters = 16;

/// Names one executed cp.async of one CTA until its data has landed.
using AsyncCopyToken = std::uint32_t;

/// One executed warp instruction: what the timing model needs about this one execution.
struct WarpInstruction {
    const Instruction* instruction = nullptr;
    std::uint32_t active_mask = 0;  ///< lanes that executed (path and guard)
    /// Memory operations: the byte address of each active lane. Global addresses are device
    /// addresses; shared ones are offsets in the CTA's shared memory. ldmatrix: the row addresses
    /// (lanes 0 .. 8 * matrices - 1). cp.async: the global source; `shared_addresses` the
    /// destination.
    std::array<std::uint64_t, kLanes> addresses{};
    std::array<std::uint32_t, kLanes> shared_addresses{};
    std::array<std::uint8_t, kLanes>
        source_bytes{};  ///< cp.async: bytes really read per lane (the rest is zero filled)
    AsyncCopyToken async_token = 0;       ///< cp.async and its mbarrier.arrive, with values on
    std::uint32_t barrier = 0;            ///< bar: which barrier
    std::uint32_t barrier_threads = 0;    ///< bar: how many threads; 0 means the whole CTA
    std::uint32_t sleep_nanoseconds = 0;  ///< nanosleep
    MmaOperands operands;                 ///< kMma with values on
};

}  // namespace sptc::isa

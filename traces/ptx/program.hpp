#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/isa/instruction.hpp"
#include "traces/ptx/exactness.hpp"

namespace sptc::ptx {

struct Execution;

/// Executes one decoded operation for the lanes of `Execution::mask`.
using Handler = void (*)(Execution&);

/// Where a register's lanes are kept.
enum class Width : std::uint8_t {
    kPredicate,  ///< one bit per lane in a 32-bit mask
    k16,         ///< in the low half of a 32-bit lane register
    k32,         ///< isa::LaneRegister
    k64          ///< LaneRegister64
};

using isa::LaneRegister64;

enum class Space : std::uint8_t { kGlobal, kShared };

/// How an operation moves the warp's program counter.
enum class Control : std::uint8_t { kNext, kBranch, kExit };

/// [base + offset]
struct Address {
    std::int32_t base = -1;  ///< slot of the base register or constant
    bool wide = false;       ///< the base has 64 bits; otherwise the address wraps at 32 bits
    std::int64_t offset = 0;
};

/// One decoded operation. Operands are slots: an index into the warp's predicates, 32-bit or 64-bit
/// lane registers; which one is fixed by the handler. Constants live behind the registers of the
/// same width. -1: absent.
struct Op {
    Handler handler = nullptr;  ///< computes the values; null: nothing to do
    Handler skip_handler =
        nullptr;  ///< what is left to do when values are not computed (addresses)
    Control control = Control::kNext;
    Space space = Space::kGlobal;
    std::uint8_t bytes = 0;     ///< memory: one element
    std::uint8_t elements = 1;  ///< memory: vector length
    std::uint8_t modifier = 0;  ///< meaning belongs to the handler
    Exactness exactness = Exactness::kExact;
    std::uint8_t first_architecture = 0;  ///< sm_ number that has it first; 0: every one
    bool guard_negated = false;
    std::int32_t guard = -1;
    std::uint32_t target = 0;         ///< branches: index of an op
    std::uint32_t first_operand = 0;  ///< into Program::operands
    Address address;
    Address destination;  ///< cp.async: the shared address
};

/// A kernel parameter in the parameter space.
struct Parameter {
    std::string name;
    std::string type;  ///< ".u64"
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    bool array = false;
};

struct RegisterInfo {
    std::string name;
    Width width = Width::k32;
    std::int32_t slot = 0;
};

/// Where the registers of one instruction stand in Program::register_pool.
struct PoolRange {
    std::size_t begin = 0;
    std::size_t size = 0;
};
struct PoolRanges {
    PoolRange reads;
    PoolRange address_reads;
    PoolRange writes;
};

/// One kernel, flattened: ops[i] and instructions[i] are the same operation as the executor and as
/// the SM see it. Immutable once built; shared by every CTA.
class Program {
  public:
    Program() = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    std::string file;
    std::string entry;
    std::vector<Parameter> parameters;
    std::uint32_t parameter_bytes = 0;
    std::uint32_t static_shared_bytes =
        0;  ///< dynamic shared memory begins here (a multiple of 16)

    std::vector<Op> ops;
    std::vector<isa::Instruction> instructions;
    std::vector<std::string> texts;  ///< opcode of each op, for messages
    std::vector<std::int32_t> operands;
    std::vector<isa::RegisterId> register_pool;  ///< what the spans of `instructions` view

    std::vector<PoolRanges> pool_ranges;  ///< by op; what the spans are made from

    std::vector<RegisterInfo> registers;  ///< by RegisterId
    std::int32_t carry_register = -1;     ///< RegisterId of CC.CF; -1 when no instruction names it
    std::uint32_t predicate_count = 0;
    std::uint32_t count32 = 0;  ///< 16- and 32-bit registers; constants32 follow
    std::uint32_t count64 = 0;
    std::vector<std::uint32_t> constants32;
    std::vector<std::uint64_t> constants64;

    std::uint32_t estimated_registers = 0;  ///< see liveness.hpp
};

/// "kernel.ptx:12"
[[nodiscard]] std::string location(const Program& program, std::uint32_t op);

}  // namespace sptc::ptx

#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/isa/instruction_source.hpp"
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

/// The state space of an address (address_map.hpp). Function parameters lie in local memory.
enum class Space : std::uint8_t { kGlobal, kShared, kLocal, kConstant, kParameter, kGeneric };

/// How an operation moves the warp's program counter.
enum class Control : std::uint8_t {
    kNext,
    kBranch,
    kExit,
    kIndexed,  ///< brx.idx: every lane where ThreadStacks::targets says
    kCall,     ///< to the function of a CallSite
    kReturn    ///< of a function: every lane where ThreadStacks::targets says
};

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
    std::uint32_t target = 0;         ///< branches and calls: index of an op
    std::uint32_t detail = 0;         ///< into Program::calls, branch_tables or generic_twins
    std::uint32_t first_operand = 0;  ///< into Program::operands
    std::uint32_t first_part = 0;     ///< into Program::parts
    std::uint32_t part_count = 0;     ///< operations that the handler executes in turn (lowering)
    Address address;
    Address destination;  ///< cp.async: the shared address
};

/// What stands at one place of Program::operands.
struct OperandRole {
    Width width = Width::k32;
    bool write = false;
    bool known = false;   ///< false for an absent operand (-1) and a number
    bool number = false;  ///< for the handler, no slot
};

/// A kernel parameter in the parameter space.
struct Parameter {
    std::string name;
    std::string type;  ///< ".u64"
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    bool array = false;
};

/// What a call copies between the frames of caller and callee.
struct FrameCopy {
    std::uint32_t from = 0;  ///< frame variables (Program::frame_variables)
    std::uint32_t to = 0;
};

/// A call of a function: its arguments go to the callee's frame, the results come back.
struct CallSite {
    std::uint32_t caller = 0;  ///< index of a function
    std::uint32_t callee = 0;
    std::vector<FrameCopy> arguments;
    std::vector<FrameCopy> results;
};

/// A variable in the frame of a function: a parameter, a result, or one of .local or .param.
struct FrameVariable {
    std::string name;
    std::uint32_t offset = 0;  ///< from the frame's begin
    std::uint32_t bytes = 0;
    bool addressed = false;  ///< pointers reach it
};

/// The entry (first) or a function: ops [begin, end) and registers [first_register, end_register).
struct FunctionInfo {
    std::string name;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t frame_bytes = 0;
    std::size_t first_register = 0;
    std::size_t end_register = 0;
    bool recursive = false;  ///< may be called while it runs: its registers are saved
};

/// A .global variable of the module, at its device address.
struct ModuleVariable {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::vector<std::byte> data;  ///< empty: zeros
    bool used = false;            ///< by this entry; else `data` is not filled in
};

/// Where lanes that run apart wait for each other (flow_order.hpp).
struct FlowPoint {
    std::uint32_t order = 0;  ///< lanes at the op with the smallest go first
    std::uint32_t latch = 0;  ///< of a loop head, for lanes that come from inside the loop
    bool spins = false;       ///< of a loop head: the loop may wait for another thread
    bool gathers = false;     ///< a warp-wide op: lanes that ran ahead wait before it
    bool ends = false;        ///< lanes that come here end
};

/// An instruction of a generic access as it looks when its lanes hit other than global memory.
struct GenericTwins {
    isa::Instruction shared;
    isa::Instruction constant;  ///< also parameters
};

/// A line of the source that the PTX was compiled from; line 0: not known.
struct ProgramLine {
    std::uint32_t file = 0;  ///< key of Program::source_files
    std::uint32_t line = 0;
};

struct RegisterInfo {
    std::string name;
    Width width = Width::k32;
    std::int32_t slot = 0;
    isa::PhysicalRegisters physical = {};  ///< given by lowering
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
    std::vector<OperandRole> operand_roles;      ///< by place in `operands`
    std::vector<isa::RegisterId> register_pool;  ///< what the spans of `instructions` view

    std::vector<PoolRanges> pool_ranges;  ///< by op; what the spans are made from

    std::vector<RegisterInfo> registers;  ///< by RegisterId
    std::int32_t carry_register = -1;     ///< RegisterId of CC.CF; -1 when no instruction names it
    std::uint32_t predicate_count = 0;
    std::uint32_t count32 = 0;  ///< 16- and 32-bit registers; constants32 follow
    std::uint32_t count64 = 0;
    std::vector<std::uint32_t> constants32;
    std::vector<std::uint64_t> constants64;

    std::vector<FunctionInfo> functions;  ///< the entry comes first
    std::vector<CallSite> calls;
    std::vector<std::vector<std::uint32_t>> branch_tables;  ///< of brx.idx: ops
    std::vector<FrameVariable> frame_variables;
    std::vector<std::int32_t> frame_accesses;  ///< by op: a frame variable named directly, or -1
    std::vector<GenericTwins> generic_twins;
    std::int32_t frame_pointer = -1;  ///< 64-bit slot: where the frame of a function begins
    bool cvta_local = false;          ///< generic addresses may be those of local memory

    std::vector<ModuleVariable> module_variables;
    std::vector<std::byte> constants;  ///< constant memory

    std::vector<FlowPoint> flow;       ///< by op
    std::vector<ProgramLine> sources;  ///< by op
    std::map<std::uint32_t, std::string> source_files;

    std::uint32_t estimated_registers = 0;  ///< see liveness.hpp

    // What lowering adds (lowering.hpp).
    std::vector<Op> parts;     ///< PTX operations that one machine operation executes together
    std::vector<Op> preloads;  ///< executed once when a warp starts, in no time: constant banks
    std::vector<std::string> machine_names;  ///< by op: "IADD3.X"; empty when not lowered
    [[nodiscard]] bool lowered() const { return !machine_names.empty(); }

    /// Do threads need ThreadStacks: local memory, calls or indexed branches?
    [[nodiscard]] bool needs_stacks() const {
        return functions.size() > 1 || functions[0].frame_bytes != 0 || !branch_tables.empty();
    }
};

/// "kernel.ptx:12", with the line of the source when .loc says it: "kernel.ptx:12 (gemm.cu:7)".
[[nodiscard]] std::string location(const Program& program, std::uint32_t op);

}  // namespace sptc::ptx

#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/program.hpp"
#include "traces/ptx/register_set.hpp"

namespace sptc::lowering {

using ptx::Address;
using ptx::Control;
using ptx::Op;
using ptx::OperandRole;
using ptx::Program;
using ptx::RegisterInfo;
using ptx::RegisterSet;
using ptx::Space;
using ptx::Width;

/// An operand of Code: a RegisterId, a constant, or something that is neither (-1, a number).
struct CodeOperand {
    std::int32_t value = -1;
    OperandRole role;

    [[nodiscard]] bool is_constant() const;
    [[nodiscard]] bool is_register() const { return role.known && !is_constant(); }
    [[nodiscard]] bool reads(isa::RegisterId id) const {
        return is_register() && !role.write && value == id;
    }
};

/// A PTX operation as the executor sees it. Op::guard, the addresses' bases and the operands name
/// RegisterIds and constants instead of slots, and Op::target a block.
struct CodePart {
    Op op;
    std::vector<CodeOperand> operands;
};

/// An operation on its way from PTX to the machine.
struct CodeOp : CodePart {
    isa::Instruction instruction;  ///< its spans are not used
    std::string text;              ///< as the PTX has it, for messages and listings
    std::string name;  ///< what the passes look up (operation_name.hpp); empty for extra operations
    ptx::ProgramLine source;
    std::int32_t frame_access = -1;  ///< Program::frame_accesses
    std::string machine;             ///< empty until it is expanded
    std::vector<isa::RegisterId> reads;
    std::vector<isa::RegisterId> address_reads;
    std::vector<isa::RegisterId> writes;
    std::vector<CodePart> parts;  ///< executed in turn instead of `op`, when there are any

    bool timing = false;  ///< executes nothing: its results are timing registers

    [[nodiscard]] bool guarded() const { return op.guard >= 0; }
    /// Does what it writes end the lives of what stood there? Under a guard some lanes keep it; a
    /// timing register is read only under the same guard.
    [[nodiscard]] bool overwrites() const { return op.guard < 0 || timing; }
};

/// Operations that run one after another.
struct CodeBlock {
    std::vector<CodeOp> ops;
    std::vector<std::uint32_t> successors;
    std::vector<std::uint32_t> predecessors;
};

/// A program that passes can change: blocks of operations over any number of registers.
class Code {
  public:
    explicit Code(const Program& program);

    [[nodiscard]] std::shared_ptr<Program> build() const;

    /// Finds successors and predecessors anew.
    void link();

    std::vector<CodeBlock> blocks;
    std::vector<RegisterInfo> registers;  ///< by RegisterId; slots are given by build()
    std::vector<CodePart> preloads;
    std::vector<std::vector<std::uint32_t>> branch_tables;  ///< of brx.idx: blocks
    std::vector<std::vector<isa::RegisterId>> runs;         ///< to stand in consecutive registers
    std::uint32_t register_count = 0;  ///< allocated, for Program::estimated_registers

    /// A register that only the scoreboard sees.
    [[nodiscard]] isa::RegisterId timing_register(Width width);
    /// A new register like another one.
    [[nodiscard]] isa::RegisterId new_register(const RegisterInfo& like);

    [[nodiscard]] std::int32_t constant32(std::uint32_t value);
    [[nodiscard]] std::int32_t constant64(std::uint64_t value);
    /// The value of a constant operand.
    [[nodiscard]] std::uint64_t constant(const CodeOperand& operand) const;

  private:
    const Program& program_;
    std::vector<std::uint32_t> constants32_;
    std::vector<std::uint64_t> constants64_;
};

}  // namespace sptc::lowering

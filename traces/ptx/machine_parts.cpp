#include "traces/ptx/machine_parts.hpp"

namespace sptc::ptx {

void execute_parts(Execution& e) {
    const Program& program = e.cta.program;
    for (std::uint32_t i = 0; i < e.op.part_count; ++i) {
        const Op& part = program.parts[e.op.first_part + i];
        Execution execution{part,          program.operands.data() + part.first_operand,
                            e.predicates,  e.registers32,
                            e.registers64, e.mask,
                            e.alive,       e.warp,
                            e.now,         e.cta,
                            e.result,      e.stacks};
        part.handler(execution);
    }
}

void execute_preloads(const Program& program, CtaState& cta, std::uint32_t* predicates,
                      isa::LaneRegister* registers32, LaneRegister64* registers64) {
    isa::WarpInstruction unused;
    for (const Op& op : program.preloads) {
        Execution execution{op,          program.operands.data() + op.first_operand,
                            predicates,  registers32,
                            registers64, kAllLanes,
                            kAllLanes,   0,
                            0,           cta,
                            unused};
        op.handler(execution);
    }
}

}  // namespace sptc::ptx

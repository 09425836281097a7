#include "traces/lowering/lowering.hpp"

#include <fmt/format.h>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"
#include "traces/lowering/refusal.hpp"

namespace sptc::lowering {
namespace {

/// Empties blocks that nothing reaches; the program still ends with an exit.
void remove_unreached(Code& code) {
    std::vector<bool> reached(code.blocks.size(), false);
    std::vector<std::uint32_t> open{0};
    reached[0] = true;
    while (!open.empty()) {
        const std::uint32_t block = open.back();
        open.pop_back();
        for (const std::uint32_t next : code.blocks[block].successors) {
            if (!reached[next]) open.push_back(next);
            reached[next] = true;
        }
    }
    bool ends = false;  // does what stays after this block end with an exit?
    for (std::size_t b = code.blocks.size(); b-- > 0;) {
        CodeBlock& block = code.blocks[b];
        if (reached[b]) {
            ends = true;
            continue;
        }
        bool exits_before = false;
        for (std::size_t before = b; !ends && before-- > 0;) {
            if (!reached[before]) continue;
            if (code.blocks[before].ops.empty()) break;
            const CodeOp& last = code.blocks[before].ops.back();
            exits_before = last.op.control == Control::kExit && !last.guarded();
            break;
        }
        if (ends || exits_before) {
            block.ops.clear();
            for (const std::uint32_t to : block.successors) {
                std::erase(code.blocks[to].predecessors, static_cast<std::uint32_t>(b));
            }
            block.successors.clear();
        } else {
            ends = true;
        }
    }
}

}  // namespace

std::shared_ptr<const Program> lower(std::shared_ptr<const Program> program) {
    if (!refusal(*program).empty()) return program;
    Code code(*program);
    remove_unreached(code);
    split_webs(code);
    propagate_copies(code);
    if (unroll_loops(code)) {
        split_webs(code);
        propagate_copies(code);
    }
    share_common(code);
    fold_addresses(code);
    remove_dead_code(code);
    rematerialise(code);
    remove_dead_code(code);
    fold_parameters(code);
    remove_dead_code(code);
    const std::vector<bool> uniform = find_uniform(code);
    fuse_operations(code);
    gather_fragments(code);
    expand_operations(code);
    schedule_blocks(code, uniform);
    allocate_registers(code, uniform);
    return code.build();
}

std::string not_lowered(Lowering lowering, const Program& program) {
    return lowering == Lowering::kOn && !program.lowered() ? refusal(program) : "";
}

std::string lowered_listing(const Program& program) {
    std::string text;
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        const std::string_view machine =
            program.machine_names.empty() ? std::string_view() : program.machine_names[i];
        const Op& op = program.ops[i];
        const std::string guard = op.guard < 0 ? "" : op.guard_negated ? "@!p" : "@p";
        text += fmt::format("{:6} {:>4} {:<24} {}", program.instructions[i].line, guard, machine,
                            program.texts[i]);
        if (op.control == Control::kBranch) text += fmt::format(" -> {}", op.target);
        text += '\n';
    }
    text += fmt::format("registers  {} per thread\n", program.estimated_registers);
    return text;
}

}  // namespace sptc::lowering

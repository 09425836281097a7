#include "traces/ptx/flow_graph.hpp"

namespace sptc::ptx {
namespace {

bool ends_block(Control control) { return control != Control::kNext && control != Control::kCall; }

std::vector<std::uint32_t> targets_of(const Program& program, const Op& op) {
    if (op.control == Control::kBranch) return {op.target};
    if (op.control == Control::kIndexed) return program.branch_tables[op.detail];
    return {};
}

}  // namespace

std::vector<BasicBlock> find_basic_blocks(const Program& program) {
    const auto count = static_cast<std::uint32_t>(program.ops.size());
    std::vector<bool> leader(count + 1, false);
    for (const FunctionInfo& function : program.functions) leader[function.begin] = true;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Op& op = program.ops[i];
        if (ends_block(op.control)) leader[i + 1] = true;
        for (const std::uint32_t target : targets_of(program, op)) leader[target] = true;
    }
    std::vector<BasicBlock> blocks;
    std::vector<std::uint32_t> block_of(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (leader[i]) blocks.push_back({i, i, {}});
        blocks.back().end = i + 1;
        block_of[i] = static_cast<std::uint32_t>(blocks.size() - 1);
    }
    for (BasicBlock& block : blocks) {
        const Op& last = program.ops[block.end - 1];
        const bool falls_through = !ends_block(last.control) || last.guard >= 0;
        if (falls_through && block.end < count) block.successors.push_back(block_of[block.end]);
        for (const std::uint32_t target : targets_of(program, last)) {
            block.successors.push_back(block_of[target]);
        }
    }
    return blocks;
}

}  // namespace sptc::ptx

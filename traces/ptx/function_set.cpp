#include "traces/ptx/function_set.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sptc::ptx {
namespace {

/// Can `from` reach `to` by at least one call?
bool reaches(const std::vector<std::vector<std::uint32_t>>& calls, std::uint32_t from,
             std::uint32_t to) {
    std::vector<bool> seen(calls.size(), false);
    std::vector<std::uint32_t> open{from};
    while (!open.empty()) {
        const std::uint32_t caller = open.back();
        open.pop_back();
        for (const std::uint32_t callee : calls[caller]) {
            if (callee == to) return true;
            if (seen[callee]) continue;
            seen[callee] = true;
            open.push_back(callee);
        }
    }
    return false;
}

}  // namespace

const OperandNode* callee_of(const StatementNode& statement) {
    if (statement.opcode != "call" && statement.opcode != "call.uni") return nullptr;
    const auto found =
        std::find_if(statement.operands.begin(), statement.operands.end(),
                     [](const OperandNode& node) { return node.kind == OperandKind::kName; });
    return found == statement.operands.end() ? nullptr : &*found;
}

FunctionSet reachable_functions(const ModuleNode& module, const KernelNode& entry,
                                std::string_view file) {
    std::map<std::string_view, const KernelNode*> defined;
    for (const KernelNode& node : module.functions) {
        if (node.defined && !defined.emplace(node.name, &node).second) {
            fail(file, node.position, fmt::format("function '{}' is defined twice", node.name));
        }
    }
    FunctionSet set;
    set.nodes.push_back(&entry);
    std::vector<std::vector<std::uint32_t>> calls;
    for (std::size_t i = 0; i < set.nodes.size(); ++i) {
        calls.emplace_back();
        for (const StatementNode& statement : set.nodes[i]->statements) {
            const OperandNode* callee = callee_of(statement);
            if (callee == nullptr) continue;
            const auto found = defined.find(callee->text);
            if (found == defined.end()) continue;
            const auto next = static_cast<std::uint32_t>(set.nodes.size());
            const auto [index, added] = set.indices.emplace(callee->text, next);
            if (added) set.nodes.push_back(found->second);
            calls.back().push_back(index->second);
        }
    }
    for (std::uint32_t i = 0; i < set.nodes.size(); ++i) {
        set.recursive.push_back(reaches(calls, i, i));
    }
    return set;
}

}  // namespace sptc::ptx

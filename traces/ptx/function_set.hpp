#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "traces/ptx/ast.hpp"

namespace sptc::ptx {

/// What a call statement calls: the operand that names a function or a register; nullptr when there
/// is none.
[[nodiscard]] const OperandNode* callee_of(const StatementNode& statement);

/// The entry and every function that it can reach by calls.
struct FunctionSet {
    std::vector<const KernelNode*> nodes;  ///< the entry comes first
    std::map<std::string_view, std::uint32_t> indices;
    std::vector<bool> recursive;  ///< may call itself, directly or by way of others

    /// -1 when no function of this name is defined.
    [[nodiscard]] std::int64_t find(std::string_view name) const {
        const auto found = indices.find(name);
        return found == indices.end() ? -1 : std::int64_t{found->second};
    }
};

/// Throws KernelError when a function is defined twice.
[[nodiscard]] FunctionSet reachable_functions(const ModuleNode& module, const KernelNode& entry,
                                              std::string_view file);

}  // namespace sptc::ptx

#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/ast.hpp"
#include "traces/ptx/token_stream.hpp"

namespace sptc::ptx {

/// Is the next token a state space in which a variable can be declared: .shared, .global, .const,
/// .local or .param?
[[nodiscard]] bool at_variable(const TokenStream& tokens);

/// ".shared .align 4 .b8 name[16], other;" with initialisers where the space has them: into `into`.
void parse_variables(TokenStream& tokens, bool external, std::uint32_t scope,
                     std::vector<VariableNode>& into);

/// ".reg .b32 %r<10>, %x;"
void parse_registers(TokenStream& tokens, std::uint32_t scope, std::vector<RegisterNode>& into);

/// "(.param .u64 name, ...)"; nothing when no "(" stands here.
[[nodiscard]] std::vector<ParameterNode> parse_parameters(TokenStream& tokens);

}  // namespace sptc::ptx

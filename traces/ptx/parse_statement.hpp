#pragma once
#include "traces/ptx/ast.hpp"
#include "traces/ptx/token_stream.hpp"

namespace sptc::ptx {

/// A label "name:" or an instruction "@p opcode operands;".
[[nodiscard]] StatementNode parse_statement(TokenStream& tokens, std::uint32_t scope);

}  // namespace sptc::ptx

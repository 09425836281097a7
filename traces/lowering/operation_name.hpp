#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "traces/lowering/code_op.hpp"
#include "traces/ptx/comparison.hpp"
#include "traces/ptx/convert.hpp"

namespace sptc::lowering {

/// What the passes look operations up by. An operation that a row of the instruction table executes
/// has the name of that row, however its text orders the qualifiers ("add.s32", "mul.wide.u32"); a
/// setp or set is named by its comparison, a cvt by its conversion, and anything else by
/// ptx::opcode_key() of its text. Operations that a decoder made of another one's text (the parts
/// of wmma) keep that text, which no table holds.
class OperationNames {
  public:
    [[nodiscard]] std::string of(const CodeOp& op);

  private:
    std::map<std::string, std::string, std::less<>> by_text_;  ///< where the text alone decides
};

/// The conversion of a cvt of one value.
[[nodiscard]] std::optional<ptx::Conversion> conversion_of(const CodeOp& op);

/// The comparison of a setp or set, or nullptr.
[[nodiscard]] const ptx::Comparison* comparison_of(const CodeOp& op);

[[nodiscard]] std::string_view first_word(std::string_view name);
[[nodiscard]] std::string_view last_word(std::string_view name);
/// "add.s32": is `word` one of the name's words?
[[nodiscard]] bool has_word(std::string_view name, std::string_view word);

}  // namespace sptc::lowering

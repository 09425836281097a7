#pragma once
#include <string>
#include <string_view>

namespace sptc::ptx {

/// An opcode with its qualifiers in one fixed order: first the word, then sorted qualifiers, then
/// types in the order of the text. ptxas accepts qualifiers in any order; "cvt.sat.rn.f16.f32" and
/// "cvt.rn.sat.f16.f32" have one key.
[[nodiscard]] std::string opcode_key(std::string_view opcode);

/// Is a word of an opcode a type ("u32", "bf16x2", "pred") and not a qualifier?
[[nodiscard]] bool is_type_word(std::string_view word);

}  // namespace sptc::ptx

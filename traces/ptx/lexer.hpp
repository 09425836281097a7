#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::ptx {

/// Where a token begins; both count from 1.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

enum class TokenKind : std::uint8_t {
    kWord,         ///< opcode, register, label, symbol: "ld.global.u32", "%tid.x", "$L__BB0_1"
    kDirective,    ///< ".reg": one dotted word; ".reg.b32" gives two tokens
    kInteger,      ///< 64 bits in `bits`
    kFloat,        ///< "0f3F800000": 32 bits in `bits`
    kDouble,       ///< "0d..." or decimal: 64 bits in `bits`
    kString,       ///< text without the quotes
    kPunctuation,  ///< one character
    kEnd
};

struct Token {
    TokenKind kind = TokenKind::kEnd;
    Position position;
    std::string_view text;   ///< a view of the PTX text
    std::uint64_t bits = 0;  ///< value of numbers

    [[nodiscard]] bool is(std::string_view punctuation_or_word) const {
        return kind != TokenKind::kString && text == punctuation_or_word;
    }
};

/// Throws KernelError "file:line:column: message".
[[noreturn]] void fail(std::string_view file, Position position, std::string_view message);

/// All tokens of a PTX text, the last one kEnd. Comments are dropped. Throws KernelError for what
/// is no PTX token.
[[nodiscard]] std::vector<Token> tokenize(std::string_view text, std::string_view file);

}  // namespace sptc::ptx

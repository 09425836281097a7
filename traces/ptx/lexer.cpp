#include "traces/ptx/lexer.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>

#include "models/base/error.hpp"

namespace sptc::ptx {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word_start(char c) { return is_letter(c) || c == '_' || c == '$' || c == '%'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '$'; }

class Lexer {
  public:
    Lexer(std::string_view text, std::string_view file) : text_(text), file_(file) {}

    std::vector<Token> run() {
        std::vector<Token> tokens;
        while (true) {
            skip_blank();
            tokens.push_back(next());
            if (tokens.back().kind == TokenKind::kEnd) return tokens;
        }
    }

  private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void advance() {
        if (text_[at_++] == '\n') {
            ++position_.line;
            position_.column = 1;
        } else {
            ++position_.column;
        }
    }

    void skip_blank() {
        while (at_ < text_.size()) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                advance();
            } else if (c == '/' && peek(1) == '/') {
                while (at_ < text_.size() && peek() != '\n') advance();
            } else if (c == '/' && peek(1) == '*') {
                skip_block_comment();
            } else {
                return;
            }
        }
    }

    void skip_block_comment() {
        const Position begin = position_;
        advance();
        advance();
        while (!(peek() == '*' && peek(1) == '/')) {
            if (at_ >= text_.size()) fail(file_, begin, "comment without an end");
            advance();
        }
        advance();
        advance();
    }

    Token next() {
        Token token{TokenKind::kEnd, position_, {}, 0};
        if (at_ >= text_.size()) return token;
        const std::size_t begin = at_;
        const char c = peek();
        if (is_word_start(c)) {
            token.kind = TokenKind::kWord;
            word();
        } else if (c == '.' && (is_word(peek(1)))) {
            token.kind = TokenKind::kDirective;
            advance();
            while (is_word(peek())) advance();
        } else if (is_digit(c)) {
            number(token);
        } else if (c == '"') {
            return string(token);
        } else if (std::string_view("{}()[]<>,;:@!+-~|=*&^#").find(c) != std::string_view::npos) {
            token.kind = TokenKind::kPunctuation;
            advance();
        } else {
            const auto code = static_cast<unsigned char>(c);
            fail(file_, position_,
                 code > 0x20 && code < 0x7f ? fmt::format("unexpected character '{}'", c)
                                            : fmt::format("unexpected byte 0x{:02x}", code));
        }
        token.text = text_.substr(begin, at_ - begin);
        return token;
    }

    /// Letters, digits, dots that join an opcode's qualifiers, and "::".
    void word() {
        advance();
        while (true) {
            if (is_word(peek()) || (peek() == '.' && is_word(peek(1)))) {
                advance();
            } else if (peek() == ':' && peek(1) == ':' && is_word(peek(2))) {
                advance();
                advance();
            } else {
                return;
            }
        }
    }

    Token string(Token token) {
        advance();
        const std::size_t begin = at_;
        while (peek() != '"') {
            if (at_ >= text_.size() || peek() == '\n') {
                fail(file_, token.position, "string without an end");
            }
            advance();
        }
        token.kind = TokenKind::kString;
        token.text = text_.substr(begin, at_ - begin);
        advance();
        return token;
    }

    void number(Token& token) {
        const std::size_t begin = at_;
        while (is_word(peek()) || peek() == '.' ||
               ((peek() == '+' || peek() == '-') && is_exponent(begin))) {
            advance();
        }
        const std::string_view text = text_.substr(begin, at_ - begin);
        if (!parse_bit_pattern(text, token) && !parse_integer(text, token) &&
            !parse_decimal(text, token)) {
            fail(file_, token.position, fmt::format("malformed number '{}'", text));
        }
    }

    /// Is the sign at the cursor that of a decimal exponent ("1.0e-3") and not of a sum?
    [[nodiscard]] bool is_exponent(std::size_t begin) const {
        const std::string_view text = text_.substr(begin, at_ - begin);
        return (text.back() == 'e' || text.back() == 'E') &&
               text.find('.') != std::string_view::npos;
    }

    static bool parse_whole(std::string_view digits, int base, std::uint64_t& value) {
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
        return error == std::errc{} && stop == end && !digits.empty();
    }

    static bool parse_bit_pattern(std::string_view text, Token& token) {
        if (text.size() < 2 || text[0] != '0') return false;
        const bool single = text[1] == 'f' || text[1] == 'F';
        if (!single && text[1] != 'd' && text[1] != 'D') return false;
        token.kind = single ? TokenKind::kFloat : TokenKind::kDouble;
        return text.size() == (single ? 10u : 18u) && parse_whole(text.substr(2), 16, token.bits);
    }

    static bool parse_integer(std::string_view text, Token& token) {
        token.kind = TokenKind::kInteger;
        if (text.back() == 'U' || text.back() == 'u') text.remove_suffix(1);
        if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
            return parse_whole(text.substr(2), 16, token.bits);
        }
        if (text.size() > 2 && text[0] == '0' && (text[1] == 'b' || text[1] == 'B')) {
            return parse_whole(text.substr(2), 2, token.bits);
        }
        if (text.size() > 1 && text[0] == '0') return parse_whole(text.substr(1), 8, token.bits);
        return parse_whole(text, 10, token.bits);
    }

    static bool parse_decimal(std::string_view text, Token& token) {
        if (text.find('.') == std::string_view::npos) return false;
        double value = 0.0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        token.kind = TokenKind::kDouble;
        token.bits = std::bit_cast<std::uint64_t>(value);
        return error == std::errc{} && stop == end;
    }

    std::string_view text_;
    std::string_view file_;
    std::size_t at_ = 0;
    Position position_;
};

}  // namespace

void fail(std::string_view file, Position position, std::string_view message) {
    throw base::KernelError(
        fmt::format("{}:{}:{}: {}", file, position.line, position.column, message));
}

std::vector<Token> tokenize(std::string_view text, std::string_view file) {
    return Lexer(text, file).run();
}

}  // namespace sptc::ptx

#pragma once
#include <algorithm>
#include <string_view>
#include <vector>

#include "traces/ptx/lexer.hpp"

namespace sptc::ptx {

/// The tokens of a PTX text with a place in them: what every part of the parser reads from.
class TokenStream {
  public:
    TokenStream(std::string_view text, std::string_view file)
        : file_(file), tokens_(tokenize(text, file)) {}

    [[nodiscard]] std::string_view file() const { return file_; }

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }

    const Token& take() {
        const Token& token = peek();
        if (at_ + 1 < tokens_.size()) ++at_;
        return token;
    }

    bool accept(std::string_view text) {
        if (!peek().is(text)) return false;
        take();
        return true;
    }

    /// Throw KernelError when something else stands here.
    const Token& expect(std::string_view text);
    const Token& expect(TokenKind kind, std::string_view what);

    /// Goes on behind the next `text`; throws KernelError when the file ends before.
    void skip_past(std::string_view text);

    /// Throws KernelError "found '...', expected ...".
    [[noreturn]] void unexpected(std::string_view expected) const;

    [[noreturn]] void fail_at(Position position, std::string_view message) const {
        fail(file_, position, message);
    }

  private:
    std::string_view file_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace sptc::ptx

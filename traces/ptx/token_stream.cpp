#include "traces/ptx/token_stream.hpp"

#include <fmt/format.h>

namespace sptc::ptx {

const Token& TokenStream::expect(std::string_view text) {
    if (!peek().is(text)) unexpected(fmt::format("'{}'", text));
    return take();
}

const Token& TokenStream::expect(TokenKind kind, std::string_view what) {
    if (peek().kind != kind) unexpected(what);
    return take();
}

void TokenStream::skip_past(std::string_view text) {
    while (!peek().is(text)) {
        if (peek().kind == TokenKind::kEnd) unexpected(fmt::format("'{}'", text));
        take();
    }
    take();
}

void TokenStream::unexpected(std::string_view expected) const {
    const Token& token = peek();
    if (token.kind == TokenKind::kEnd) {
        fail_at(token.position, fmt::format("the file ends, expected {}", expected));
    }
    fail_at(token.position, fmt::format("found '{}', expected {}", token.text, expected));
}

}  // namespace sptc::ptx

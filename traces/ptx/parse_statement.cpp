#include "traces/ptx/parse_statement.hpp"

#include <limits>

namespace sptc::ptx {
namespace {

/// A name or a number with its sign.
OperandNode scalar(TokenStream& tokens) {
    OperandNode node;
    node.position = tokens.peek().position;
    node.negated = tokens.accept("!");
    const bool minus = !node.negated && tokens.accept("-");
    const bool inverted = !node.negated && !minus && tokens.accept("~");
    const Token& token = tokens.peek();
    node.text = token.text;
    node.bits = token.bits;
    switch (token.kind) {
        case TokenKind::kWord:
            if (minus || inverted) tokens.unexpected("a number");
            node.kind = OperandKind::kName;
            break;
        case TokenKind::kInteger:
            node.kind = OperandKind::kInteger;
            if (minus) node.bits = ~node.bits + 1;
            if (inverted) node.bits = ~node.bits;
            break;
        case TokenKind::kFloat:
            node.kind = OperandKind::kFloat;
            if (minus) node.bits ^= 1ull << 31;
            break;
        case TokenKind::kDouble:
            node.kind = OperandKind::kDouble;
            if (minus) node.bits ^= 1ull << 63;
            break;
        default:
            tokens.unexpected("a register, a number or a name");
    }
    if (node.negated && node.kind != OperandKind::kName) {
        tokens.unexpected("a predicate register");
    }
    tokens.take();
    return node;
}

/// "+ 16", "- 16" or "+ -16".
std::int64_t signed_offset(TokenStream& tokens) {
    bool negative = tokens.take().is("-");
    if (tokens.accept("-")) negative = !negative;
    const Token& token = tokens.expect(TokenKind::kInteger, "an integer offset");
    if (token.bits > std::numeric_limits<std::int32_t>::max()) {
        tokens.fail_at(token.position, "the offset needs more than 32 bits");
    }
    const auto value = static_cast<std::int64_t>(token.bits);
    return negative ? -value : value;
}

/// What stands between an opening bracket that has been taken and `close`.
void elements(TokenStream& tokens, std::string_view close, OperandNode& node) {
    if (tokens.accept(close)) return;
    do {
        node.elements.push_back(scalar(tokens));
    } while (tokens.accept(","));
    tokens.expect(close);
}

OperandNode operand(TokenStream& tokens) {
    OperandNode node;
    node.position = tokens.peek().position;
    node.text = tokens.peek().text;
    if (tokens.accept("{")) {
        node.kind = OperandKind::kVector;
        elements(tokens, "}", node);
        if (node.elements.empty()) tokens.fail_at(node.position, "a vector without elements");
    } else if (tokens.accept("(")) {
        node.kind = OperandKind::kList;
        elements(tokens, ")", node);
    } else if (tokens.accept("[")) {
        node.kind = OperandKind::kAddress;
        node.elements.push_back(scalar(tokens));
        while (tokens.peek().is("+") || tokens.peek().is("-")) node.offset += signed_offset(tokens);
        tokens.expect("]");
    } else {
        node = scalar(tokens);
        // "name+8" is the address of a variable with an offset.
        while (node.kind == OperandKind::kName && (tokens.peek().is("+") || tokens.peek().is("-")))
            node.offset += signed_offset(tokens);
        if (tokens.accept("|")) {
            OperandNode pair;
            pair.kind = OperandKind::kPair;
            pair.position = node.position;
            pair.text = node.text;
            pair.elements = {node, scalar(tokens)};
            return pair;
        }
    }
    return node;
}

}  // namespace

StatementNode parse_statement(TokenStream& tokens, std::uint32_t scope) {
    StatementNode node;
    node.position = tokens.peek().position;
    node.scope = scope;
    if (tokens.peek().kind == TokenKind::kWord && tokens.peek(1).is(":")) {
        node.label = tokens.take().text;
        tokens.take();
        return node;
    }
    if (tokens.accept("@")) {
        node.guard.negated = tokens.accept("!");
        node.guard.position = tokens.peek().position;
        node.guard.name = tokens.expect(TokenKind::kWord, "a predicate register").text;
    }
    node.position = tokens.peek().position;
    node.opcode = tokens.expect(TokenKind::kWord, "an instruction").text;
    if (tokens.accept(";")) return node;
    do {
        node.operands.push_back(operand(tokens));
    } while (tokens.accept(","));
    tokens.expect(";");
    return node;
}

}  // namespace sptc::ptx

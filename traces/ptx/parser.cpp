#include "traces/ptx/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "traces/ptx/fundamental_type.hpp"

namespace sptc::ptx {
namespace {

constexpr std::uint64_t kMaximumSharedBytes = 1u << 24;  // far above any GPU: catches overflow

class Parser {
  public:
    Parser(std::string_view text, std::string_view file)
        : file_(file), tokens_(tokenize(text, file)) {}

    ModuleNode run() {
        ModuleNode module;
        bool version = false;
        while (peek().kind != TokenKind::kEnd) {
            if (peek().is(".version")) {
                version = true;
                take();
                take();
            } else if (!version) {
                unexpected("'.version' at the beginning of a PTX file");
            } else if (peek().is(".target")) {
                take();
                take();
                while (accept(",")) take();
            } else if (peek().is(".address_size")) {
                take();
                if (!peek().is("64")) unexpected("'64': only 64-bit addresses are supported");
                take();
            } else {
                module_item(module);
            }
        }
        return module;
    }

  private:
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

    const Token& expect(std::string_view text) {
        if (!peek().is(text)) unexpected(fmt::format("'{}'", text));
        return take();
    }

    const Token& expect(TokenKind kind, std::string_view what) {
        if (peek().kind != kind) unexpected(what);
        return take();
    }

    [[noreturn]] void unexpected(std::string_view expected) const {
        const Token& token = peek();
        if (token.kind == TokenKind::kEnd) {
            fail(file_, token.position, fmt::format("the file ends, expected {}", expected));
        }
        fail(file_, token.position, fmt::format("found '{}', expected {}", token.text, expected));
    }

    void module_item(ModuleNode& module) {
        if (skip_debug_information()) return;
        bool external = false;
        while (peek().is(".visible") || peek().is(".extern") || peek().is(".weak")) {
            external = external || peek().is(".extern");
            take();
        }
        if (peek().is(".entry")) {
            module.kernels.push_back(entry());
        } else if (peek().is(".shared")) {
            shared(module.shared, external, 0);
        } else {
            unexpected(
                "one of .entry, .shared, .file, .section, .pragma (functions and global, constant "
                "or local variables are not supported)");
        }
    }

    bool skip_debug_information() {
        const Token& token = peek();
        if (token.is(".loc") || token.is(".file")) {
            const std::uint32_t line = token.position.line;
            while (peek().kind != TokenKind::kEnd && peek().position.line == line) take();
            return true;
        }
        if (token.is(".pragma")) {
            while (!peek().is(";")) {
                if (peek().kind == TokenKind::kEnd) unexpected("';'");
                take();
            }
            take();
            return true;
        }
        if (token.is(".section")) {
            take();
            while (!peek().is("{")) {
                if (peek().kind == TokenKind::kEnd) unexpected("'{'");
                take();
            }
            while (!peek().is("}")) {
                if (peek().kind == TokenKind::kEnd) unexpected("'}'");
                take();
            }
            take();
            return true;
        }
        return false;
    }

    KernelNode entry() {
        KernelNode kernel;
        expect(".entry");
        kernel.position = peek().position;
        kernel.name = expect(TokenKind::kWord, "the name of the entry").text;
        if (accept("(") && !accept(")")) {
            do {
                kernel.parameters.push_back(parameter());
            } while (accept(","));
            expect(")");
        }
        while (peek().kind == TokenKind::kDirective) performance_directive();
        body(kernel);
        return kernel;
    }

    /// .maxntid and the like guide ptxas only.
    void performance_directive() {
        if (skip_debug_information()) return;
        const std::string_view name = take().text;
        if (name == ".noreturn") return;
        if (name != ".maxntid" && name != ".reqntid" && name != ".minnctapersm" &&
            name != ".maxnctapersm" && name != ".maxnreg") {
            --at_;
            unexpected("'{' or one of .maxntid, .reqntid, .minnctapersm, .maxnreg");
        }
        do {
            expect(TokenKind::kInteger, "a number");
        } while (accept(","));
    }

    std::uint32_t alignment() {
        if (!accept(".align")) return 0;
        const Token& token = expect(TokenKind::kInteger, "an alignment");
        if (token.bits == 0 || token.bits > 1024 || (token.bits & (token.bits - 1)) != 0) {
            fail(file_, token.position, "the alignment must be a power of two up to 1024");
        }
        return static_cast<std::uint32_t>(token.bits);
    }

    const Token& fundamental_type() {
        if (peek().kind != TokenKind::kDirective || bytes_of_type(peek().text) == 0)
            unexpected("a type such as .u32 or .f32");
        return take();
    }

    /// "[n]" repeated: the product of the extents; 1 without brackets. 0 for "[]".
    std::uint64_t extents(std::uint64_t element_bytes) {
        std::uint64_t bytes = element_bytes;
        while (accept("[")) {
            if (accept("]")) return 0;
            const Token& token = expect(TokenKind::kInteger, "an array extent");
            if (token.bits > kMaximumSharedBytes || token.bits * bytes > kMaximumSharedBytes) {
                fail(file_, token.position,
                     fmt::format("array of more than {} bytes", kMaximumSharedBytes));
            }
            bytes *= token.bits;
            expect("]");
        }
        return bytes;
    }

    ParameterNode parameter() {
        ParameterNode node;
        expect(".param");
        std::uint32_t align = alignment();
        node.type = fundamental_type().text;
        if (accept(".ptr")) {  // says what the pointer points to
            while (peek().kind == TokenKind::kDirective) {
                if (alignment() == 0) take();
            }
        }
        if (align == 0) align = alignment();
        node.position = peek().position;
        node.name = expect(TokenKind::kWord, "the name of a parameter").text;
        node.array = peek().is("[");
        node.bytes = static_cast<std::uint32_t>(extents(bytes_of_type(node.type)));
        node.alignment = std::max(align, bytes_of_type(node.type));
        return node;
    }

    void shared(std::vector<SharedNode>& into, bool external, std::uint32_t scope) {
        expect(".shared");
        const std::uint32_t align = alignment();
        const std::uint32_t element = bytes_of_type(fundamental_type().text);
        do {
            SharedNode node;
            node.position = peek().position;
            node.name = expect(TokenKind::kWord, "the name of a variable").text;
            node.bytes = extents(element);
            node.alignment = std::max(align, element);
            node.external = external;
            node.scope = scope;
            if (!external && node.bytes == 0) {
                fail(file_, node.position,
                     fmt::format("'{}' has no size: only .extern .shared may", node.name));
            }
            into.push_back(node);
        } while (accept(","));
        expect(";");
    }

    void registers(KernelNode& kernel, std::uint32_t scope) {
        expect(".reg");
        const std::string_view type = expect(TokenKind::kDirective, "a register type").text;
        do {
            RegisterNode node;
            node.position = peek().position;
            node.type = type;
            node.scope = scope;
            node.name = expect(TokenKind::kWord, "the name of a register").text;
            if (accept("<")) {
                const Token& count = expect(TokenKind::kInteger, "how many registers");
                if (count.bits == 0 || count.bits > std::numeric_limits<std::int32_t>::max()) {
                    fail(file_, count.position, "the number of registers is out of range");
                }
                node.count = static_cast<std::uint32_t>(count.bits);
                expect(">");
            }
            kernel.registers.push_back(node);
        } while (accept(","));
        expect(";");
    }

    void body(KernelNode& kernel) {
        expect("{");
        std::vector<std::uint32_t> open{0};
        while (true) {
            if (skip_debug_information()) continue;
            const Token& token = peek();
            if (token.is("{")) {
                take();
                kernel.scope_parents.push_back(open.back());
                open.push_back(static_cast<std::uint32_t>(kernel.scope_parents.size() - 1));
            } else if (token.is("}")) {
                kernel.end = take().position;
                open.pop_back();
                if (open.empty()) return;
            } else if (token.is(".reg")) {
                registers(kernel, open.back());
            } else if (token.is(".shared")) {
                shared(kernel.shared, false, open.back());
            } else if (token.is(".extern") && peek(1).is(".shared")) {
                take();
                shared(kernel.shared, true, open.back());
            } else if (token.kind == TokenKind::kWord || token.is("@")) {
                kernel.statements.push_back(statement(open.back()));
            } else {
                unexpected("an instruction, a label, .reg, .shared or '}'");
            }
        }
    }

    StatementNode statement(std::uint32_t scope) {
        StatementNode node;
        node.position = peek().position;
        node.scope = scope;
        if (peek().kind == TokenKind::kWord && peek(1).is(":")) {
            node.label = take().text;
            take();
            return node;
        }
        if (accept("@")) {
            node.guard.negated = accept("!");
            node.guard.position = peek().position;
            node.guard.name = expect(TokenKind::kWord, "a predicate register").text;
        }
        node.position = peek().position;
        node.opcode = expect(TokenKind::kWord, "an instruction").text;
        if (accept(";")) return node;
        do {
            node.operands.push_back(operand());
        } while (accept(","));
        expect(";");
        return node;
    }

    OperandNode operand() {
        OperandNode node;
        node.position = peek().position;
        node.text = peek().text;
        if (accept("{")) {
            node.kind = OperandKind::kVector;
            do {
                node.elements.push_back(scalar());
            } while (accept(","));
            expect("}");
        } else if (accept("[")) {
            node.kind = OperandKind::kAddress;
            node.elements.push_back(scalar());
            while (peek().is("+") || peek().is("-")) node.offset += signed_offset();
            expect("]");
        } else {
            node = scalar();
            if (accept("|")) {
                OperandNode pair;
                pair.kind = OperandKind::kPair;
                pair.position = node.position;
                pair.text = node.text;
                pair.elements = {node, scalar()};
                return pair;
            }
        }
        return node;
    }

    /// "+ 16", "- 16" or "+ -16".
    std::int64_t signed_offset() {
        bool negative = take().is("-");
        if (accept("-")) negative = !negative;
        const Token& token = expect(TokenKind::kInteger, "an integer offset");
        if (token.bits > std::numeric_limits<std::int32_t>::max()) {
            fail(file_, token.position, "the offset needs more than 32 bits");
        }
        const auto value = static_cast<std::int64_t>(token.bits);
        return negative ? -value : value;
    }

    /// A name or a number with its sign.
    OperandNode scalar() {
        OperandNode node;
        node.position = peek().position;
        node.negated = accept("!");
        const bool minus = !node.negated && accept("-");
        const bool inverted = !node.negated && !minus && accept("~");
        const Token& token = peek();
        node.text = token.text;
        node.bits = token.bits;
        switch (token.kind) {
            case TokenKind::kWord:
                if (minus || inverted) unexpected("a number");
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
                unexpected("a register, a number or a name");
        }
        if (node.negated && node.kind != OperandKind::kName) {
            unexpected("a predicate register");
        }
        take();
        return node;
    }

    std::string_view file_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace

ModuleNode parse(std::string_view text, std::string_view file) { return Parser(text, file).run(); }

}  // namespace sptc::ptx

#include "traces/ptx/parse_declarations.hpp"

#include <fmt/format.h>

#include <bit>
#include <limits>

#include "traces/ptx/fundamental_type.hpp"

namespace sptc::ptx {
namespace {

constexpr std::uint64_t kMaximumVariableBytes = 1u << 30;  // far above any use: catches overflow

struct SpaceRow {
    std::string_view word;
    VariableSpace space;
};
constexpr SpaceRow kSpaces[] = {{".shared", VariableSpace::kShared},
                                {".global", VariableSpace::kGlobal},
                                {".const", VariableSpace::kConstant},
                                {".local", VariableSpace::kLocal},
                                {".param", VariableSpace::kParameter}};

std::uint32_t alignment(TokenStream& tokens) {
    if (!tokens.accept(".align")) return 0;
    const Token& token = tokens.expect(TokenKind::kInteger, "an alignment");
    if (token.bits == 0 || token.bits > 1024 || (token.bits & (token.bits - 1)) != 0) {
        tokens.fail_at(token.position, "the alignment must be a power of two up to 1024");
    }
    return static_cast<std::uint32_t>(token.bits);
}

const Token& fundamental_type(TokenStream& tokens) {
    if (tokens.peek().kind != TokenKind::kDirective || bytes_of_type(tokens.peek().text) == 0)
        tokens.unexpected("a type such as .u32 or .f32");
    return tokens.take();
}

/// "[n]" repeated. An open extent "[]" is 0.
std::vector<std::uint64_t> extents(TokenStream& tokens) {
    std::vector<std::uint64_t> sizes;
    while (tokens.accept("[")) {
        if (tokens.accept("]")) {
            sizes.push_back(0);
            continue;
        }
        sizes.push_back(tokens.expect(TokenKind::kInteger, "an array extent").bits);
        tokens.expect("]");
    }
    return sizes;
}

std::uint64_t total_bytes(const TokenStream& tokens, Position position,
                          const std::vector<std::uint64_t>& sizes, std::uint64_t element_bytes) {
    std::uint64_t bytes = element_bytes;
    for (const std::uint64_t size : sizes) {
        if (size > kMaximumVariableBytes || size * bytes > kMaximumVariableBytes) {
            tokens.fail_at(position,
                           fmt::format("array of more than {} bytes", kMaximumVariableBytes));
        }
        bytes *= size;
    }
    return bytes;
}

/// Reads the initialiser of one variable; the elements of nested braces count in row-major order.
class InitializerParser {
  public:
    InitializerParser(TokenStream& tokens, std::string_view type, VariableNode& node,
                      std::vector<std::uint64_t>& sizes)
        : tokens_(tokens), type_(type), node_(node), sizes_(sizes) {}

    void run() {
        if (sizes_.empty()) {
            const bool braces = tokens_.accept("{");
            element(0);
            if (braces) tokens_.expect("}");
            return;
        }
        std::uint64_t row = 1;
        for (std::size_t i = 1; i < sizes_.size(); ++i) row *= sizes_[i];
        const std::uint64_t rows = list(0, 0, row);
        if (sizes_[0] == 0) sizes_[0] = rows;
    }

  private:
    /// Returns how many items of `item` elements stand in the braces.
    std::uint64_t list(std::size_t level, std::uint64_t first, std::uint64_t item) {
        const Position position = tokens_.expect("{").position;
        std::uint64_t count = 0;
        if (tokens_.accept("}")) return 0;
        do {
            const std::uint64_t begin = first + count * item;
            if (level + 1 < sizes_.size() && tokens_.peek().is("{")) {
                list(level + 1, begin, item / sizes_[level + 1]);
            } else {
                if (item != 1) tokens_.unexpected("'{' for the next dimension");
                element(begin);
            }
            ++count;
        } while (tokens_.accept(","));
        tokens_.expect("}");
        if (sizes_[level] != 0 && count > sizes_[level]) {
            tokens_.fail_at(position, fmt::format("{} values for {} elements of '{}'", count,
                                                  sizes_[level], node_.name));
        }
        return count;
    }

    void element(std::uint64_t index) {
        InitializerNode value;
        value.element = index;
        value.position = tokens_.peek().position;
        if (tokens_.peek().kind == TokenKind::kWord) {
            symbol(value);
        } else {
            value.bits = number();
        }
        node_.initial.push_back(value);
    }

    /// "name", "name+8" or "generic(name)+8".
    void symbol(InitializerNode& value) {
        value.generic = tokens_.peek().is("generic") && tokens_.peek(1).is("(");
        if (value.generic) {
            tokens_.take();
            tokens_.take();
        }
        value.symbol = tokens_.expect(TokenKind::kWord, "a variable").text;
        const auto offset = [&] {
            while (tokens_.peek().is("+") || tokens_.peek().is("-")) {
                const bool minus = tokens_.take().is("-") != tokens_.accept("-");
                const Token& token = tokens_.expect(TokenKind::kInteger, "an offset");
                const auto bytes = static_cast<std::int64_t>(token.bits);
                value.offset += minus ? -bytes : bytes;
            }
        };
        offset();
        if (value.generic) {
            tokens_.expect(")");
            offset();
        }
        if (node_.element_bytes != 8) {
            tokens_.fail_at(value.position, "an address needs an element of 64 bits");
        }
    }

    std::uint64_t number() {
        const bool minus = tokens_.accept("-");
        const Token& token = tokens_.peek();
        std::uint64_t bits = token.bits;
        switch (token.kind) {
            case TokenKind::kInteger:
                if (type_ == ".f32" || type_ == ".f64") {
                    bits = real_bits(static_cast<double>(static_cast<std::int64_t>(bits)));
                    if (minus) bits ^= sign_bit();
                } else if (minus) {
                    bits = ~bits + 1;
                }
                break;
            case TokenKind::kFloat:
                if (node_.element_bytes == 8) {
                    bits = real_bits(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
                }
                if (minus) bits ^= sign_bit();
                break;
            case TokenKind::kDouble:
                bits = real_bits(std::bit_cast<double>(bits));
                if (minus) bits ^= sign_bit();
                break;
            default:
                tokens_.unexpected("a number, a variable or generic(variable)");
        }
        tokens_.take();
        return bits;
    }

    [[nodiscard]] std::uint64_t sign_bit() const { return 1ull << (8 * node_.element_bytes - 1); }

    [[nodiscard]] std::uint64_t real_bits(double value) const {
        if (node_.element_bytes == 4) {
            return std::bit_cast<std::uint32_t>(static_cast<float>(value));
        }
        return std::bit_cast<std::uint64_t>(value);
    }

    TokenStream& tokens_;
    std::string_view type_;
    VariableNode& node_;
    std::vector<std::uint64_t>& sizes_;
};

/// ".align 4", ".attribute(.managed)" in any order before the type.
std::uint32_t attributes(TokenStream& tokens) {
    std::uint32_t align = 0;
    while (true) {
        if (const std::uint32_t found = alignment(tokens); found != 0) {
            align = found;
        } else if (tokens.accept(".attribute")) {
            tokens.skip_past(")");
        } else {
            return align;
        }
    }
}

VariableNode variable(TokenStream& tokens, VariableSpace space, std::uint32_t align,
                      std::string_view type, std::uint32_t vector, bool external,
                      std::uint32_t scope) {
    VariableNode node;
    node.position = tokens.peek().position;
    node.name = tokens.expect(TokenKind::kWord, "the name of a variable").text;
    node.space = space;
    node.external = external;
    node.scope = scope;
    node.element_bytes = bytes_of_type(type);
    node.alignment = std::max(align, node.element_bytes * vector);
    std::vector<std::uint64_t> sizes = extents(tokens);
    if (tokens.accept("=")) {
        if (space != VariableSpace::kGlobal && space != VariableSpace::kConstant) {
            tokens.fail_at(node.position, "only .global and .const variables have initialisers");
        }
        InitializerParser(tokens, type, node, sizes).run();
    }
    if (vector != 1) sizes.push_back(vector);
    node.bytes = total_bytes(tokens, node.position, sizes, node.element_bytes);
    if (!external && node.bytes == 0) {
        tokens.fail_at(node.position,
                       fmt::format("'{}' has no size: only .extern .shared may", node.name));
    }
    return node;
}

ParameterNode parameter(TokenStream& tokens) {
    ParameterNode node;
    tokens.expect(".param");
    std::uint32_t align = alignment(tokens);
    node.type = fundamental_type(tokens).text;
    if (tokens.accept(".ptr")) {  // says what the pointer points to
        while (tokens.peek().kind == TokenKind::kDirective) {
            if (alignment(tokens) == 0) tokens.take();
        }
    }
    if (align == 0) align = alignment(tokens);
    node.position = tokens.peek().position;
    node.name = tokens.expect(TokenKind::kWord, "the name of a parameter").text;
    node.array = tokens.peek().is("[");
    node.bytes = static_cast<std::uint32_t>(
        total_bytes(tokens, node.position, extents(tokens), bytes_of_type(node.type)));
    node.alignment = std::max(align, bytes_of_type(node.type));
    return node;
}

}  // namespace

bool at_variable(const TokenStream& tokens) {
    return std::any_of(std::begin(kSpaces), std::end(kSpaces),
                       [&](const SpaceRow& row) { return tokens.peek().is(row.word); });
}

void parse_variables(TokenStream& tokens, bool external, std::uint32_t scope,
                     std::vector<VariableNode>& into) {
    const Token& word = tokens.take();
    const auto row = std::find_if(std::begin(kSpaces), std::end(kSpaces),
                                  [&](const SpaceRow& space) { return word.is(space.word); });
    if (row == std::end(kSpaces)) tokens.fail_at(word.position, "expected a state space");
    std::uint32_t align = attributes(tokens);
    std::uint32_t vector = 1;
    if (tokens.accept(".v2")) vector = 2;
    if (tokens.accept(".v4")) vector = 4;
    const std::string_view type = fundamental_type(tokens).text;
    if (align == 0) align = attributes(tokens);
    do {
        into.push_back(variable(tokens, row->space, align, type, vector, external, scope));
    } while (tokens.accept(","));
    tokens.expect(";");
}

void parse_registers(TokenStream& tokens, std::uint32_t scope, std::vector<RegisterNode>& into) {
    tokens.expect(".reg");
    const std::string_view type = tokens.expect(TokenKind::kDirective, "a register type").text;
    do {
        RegisterNode node;
        node.position = tokens.peek().position;
        node.type = type;
        node.scope = scope;
        node.name = tokens.expect(TokenKind::kWord, "the name of a register").text;
        if (tokens.accept("<")) {
            const Token& count = tokens.expect(TokenKind::kInteger, "how many registers");
            if (count.bits == 0 || count.bits > std::numeric_limits<std::int32_t>::max()) {
                tokens.fail_at(count.position, "the number of registers is out of range");
            }
            node.count = static_cast<std::uint32_t>(count.bits);
            tokens.expect(">");
        }
        into.push_back(node);
    } while (tokens.accept(","));
    tokens.expect(";");
}

std::vector<ParameterNode> parse_parameters(TokenStream& tokens) {
    std::vector<ParameterNode> parameters;
    if (!tokens.accept("(") || tokens.accept(")")) return parameters;
    do {
        parameters.push_back(parameter(tokens));
    } while (tokens.accept(","));
    tokens.expect(")");
    return parameters;
}

}  // namespace sptc::ptx

#include "traces/ptx/parser.hpp"

#include "traces/ptx/parse_declarations.hpp"
#include "traces/ptx/parse_statement.hpp"
#include "traces/ptx/token_stream.hpp"

namespace sptc::ptx {
namespace {

constexpr std::string_view kModuleItems =
    "one of .entry, .func, .shared, .global, .const, .file, .section, .pragma";

class Parser {
  public:
    Parser(std::string_view text, std::string_view file) : tokens_(text, file) {}

    ModuleNode run() {
        bool version = false;
        while (tokens_.peek().kind != TokenKind::kEnd) {
            if (tokens_.accept(".version")) {
                version = true;
                tokens_.take();
            } else if (!version) {
                tokens_.unexpected("'.version' at the beginning of a PTX file");
            } else if (tokens_.accept(".target")) {
                tokens_.take();
                while (tokens_.accept(",")) tokens_.take();
            } else if (tokens_.accept(".address_size")) {
                if (!tokens_.peek().is("64")) {
                    tokens_.unexpected("'64': only 64-bit addresses are supported");
                }
                tokens_.take();
            } else {
                module_item();
            }
        }
        return std::move(module_);
    }

  private:
    void module_item() {
        if (accept_debug_information()) return;
        bool external = false;
        while (tokens_.peek().is(".visible") || tokens_.peek().is(".extern") ||
               tokens_.peek().is(".weak") || tokens_.peek().is(".common")) {
            external = tokens_.take().is(".extern") || external;
        }
        if (tokens_.accept(".entry")) {
            module_.kernels.push_back(function({}));
        } else if (tokens_.accept(".func")) {
            std::vector<ParameterNode> returns = parse_parameters(tokens_);
            module_.functions.push_back(function(std::move(returns)));
        } else if (at_variable(tokens_) && !tokens_.peek().is(".param") &&
                   !tokens_.peek().is(".local")) {
            parse_variables(tokens_, external, 0, module_.variables);
        } else {
            tokens_.unexpected(kModuleItems);
        }
    }

    bool accept_debug_information() {
        const Token& token = tokens_.peek();
        if (token.is(".loc")) {
            source_line();
        } else if (token.is(".file")) {
            source_file();
        } else if (token.is(".pragma")) {
            tokens_.skip_past(";");
        } else if (token.is(".section")) {
            tokens_.skip_past("{");
            tokens_.skip_past("}");
        } else {
            return false;
        }
        return true;
    }

    void skip_line(std::uint32_t line) {
        while (tokens_.peek().kind != TokenKind::kEnd && tokens_.peek().position.line == line) {
            tokens_.take();
        }
    }

    /// ".loc file line column", possibly with ", inlined_at ...".
    void source_line() {
        const std::uint32_t line = tokens_.take().position.line;
        const Token& file = tokens_.expect(TokenKind::kInteger, "the number of a .file");
        const Token& number = tokens_.expect(TokenKind::kInteger, "a line");
        source_ = {static_cast<std::uint32_t>(file.bits), static_cast<std::uint32_t>(number.bits)};
        skip_line(line);
    }

    /// .file 1 "path", possibly with ", time, size".
    void source_file() {
        const std::uint32_t line = tokens_.take().position.line;
        const Token& number = tokens_.expect(TokenKind::kInteger, "the number of the file");
        const Token& path = tokens_.expect(TokenKind::kString, "the path of the file");
        module_.files.push_back({static_cast<std::uint32_t>(number.bits), path.text});
        skip_line(line);
    }

    /// What follows ".entry" or ".func" and its results.
    KernelNode function(std::vector<ParameterNode> returns) {
        KernelNode node;
        node.returns = std::move(returns);
        node.position = tokens_.peek().position;
        node.name = tokens_.expect(TokenKind::kWord, "the name of the function").text;
        node.parameters = parse_parameters(tokens_);
        while (tokens_.peek().kind == TokenKind::kDirective) performance_directive();
        if (tokens_.accept(";")) return node;  // a declaration
        node.defined = true;
        source_ = {};
        body(node);
        return node;
    }

    /// .maxntid and the like guide ptxas only.
    void performance_directive() {
        if (accept_debug_information()) return;
        const Token& token = tokens_.peek();
        if (token.is(".noreturn") || token.is(".unique")) {
            tokens_.take();
            return;
        }
        if (token.is(".abi_preserve") || token.is(".abi_preserve_control") ||
            token.is(".maxntid") || token.is(".reqntid") || token.is(".minnctapersm") ||
            token.is(".maxnctapersm") || token.is(".maxnreg")) {
            tokens_.take();
            do {
                tokens_.expect(TokenKind::kInteger, "a number");
            } while (tokens_.accept(","));
            return;
        }
        tokens_.unexpected("'{' or one of .maxntid, .reqntid, .minnctapersm, .maxnreg");
    }

    void body(KernelNode& node) {
        tokens_.expect("{");
        std::vector<std::uint32_t> open{0};
        while (true) {
            if (accept_debug_information()) continue;
            const Token& token = tokens_.peek();
            if (token.is("{")) {
                tokens_.take();
                node.scope_parents.push_back(open.back());
                open.push_back(static_cast<std::uint32_t>(node.scope_parents.size() - 1));
            } else if (token.is("}")) {
                node.end = tokens_.take().position;
                open.pop_back();
                if (open.empty()) return;
            } else if (token.is(".reg")) {
                parse_registers(tokens_, open.back(), node.registers);
            } else if (at_variable(tokens_)) {
                parse_variables(tokens_, false, open.back(), node.variables);
            } else if (token.is(".extern") && tokens_.peek(1).is(".shared")) {
                tokens_.take();
                parse_variables(tokens_, true, open.back(), node.variables);
            } else if (token.is(".branchtargets")) {
                branch_targets(node);
            } else if (token.is(".callprototype") || token.is(".calltargets")) {
                tokens_.skip_past(";");  // an indirect call itself is refused
            } else if (token.kind == TokenKind::kWord || token.is("@")) {
                node.statements.push_back(parse_statement(tokens_, open.back()));
                node.statements.back().source = source_;
            } else {
                tokens_.unexpected(
                    "an instruction, a label, .reg, .shared, .local, .const, .global, .param or "
                    "'}'");
            }
        }
    }

    /// "label: .branchtargets a, b, c;": they become operands of the label.
    void branch_targets(KernelNode& node) {
        const bool labelled = !node.statements.empty() && node.statements.back().opcode.empty() &&
                              node.statements.back().operands.empty();
        if (!labelled) tokens_.unexpected("a label before .branchtargets");
        tokens_.take();
        do {
            const Token& token = tokens_.expect(TokenKind::kWord, "a label");
            OperandNode label;
            label.position = token.position;
            label.text = token.text;
            node.statements.back().operands.push_back(label);
        } while (tokens_.accept(","));
        tokens_.expect(";");
    }

    TokenStream tokens_;
    ModuleNode module_;
    SourceLine source_;
};

}  // namespace

ModuleNode parse(std::string_view text, std::string_view file) { return Parser(text, file).run(); }

}  // namespace sptc::ptx

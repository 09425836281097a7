#include "sim/sweep/expression.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::sweep {

/// An operator with one or two operands, or a leaf: a literal or a name.
struct Expression::Node {
    std::string operation;  ///< "and", "<=", ...; "name" or "literal" for leaves
    Value value;
    std::unique_ptr<Node> left;
    std::unique_ptr<Node> right;
};

namespace {

using Node = Expression::Node;

// From the loosest to the tightest; '^', which binds from the right, and "not" stand apart.
const std::array<std::vector<std::string_view>, 5> kLevels{
    {{"or"}, {"and"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}};

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::unique_ptr<Node> whole() {
        constexpr std::size_t kLongest = 4000;  // as deep as a chain of operators can get
        if (text_.size() > kLongest) {
            throw base::ConfigError(
                fmt::format("a condition of {} characters: at most {}", text_.size(), kLongest));
        }
        auto node = level(0);
        skip();
        if (at_ < text_.size()) fail("expected an operator or the end");
        return node;
    }

  private:
    std::unique_ptr<Node> level(std::size_t depth) {
        if (depth == kLevels.size()) return unary();
        auto left = level(depth + 1);
        while (const auto operation = take(kLevels[depth])) {
            left = join(*operation, std::move(left), level(depth + 1));
        }
        return left;
    }

    std::unique_ptr<Node> unary() {
        // A chain of thousands of brackets must not exhaust the stack.
        constexpr int kDeepest = 100;
        if (++nesting_ > kDeepest) fail("too deeply nested");
        std::unique_ptr<Node> node;
        if (take({"not"})) {
            node = join("not", level(2), nullptr);
        } else if (take({"-"})) {
            node = join("negate", unary(), nullptr);
        } else {
            node = leaf();
            if (take({"^"})) node = join("^", std::move(node), unary());
        }
        --nesting_;
        return node;
    }

    std::unique_ptr<Node> leaf() {
        skip();
        if (take({"("})) {
            auto node = level(0);
            if (!take({")"})) fail("expected ')'");
            return node;
        }
        if (at_ >= text_.size()) fail("expected a number, a 'word' or a parameter");
        const char c = text_[at_];
        if (c == '\'') return make("literal", enclosed('\''));
        if (c == '{') return make("name", enclosed('}'));
        if ((c >= '0' && c <= '9') || c == '.') return make("literal", number());
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
        if (at_ == begin) fail("expected a number, a 'word' or a parameter");
        return make("name", std::string(text_.substr(begin, at_ - begin)));
    }

    double number() {
        double value = 0;
        const char* const begin = text_.data() + at_;
        const auto end = std::from_chars(begin, text_.data() + text_.size(), value);
        if (end.ec != std::errc()) fail("expected a number");
        at_ += static_cast<std::size_t>(end.ptr - begin);
        return value;
    }

    std::string enclosed(char closing) {
        const std::size_t end = text_.find(closing, at_ + 1);
        if (end == std::string_view::npos) fail(fmt::format("no closing {}", closing));
        const std::string inside(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return inside;
    }

    /// The first of these operators that stands here; words only as whole words.
    std::optional<std::string> take(const std::vector<std::string_view>& operators) {
        skip();
        for (const std::string_view operation : operators) {
            if (!text_.substr(at_).starts_with(operation)) continue;
            const std::size_t end = at_ + operation.size();
            if (is_name_character(operation[0]) && end < text_.size() &&
                is_name_character(text_[end])) {
                continue;
            }
            at_ = end;
            return std::string(operation);
        }
        return std::nullopt;
    }

    static std::unique_ptr<Node> make(std::string operation, Value value) {
        return std::make_unique<Node>(
            Node{std::move(operation), std::move(value), nullptr, nullptr});
    }
    static std::unique_ptr<Node> join(std::string operation, std::unique_ptr<Node> left,
                                      std::unique_ptr<Node> right) {
        return std::make_unique<Node>(
            Node{std::move(operation), 0.0, std::move(left), std::move(right)});
    }

    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    [[noreturn]] void fail(std::string_view what) const {
        throw base::ConfigError(fmt::format("column {} of \"{}\": {}", at_ + 1, text_, what));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int nesting_ = 0;
};

double number_of(const Value& value, std::string_view operation) {
    if (const auto* number = std::get_if<double>(&value)) return *number;
    throw base::ConfigError(
        fmt::format("'{}' needs numbers, found '{}'", operation, sweep::text(value)));
}

bool truth(const Value& value) { return number_of(value, "a condition") != 0; }

double compare(const std::string& operation, const Value& left, const Value& right) {
    if (left.index() != right.index()) {
        throw base::ConfigError(fmt::format("'{}' compares a number with a word: {} and {}",
                                            operation, sweep::text(left), sweep::text(right)));
    }
    if (operation == "==") return left == right;
    if (operation == "!=") return left != right;
    if (operation == "<") return left < right;
    if (operation == "<=") return left <= right;
    if (operation == ">") return left > right;
    return left >= right;
}

double calculate(const std::string& operation, double left, double right) {
    if (operation == "+") return left + right;
    if (operation == "-") return left - right;
    if (operation == "*") return left * right;
    if (operation == "^") return std::pow(left, right);
    if (right == 0) throw base::ConfigError("division by zero");
    return operation == "/" ? left / right : std::fmod(left, right);
}

Value evaluate(const Node& node, const Parameters& parameters) {
    if (node.operation == "literal") return node.value;
    if (node.operation == "name") {
        const auto found = parameters.find(std::get<std::string>(node.value));
        if (found != parameters.end()) return found->second;
        std::vector<std::string> names;
        for (const auto& [name, unused] : parameters) names.push_back(name);
        throw base::ConfigError(fmt::format("no parameter '{}': the point has {}",
                                            sweep::text(node.value), fmt::join(names, ", ")));
    }
    const Value left = evaluate(*node.left, parameters);
    if (node.operation == "not") return truth(left) ? 0.0 : 1.0;
    if (node.operation == "negate") return -number_of(left, "-");
    if (node.operation == "or" || node.operation == "and") {
        const bool decided = truth(left) == (node.operation == "or");
        if (decided) return truth(left) ? 1.0 : 0.0;
        return truth(evaluate(*node.right, parameters)) ? 1.0 : 0.0;
    }
    const Value right = evaluate(*node.right, parameters);
    for (const std::string_view comparison : kLevels[2]) {
        if (node.operation == comparison) return compare(node.operation, left, right);
    }
    return calculate(node.operation, number_of(left, node.operation),
                     number_of(right, node.operation));
}

}  // namespace

Expression::Expression(std::string text) : text_(std::move(text)), root_(Reader(text_).whole()) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

bool Expression::holds(const Parameters& parameters) const {
    try {
        return truth(evaluate(*root_, parameters));
    } catch (const base::ConfigError& error) {
        throw base::ConfigError(fmt::format("\"{}\": {}", text_, error.what()));
    }
}

}  // namespace sptc::sweep

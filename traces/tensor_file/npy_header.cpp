#include "traces/tensor_file/npy_header.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>

#include "models/base/error.hpp"
#include "traces/tensor_file/element_format.hpp"

namespace sptc::tensor_file {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A reader of the few Python literals that a header holds.
class Parser {
  public:
    Parser(std::string_view text, std::string_view file, std::uint64_t first_byte)
        : text_(text), file_(file), first_byte_(first_byte) {}

    [[nodiscard]] std::size_t position() const { return at_; }

    [[noreturn]] void fail(std::size_t position, std::string_view message) const {
        throw base::ConfigError(
            fmt::format("{}: byte {}: {}", file_, first_byte_ + position, message));
    }

    [[noreturn]] void fail_expected(std::string_view expected) const {
        std::string found = "the end of the header";
        if (at_ < text_.size()) {
            const char c = text_[at_];
            found = c >= ' ' && c <= '~' ? fmt::format("'{}'", c)
                                         : fmt::format("{:#04x}", static_cast<unsigned char>(c));
        }
        fail(at_, fmt::format("malformed .npy header: found {}, expected {}", found, expected));
    }

    /// Takes the character, after white space, if it comes next.
    bool take(char c) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    void expect(char c) {
        if (!take(c)) fail_expected(fmt::format("'{}'", c));
    }

    void expect_end() {
        skip_space();
        if (at_ != text_.size()) fail_expected("the end of the header");
    }

    std::string_view string(std::string_view expected) {
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"') fail_expected(expected);
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos)
            fail(at_, "malformed .npy header: the string never ends");
        const std::string_view content = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return content;
    }

    bool boolean() {
        skip_space();
        for (const auto& [word, value] :
             {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            return value;
        }
        fail_expected("True or False");
    }

    std::uint64_t integer() {
        skip_space();
        if (at_ == text_.size() || !is_digit(text_[at_])) fail_expected("a non-negative integer");
        const std::size_t start = at_;
        std::uint64_t value = 0;
        for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
            const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
                fail(start, "malformed .npy header: the extent exceeds 64 bits");
            }
            value = value * 10 + digit;
        }
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote long integers so
        return value;
    }

    std::vector<std::uint64_t> shape() {
        std::vector<std::uint64_t> extents;
        expect('(');
        while (!take(')')) {
            extents.push_back(integer());
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return extents;
    }

  private:
    void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    std::string_view text_;
    std::string_view file_;
    std::uint64_t first_byte_;
    std::size_t at_ = 0;
};

types::DataType parse_type(Parser& parser) {
    const std::string_view descr =
        parser.string("a quoted type such as '<f2' (structured types are not supported)");
    const std::size_t start = parser.position() - descr.size() - 1;
    if (const auto type = npy_type(descr)) return *type;
    if (descr.starts_with('>')) {
        parser.fail(start, fmt::format("type '{}' is big-endian, expected little-endian: one of {}",
                                       descr, npy_spellings()));
    }
    parser.fail(start, fmt::format("type '{}', expected one of {}", descr, npy_spellings()));
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text, std::string_view file, std::uint64_t first_byte) {
    Parser parser(text, file, first_byte);
    std::optional<types::DataType> type;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::uint64_t>> shape;
    parser.expect('{');
    while (!parser.take('}')) {
        const std::string_view key = parser.string("a quoted key or '}'");
        const std::size_t start = parser.position() - key.size() - 1;
        parser.expect(':');
        if (key == "descr" && !type) {
            type = parse_type(parser);
        } else if (key == "fortran_order" && !fortran_order) {
            fortran_order = parser.boolean();
        } else if (key == "shape" && !shape) {
            shape = parser.shape();
        } else {
            parser.fail(start, fmt::format("malformed .npy header: unknown or repeated key '{}', "
                                           "expected descr, fortran_order and shape once each",
                                           key));
        }
        if (!parser.take(',')) {
            parser.expect('}');
            break;
        }
    }
    if (!type || !fortran_order || !shape) {
        parser.fail(0, fmt::format("malformed .npy header: the key '{}' is missing",
                                   !type            ? "descr"
                                   : !fortran_order ? "fortran_order"
                                                    : "shape"));
    }
    parser.expect_end();
    return {*type, *fortran_order, *std::move(shape)};
}

}  // namespace sptc::tensor_file

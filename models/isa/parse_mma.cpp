#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "models/base/error.hpp"
#include "models/isa/extended_form.hpp"
#include "models/isa/mma.hpp"

namespace sptc::isa {
namespace {

using types::DataType;

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

struct Shape {
    int m, n, k;
};

std::optional<Shape> parse_shape(std::string_view text) {
    Shape shape{};
    for (auto [letter, target] : {std::pair{'m', &shape.m}, {'n', &shape.n}, {'k', &shape.k}}) {
        if (text.empty() || text.front() != letter) return std::nullopt;
        const char* begin = text.data() + 1;
        const auto [end, error] = std::from_chars(begin, text.data() + text.size(), *target);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.empty() ? std::optional(shape) : std::nullopt;
}

std::optional<DataType> parse_type(std::string_view text) {
    for (const types::DataTypeRow& row : types::data_types()) {
        if (row.name == text) return row.type;
    }
    return std::nullopt;
}

std::optional<Rounding> parse_rounding(std::string_view text) {
    if (text == "rn") return Rounding::kNearestEven;
    if (text == "rz") return Rounding::kTowardZero;
    if (text == "rm") return Rounding::kDown;
    if (text == "rp") return Rounding::kUp;
    return std::nullopt;
}

/// The qualifiers of one instruction, as far as they have been read.
struct Qualifiers {
    bool sparse = false;
    MetadataOrdering ordering = MetadataOrdering::kAny;
    std::optional<std::string_view> pattern;  ///< of .sptc::nNmM[::FORMAT]
    bool sync = false;
    bool aligned = false;
    bool saturating = false;
    std::optional<Rounding> rounding;
    bool popc = false;
    std::optional<DotKind> bit_operation;
    std::vector<Major> majors;
    std::optional<Shape> shape;
    std::vector<DataType> types;  ///< D, A, B, C
};

class Reader {
  public:
    explicit Reader(std::string_view instruction) : instruction_(instruction) {}

    MmaSpelling read() {
        const std::vector<std::string_view> parts = split(instruction_, '.');
        if (parts.front() != "mma") reject("does not begin with 'mma'");
        for (std::size_t i = 1; i < parts.size(); ++i) take(parts[i]);
        if (!read_.sync) reject("'.sync' is missing");
        if (!read_.aligned) reject("'.aligned' is missing");
        if (!read_.shape) reject("no shape such as .m16n8k16");
        if (read_.majors.size() != 2) reject("the layouts .row.col are missing");
        if (read_.types.size() != 4) {
            reject(fmt::format("expected 4 types (D, A, B, C), found {}", read_.types.size()));
        }
        if (read_.bit_operation && !read_.popc) reject("'.popc' is missing");
        if (read_.sparse && read_.pattern) return with_pattern();
        for (const MmaForm& form : mma_forms()) {
            if (!fits(form)) continue;
            require_pattern(form);
            return {&form, read_.ordering};
        }
        reject("no such form");
    }

  private:
    void take(std::string_view part) {
        if (part == "sp" || part == "sp::ordered_metadata") {
            if (read_.sparse) reject("two sparsity qualifiers");
            read_.sparse = true;
            if (part != "sp") read_.ordering = MetadataOrdering::kOrdered;
        } else if (part.starts_with("sptc::")) {
            read_.pattern = part.substr(6);
        } else if (part == "sync") {
            read_.sync = true;
        } else if (part == "aligned") {
            if (read_.aligned) reject("'.aligned' twice");
            read_.aligned = true;
        } else if (part == "satfinite") {
            read_.saturating = true;
        } else if (const auto rounding = parse_rounding(part)) {
            if (read_.rounding) reject("two roundings");
            read_.rounding = rounding;
        } else if (part == "popc") {
            if (!read_.bit_operation) reject("'.popc' must follow '.xor' or '.and'");
            read_.popc = true;
        } else if (part == "xor" || part == "and") {
            if (read_.bit_operation) reject("two bit operations");
            read_.bit_operation = part == "xor" ? DotKind::kXorPopc : DotKind::kAndPopc;
        } else if (part == "row" || part == "col") {
            if (read_.majors.size() == 2) reject("a third layout");
            read_.majors.push_back(part == "row" ? Major::kRow : Major::kColumn);
        } else if (const auto shape = parse_shape(part)) {
            if (read_.shape) reject("two shapes");
            read_.shape = shape;
        } else if (const auto type = parse_type(part)) {
            read_.types.push_back(*type);
        } else {
            reject(fmt::format("unknown qualifier '.{}'", part));
        }
    }

    [[nodiscard]] bool same_types(const MmaForm& form) const {
        return form.d == read_.types[0] && form.a == read_.types[1] && form.b == read_.types[2] &&
               form.c == read_.types[3];
    }

    [[nodiscard]] bool fits(const MmaForm& form) const {
        const bool bits = form.dot == DotKind::kAndPopc || form.dot == DotKind::kXorPopc;
        return form.sparse() == read_.sparse && form.m == read_.shape->m &&
               form.n == read_.shape->n && form.k_logical == read_.shape->k && same_types(form) &&
               form.saturating == read_.saturating && form.a_major == read_.majors[0] &&
               form.b_major == read_.majors[1] && bits == read_.bit_operation.has_value() &&
               (!bits || form.dot == *read_.bit_operation) &&
               (!read_.rounding || form.dot == DotKind::kF64) &&
               form.rounding == read_.rounding.value_or(Rounding::kNearestEven);
    }

    void require_pattern(const MmaForm&) const {
        if (read_.pattern) reject("a pattern without '.sp'");
    }

    /// A pattern that the hardware has names the hardware's form, unless an index format is named
    /// too; any other is an extended form.
    [[nodiscard]] MmaSpelling with_pattern() const {
        const std::size_t colons = read_.pattern->find("::");
        const auto text = read_.pattern->substr(0, colons);
        const bool has_format = colons != std::string_view::npos;
        for (const MmaForm& form : mma_forms()) {
            if (has_format || !fits(form)) continue;
            const sparsity::Pattern& its = *form.metadata->pattern;
            if (text == fmt::format("n{}m{}", its.n, its.m)) return {&form, read_.ordering};
        }
        if (read_.shape->m != 16 || read_.shape->n != 8 || read_.types[0] != read_.types[3] ||
            read_.majors[0] != Major::kRow || read_.majors[1] != Major::kColumn || read_.rounding ||
            read_.bit_operation) {
            reject("an N:M form is m16n8, .row.col, with C as D");
        }
        try {
            const sparsity::IndexFormat format =
                has_format ? sparsity::parse_index_format(read_.pattern->substr(colons + 2))
                           : sparsity::IndexFormat::kCoordinate;
            const ExtendedKey key{&read_pattern(text), format,         read_.types[1],
                                  read_.types[2],      read_.types[0], read_.saturating};
            return {&extended_form(key, read_.shape->k), MetadataOrdering::kOrdered};
        } catch (const base::ConfigError& problem) {
            throw base::ConfigError(fmt::format("'{}': {}", instruction_, problem.what()));
        }
    }

    /// "n2m4"
    [[nodiscard]] const sparsity::Pattern& read_pattern(std::string_view text) const {
        const std::size_t m = text.find('m');
        if (!text.starts_with('n') || m == std::string_view::npos) {
            reject(fmt::format("'.sptc::{}' is no pattern such as .sptc::n1m4", text));
        }
        return sparsity::find_pattern(
            fmt::format("{}:{}", text.substr(1, m - 1), text.substr(m + 1)));
    }

    /// Names the forms that share most with what was read.
    [[noreturn]] void reject(std::string_view reason) const {
        const auto type = [this](std::size_t i) {
            return i < read_.types.size() ? std::optional(read_.types[i]) : std::nullopt;
        };
        const auto known = [&](auto&& similar) {
            std::vector<std::string> names;
            for (const MmaForm& form : mma_forms()) {
                if (similar(form)) names.push_back("  " + form.ptx_name());
            }
            return names;
        };
        auto names = known([&](const MmaForm& form) {
            return form.sparse() == read_.sparse && form.d == type(0) && form.a == type(1) &&
                   form.b == type(2);
        });
        if (names.empty()) names = known([&](const MmaForm& form) { return form.a == type(1); });
        if (names.empty()) {
            names.push_back(
                "  mma[.sp].sync.aligned.SHAPE.row.col.D.A.B.C; `sptc list ops` has all");
        }
        throw base::ConfigError(fmt::format("'{}': {}; the known forms are\n{}", instruction_,
                                            reason, fmt::join(names, "\n")));
    }

    std::string_view instruction_;
    Qualifiers read_;
};

}  // namespace

MmaSpelling parse_mma(std::string_view instruction) { return Reader(instruction).read(); }

}  // namespace sptc::isa

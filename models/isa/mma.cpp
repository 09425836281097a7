#include "models/isa/mma.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

using types::DataType;

// PTX ISA 9.1, warp-level mma and mma.sp. Sparse shapes name the logical K.
std::vector<MmaForm> build_forms() {
    const sparsity::Pattern& two_of_four = sparsity::find_pattern("2:4");
    constexpr DataType f16 = DataType::kF16;
    constexpr DataType f32 = DataType::kF32;
    return {
        {16, 8, 8, 8, f16, f16, f32, f32, nullptr},
        {16, 8, 16, 16, f16, f16, f32, f32, nullptr},
        {16, 8, 8, 8, f16, f16, f16, f16, nullptr},
        {16, 8, 16, 16, f16, f16, f16, f16, nullptr},
        {16, 8, 16, 8, f16, f16, f32, f32, &two_of_four},
        {16, 8, 32, 16, f16, f16, f32, f32, &two_of_four},
        {16, 8, 16, 8, f16, f16, f16, f16, &two_of_four},
        {16, 8, 32, 16, f16, f16, f16, f16, &two_of_four},
    };
}

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

[[noreturn]] void reject(std::string_view instruction, std::string_view reason) {
    std::vector<std::string> known;
    for (const MmaForm& form : mma_forms()) known.push_back("  " + form.ptx_name());
    throw base::ConfigError(fmt::format("'{}': {}; the known forms are\n{}", instruction, reason,
                                        fmt::join(known, "\n")));
}

}  // namespace

std::string MmaForm::shape_name() const { return fmt::format("m{}n{}k{}", m, n, k_logical); }

std::string MmaForm::ptx_name() const {
    return fmt::format("mma{}.sync.aligned.{}.row.col.{}.{}.{}.{}",
                       sparse() ? ".sp::ordered_metadata" : "", shape_name(), types::name(d),
                       types::name(a), types::name(b), types::name(c));
}

std::span<const MmaForm> mma_forms() {
    static const std::vector<MmaForm> forms = build_forms();
    return forms;
}

const MmaForm* find_form(bool sparse, int m, int n, int k_logical, DataType d, DataType a,
                         DataType b, DataType c) {
    for (const MmaForm& form : mma_forms()) {
        if (form.sparse() == sparse && form.m == m && form.n == n && form.k_logical == k_logical &&
            form.d == d && form.a == a && form.b == b && form.c == c) {
            return &form;
        }
    }
    return nullptr;
}

const MmaForm& parse_mma(std::string_view instruction) {
    const std::vector<std::string_view> parts = split(instruction, '.');
    if (parts.front() != "mma") reject(instruction, "does not begin with 'mma'");
    bool sparse = false;
    bool synchronous = false;
    int layouts = 0;
    std::optional<Shape> shape;
    std::vector<DataType> operand_types;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = parts[i];
        if (part == "sp" || part == "sp::ordered_metadata") {
            sparse = true;
        } else if (part.starts_with("sptc::")) {
            const std::string_view pattern = part.substr(6);
            if (pattern != "n2m4") {
                reject(
                    instruction,
                    fmt::format("pattern '{}' has no datapath on this GPU (it has n2m4)", pattern));
            }
        } else if (part == "sync") {
            synchronous = true;
        } else if (part == "aligned") {
        } else if (part == "row" || part == "col") {
            const std::string_view expected = layouts == 0 ? "row" : "col";
            if (layouts > 1 || part != expected) {
                reject(instruction, "A must be .row and B .col, written in this order");
            }
            ++layouts;
        } else if (auto parsed = parse_shape(part)) {
            shape = parsed;
        } else {
            try {
                operand_types.push_back(types::parse_data_type(part));
            } catch (const base::ConfigError&) {
                reject(instruction, fmt::format("unknown qualifier '.{}'", part));
            }
        }
    }
    if (!synchronous) reject(instruction, "'.sync' is missing");
    if (!shape) reject(instruction, "no shape such as .m16n8k16");
    if (layouts != 2) reject(instruction, "the layouts .row.col are missing");
    if (operand_types.size() != 4) {
        reject(instruction,
               fmt::format("expected 4 types (D, A, B, C), found {}", operand_types.size()));
    }
    const MmaForm* form = find_form(sparse, shape->m, shape->n, shape->k, operand_types[0],
                                    operand_types[1], operand_types[2], operand_types[3]);
    if (form == nullptr) reject(instruction, "no such form");
    return *form;
}

}  // namespace sptc::isa

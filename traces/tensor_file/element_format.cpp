#include "traces/tensor_file/element_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

namespace sptc::tensor_file {
namespace {

using types::DataType;

constexpr std::array kFormats{
    ElementFormat{DataType::kF16, "<f2", "F16"}, ElementFormat{DataType::kBf16, "", "BF16"},
    ElementFormat{DataType::kF32, "<f4", "F32"}, ElementFormat{DataType::kF64, "<f8", "F64"},
    ElementFormat{DataType::kU8, "|u1", "U8"},   ElementFormat{DataType::kS8, "|i1", "I8"},
    ElementFormat{DataType::kU16, "<u2", "U16"}, ElementFormat{DataType::kU32, "<u4", "U32"},
    ElementFormat{DataType::kS32, "<i4", "I32"},
};

std::string spellings(std::string_view ElementFormat::*column) {
    std::vector<std::string_view> known;
    for (const ElementFormat& format : kFormats) {
        if (!(format.*column).empty()) known.push_back(format.*column);
    }
    return fmt::format("{}", fmt::join(known, ", "));
}

std::optional<DataType> find(std::string_view spelling, std::string_view ElementFormat::*column) {
    for (const ElementFormat& format : kFormats) {
        if (!spelling.empty() && format.*column == spelling) return format.type;
    }
    return std::nullopt;
}

}  // namespace

std::span<const ElementFormat> element_formats() { return kFormats; }

std::optional<DataType> npy_type(std::string_view descr) {
    std::string spelling(descr);
    // "=" is the writer's order; only little-endian machines build this project.
    if (spelling.starts_with('=')) spelling.front() = '<';
    if (spelling == "<u1" || spelling == "<i1") spelling.front() = '|';
    return find(spelling, &ElementFormat::npy);
}

std::optional<DataType> safetensors_type(std::string_view dtype) {
    return find(dtype, &ElementFormat::safetensors);
}

std::string_view npy_descr(DataType type) {
    for (const ElementFormat& format : kFormats) {
        if (format.type == type) return format.npy;
    }
    return {};
}

std::string npy_spellings() { return spellings(&ElementFormat::npy); }
std::string safetensors_spellings() { return spellings(&ElementFormat::safetensors); }

}  // namespace sptc::tensor_file

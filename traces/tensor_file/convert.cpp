#include "traces/tensor_file/convert.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "models/base/error.hpp"

namespace sptc::tensor_file {
namespace {

using types::DataType;

float bf16_to_f32(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

/// Calls take(value) for every element in order.
template <class Take>
void for_each_value(const Matrix& matrix, std::string_view what, Take take) {
    switch (matrix.type) {
        case DataType::kF16:
            for (const auto bits : elements_of<std::uint16_t>(matrix))
                take(types::f16_to_f64(bits));
            return;
        case DataType::kBf16:
            for (const auto bits : elements_of<std::uint16_t>(matrix)) take(bf16_to_f32(bits));
            return;
        case DataType::kF32:
            for (const float value : elements_of<float>(matrix)) take(value);
            return;
        case DataType::kF64:
            for (const double value : elements_of<double>(matrix)) take(value);
            return;
        default:
            throw base::ConfigError(fmt::format("{}: type {}, expected one of f16, bf16, f32, f64",
                                                what, types::name(matrix.type)));
    }
}

bool is_infinite(std::uint16_t f16) { return (f16 & 0x7fff) == 0x7c00; }
bool is_infinite(float value) { return std::isinf(value); }

template <class E, class Narrow>
Converted<E> convert(const Matrix& matrix, std::string_view what, Narrow narrow) {
    Converted<E> out{matrix.rows, matrix.columns, {}, 0};
    out.elements.reserve(matrix.rows * matrix.columns);
    for_each_value(matrix, what, [&](double value) {
        out.elements.push_back(narrow(value));
        if (std::isfinite(value) && is_infinite(out.elements.back())) ++out.overflowed;
    });
    return out;
}

}  // namespace

Converted<std::uint16_t> to_f16(const Matrix& matrix, std::string_view what) {
    if (matrix.type == DataType::kF16) {
        return {matrix.rows, matrix.columns, elements_of<std::uint16_t>(matrix), 0};
    }
    return convert<std::uint16_t>(matrix, what, types::f64_to_f16);
}

Converted<float> to_f32(const Matrix& matrix, std::string_view what) {
    return convert<float>(matrix, what, [](double value) { return static_cast<float>(value); });
}

}  // namespace sptc::tensor_file

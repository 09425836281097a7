#include "sim/commands/any_matrix.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "models/base/error.hpp"
#include "traces/tensor_file/convert.hpp"
#include "traces/tensor_file/read_matrix.hpp"

namespace sptc::commands {
namespace {

using types::DataType;

template <class E>
sparsity::Dense<E> dense_of(const tensor_file::Matrix& matrix) {
    return {matrix.rows, matrix.columns, tensor_file::elements_of<E>(matrix)};
}

template <class Integer>
sparsity::Dense<double> widened(const tensor_file::Matrix& matrix) {
    const std::vector<Integer> elements = tensor_file::elements_of<Integer>(matrix);
    return {matrix.rows, matrix.columns, {elements.begin(), elements.end()}};
}

}  // namespace

AnyDense take_dense(tensor_file::Matrix&& taken) {
    const tensor_file::Matrix matrix = std::move(taken);
    switch (matrix.type) {
        case DataType::kF16:
            return dense_of<std::uint16_t>(matrix);
        case DataType::kF32:
            return dense_of<float>(matrix);
        case DataType::kF64:
            return dense_of<double>(matrix);
        case DataType::kU8:
            return widened<std::uint8_t>(matrix);
        case DataType::kS8:
            return widened<std::int8_t>(matrix);
        case DataType::kU16:
            return widened<std::uint16_t>(matrix);
        case DataType::kU32:
            return widened<std::uint32_t>(matrix);
        case DataType::kS32:
            return widened<std::int32_t>(matrix);
        default:
            return sparsity::Dense<float>{
                matrix.rows, matrix.columns,
                tensor_file::to_f32(matrix, types::name(matrix.type)).elements};
    }
}

WeightMatrix read_weights(const std::string& path) {
    tensor_file::Matrix matrix = tensor_file::read_matrix(path);
    const DataType type = matrix.type;
    if (types::row(type).exponent_bits == 0) {
        throw base::ConfigError(fmt::format("{}: type {}, expected one of f16, bf16, f32, f64",
                                            path, types::name(type)));
    }
    const DataType wide = type == DataType::kBf16 ? DataType::kF32 : type;
    return {type, wide, matrix.rows, matrix.columns, take_dense(std::move(matrix))};
}

std::string type_and_shape(DataType type, std::uint64_t rows, std::uint64_t columns) {
    return fmt::format("{} {}", types::name(type),
                       tensor_file::shape_text(std::array{rows, columns}));
}

void warn(const std::string& message) { fmt::print(stderr, "sptc: warning: {}\n", message); }

}  // namespace sptc::commands

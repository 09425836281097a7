#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.hpp"
#include "models/types/data_type.hpp"

namespace sptc::tensor_file {

static_assert(std::endian::native == std::endian::little, "tensor files are little-endian");

/// A matrix as it comes from a file: [rows x columns] row-major without gaps, little-endian
/// elements. A weight of torch.nn.Linear is [out x in], that is the M x K of a GEMM.
struct Matrix {
    types::DataType type = types::DataType::kF32;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::vector<std::byte> data;  ///< rows * columns elements
};

/// A tensor of any number of dimensions: `matrix` holds its elements as [all but the last extent x
/// the last extent].
struct Tensor {
    std::vector<std::uint64_t> shape;
    Matrix matrix;
};

/// The extents of a matrix in a file, proven to fit into 64 bits.
struct MatrixExtent {
    std::uint64_t rows;
    std::uint64_t columns;
    std::uint64_t bytes;
};

/// Checks that a shape is that of a matrix with at least one element. Throws ConfigError that
/// begins with `where`.
[[nodiscard]] MatrixExtent matrix_extent(std::span<const std::uint64_t> shape, types::DataType type,
                                         std::string_view where);

/// The same for any number of dimensions: the extents of Tensor::matrix.
[[nodiscard]] MatrixExtent tensor_extent(std::span<const std::uint64_t> shape, types::DataType type,
                                         std::string_view where);

/// "[768 x 3072]"
[[nodiscard]] std::string shape_text(std::span<const std::uint64_t> shape);

/// The elements of a matrix as values of a C++ type of the same size (std::uint16_t for f16 bits,
/// float, double).
template <class E>
[[nodiscard]] std::vector<E> elements_of(const Matrix& matrix) {
    SPTC_ASSERT(types::bits(matrix.type) == static_cast<int>(8 * sizeof(E)));
    std::vector<E> elements(matrix.data.size() / sizeof(E));
    if (!elements.empty()) std::memcpy(elements.data(), matrix.data.data(), matrix.data.size());
    return elements;
}

/// The inverse: a matrix of `type` that copies `elements`.
template <class E>
[[nodiscard]] Matrix matrix_of(types::DataType type, std::uint64_t rows, std::uint64_t columns,
                               const std::vector<E>& elements) {
    SPTC_ASSERT(types::bits(type) == static_cast<int>(8 * sizeof(E)));
    SPTC_ASSERT(elements.size() == rows * columns);
    const auto bytes = std::as_bytes(std::span(elements));
    return {type, rows, columns, {bytes.begin(), bytes.end()}};
}

}  // namespace sptc::tensor_file

#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/sparsity/dense.hpp"
#include "models/types/data_type.hpp"
#include "traces/tensor_file/matrix.hpp"

namespace sptc::commands {

/// A matrix in an element type that holds every element exactly: f16 bits, f32 or f64.
using AnyDense =
    std::variant<sparsity::Dense<std::uint16_t>, sparsity::Dense<float>, sparsity::Dense<double>>;

/// f16, f32 and f64 as they are, bf16 as f32, integers as f64. The data of `matrix` is released.
[[nodiscard]] AnyDense take_dense(tensor_file::Matrix&& matrix);

/// A matrix from a file, for verbs that change values.
struct WeightMatrix {
    types::DataType file_type;
    types::DataType type;  ///< of `dense`: f16, f32 or f64
    std::size_t rows;
    std::size_t columns;
    AnyDense dense;
};

/// Reads FILE.npy or FILE.safetensors[:TENSOR]. Throws ConfigError when that is no matrix of
/// floating-point elements.
[[nodiscard]] WeightMatrix read_weights(const std::string& path);

/// The little-endian elements of values of any type.
template <class E>
[[nodiscard]] std::span<const std::byte> bytes_of(const std::vector<E>& elements) {
    return std::as_bytes(std::span(elements));
}

/// "f16 [384 x 1536]"
[[nodiscard]] std::string type_and_shape(types::DataType type, std::uint64_t rows,
                                         std::uint64_t columns);

/// Prints "sptc: warning: MESSAGE" to stderr.
void warn(const std::string& message);

}  // namespace sptc::commands

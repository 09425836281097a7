#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/tensor_file/matrix.hpp"

namespace sptc::tensor_file {

/// The elements of a converted matrix, [rows x columns] row-major.
template <class E>
struct Converted {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::vector<E> elements;
    std::uint64_t overflowed = 0;  ///< finite values that became infinity: worth a warning
};

/// f16 bits of an f16 (unchanged), bf16, f32 or f64 matrix; rounded once, to nearest even; NaN
/// gives 0x7fff. Throws ConfigError naming `what` for other types.
[[nodiscard]] Converted<std::uint16_t> to_f16(const Matrix& matrix, std::string_view what);

/// The same to f32: exact for all but f64.
[[nodiscard]] Converted<float> to_f32(const Matrix& matrix, std::string_view what);

}  // namespace sptc::tensor_file

#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::gemm {

/// The order in which values [rows x columns] are laid out: as they stand, or columns first.
enum class Order : std::uint8_t { kRows, kColumns };

/// Values that a type holds exactly, as the bytes of a matrix in memory: lines of `pitch` elements
/// (rows, or columns of kColumns), little-endian, elements below a byte from its low bits up; the
/// padding is zero. A pitch that fills no whole bytes is legal for one whole matrix only: lines
/// then begin inside a byte.
[[nodiscard]] std::vector<std::byte> element_bytes(types::DataType type,
                                                   std::span<const double> values, std::size_t rows,
                                                   std::size_t columns, std::size_t pitch,
                                                   Order order = Order::kRows);

}  // namespace sptc::gemm

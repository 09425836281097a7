#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/sparsity/dense.hpp"

namespace sptc::sparsity {

/// The extents of a 2:4 f16 operand A in device memory.
struct SparseOperandLayout {
    std::size_t k_padded;  ///< logical K rounded up; a multiple of 32, so that words come in pairs
    std::size_t value_pitch;    ///< elements from one row of values to the next, >= k_padded / 2
    std::size_t metadata_rows;  ///< M rounded up; a multiple of 32
};

/// A compressed and padded for mma.sp. Padding has value +0 and the legal nibble 0xe (positions 2
/// and 3).
struct SparseOperand {
    std::vector<std::uint16_t>
        values;  ///< f16 bits [M x value_pitch] row-major, +0 from k_padded / 2 on
    std::vector<std::uint16_t>
        metadata;  ///< [metadata_rows x k_padded / 16] in the order of metadata_order.hpp
};

/// Compresses A [M x K], which must be 2:4 sparse. Throws ConfigError as require_pattern does,
/// naming `what`.
[[nodiscard]] SparseOperand make_sparse_operand(const Dense<std::uint16_t>& a,
                                                const SparseOperandLayout& layout,
                                                std::string_view what = "A");

}  // namespace sptc::sparsity

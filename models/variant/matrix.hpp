#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sptc::variant {

/// A row-major matrix of int8, or of its s32 results.
template <class E>
struct Matrix {
    int rows = 0;
    int columns = 0;
    std::vector<E> elements;  ///< rows * columns

    Matrix() = default;
    Matrix(int r, int c)
        : rows(r),
          columns(c),
          elements(static_cast<std::size_t>(r) * static_cast<std::size_t>(c)) {}

    [[nodiscard]] E* row(int r) {
        return elements.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(columns);
    }
    [[nodiscard]] const E* row(int r) const {
        return elements.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(columns);
    }
    [[nodiscard]] E at(int r, int c) const { return row(r)[c]; }
    bool operator==(const Matrix&) const = default;
};

using Int8Matrix = Matrix<std::int8_t>;
using Int32Matrix = Matrix<std::int32_t>;

/// What a variant multiplies: D [M x N] = A [M x K] . B [K x N].
struct Operands {
    Int8Matrix a;  ///< weights, pruned to the pattern
    Int8Matrix b;  ///< activations
};

/// The exact product, element by element: what every variant must give.
[[nodiscard]] Int32Matrix reference_product(const Operands& operands);

}  // namespace sptc::variant

#include "traces/gemm/elements.hpp"

#include <cstring>

#include "models/base/error.hpp"
#include "models/types/value.hpp"

namespace sptc::gemm {
namespace {

constexpr std::size_t kByteBits = 8;

void set_element(std::span<std::byte> bytes, std::size_t bits, std::size_t index,
                 std::uint64_t element) {
    const std::size_t first = index * bits;
    if (bits >= kByteBits) {
        std::memcpy(&bytes[first / kByteBits], &element, bits / kByteBits);
    } else {
        bytes[first / kByteBits] |= static_cast<std::byte>(element << first % kByteBits);
    }
}

}  // namespace

std::vector<std::byte> element_bytes(types::DataType type, std::span<const double> values,
                                     std::size_t rows, std::size_t columns, std::size_t pitch,
                                     Order order) {
    const bool by_rows = order == Order::kRows;
    SPTC_ASSERT(values.size() == rows * columns && pitch >= (by_rows ? columns : rows));
    const auto bits = static_cast<std::size_t>(types::bits(type));
    const std::size_t lines = by_rows ? rows : columns;
    std::vector<std::byte> out((lines * pitch * bits + kByteBits - 1) / kByteBits);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            const std::size_t at = by_rows ? row * pitch + column : column * pitch + row;
            set_element(out, bits, at, types::nearest_bits(type, values[row * columns + column]));
        }
    }
    return out;
}

}  // namespace sptc::gemm

#include "traces/tensor_file/matrix.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace sptc::tensor_file {

MatrixExtent matrix_extent(std::span<const std::uint64_t> shape, types::DataType type,
                           std::string_view where) {
    if (shape.size() != 2) {
        throw base::ConfigError(
            fmt::format("{}: shape {} has {} dimensions, expected 2 (rows, columns)", where,
                        shape_text(shape), shape.size()));
    }
    const std::uint64_t rows = shape[0];
    const std::uint64_t columns = shape[1];
    if (rows == 0 || columns == 0) {
        throw base::ConfigError(fmt::format(
            "{}: shape {}, expected at least one row and one column", where, shape_text(shape)));
    }
    const auto element_bytes = static_cast<std::uint64_t>(types::bits(type) / 8);
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (rows > kMost / columns || rows * columns > kMost / element_bytes) {
        throw base::ConfigError(fmt::format("{}: shape {} of {} needs more than {} bytes", where,
                                            shape_text(shape), types::name(type), kMost));
    }
    return {rows, columns, rows * columns * element_bytes};
}

std::string shape_text(std::span<const std::uint64_t> shape) {
    return fmt::format("[{}]", fmt::join(shape, " x "));
}

}  // namespace sptc::tensor_file

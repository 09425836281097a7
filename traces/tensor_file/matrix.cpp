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
    if (shape[0] == 0 || shape[1] == 0) {
        throw base::ConfigError(fmt::format(
            "{}: shape {}, expected at least one row and one column", where, shape_text(shape)));
    }
    return tensor_extent(shape, type, where);
}

MatrixExtent tensor_extent(std::span<const std::uint64_t> shape, types::DataType type,
                           std::string_view where) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    std::uint64_t bytes = static_cast<std::uint64_t>(types::bits(type) / 8);
    for (const std::uint64_t extent : shape) {
        if (extent == 0) {
            throw base::ConfigError(fmt::format("{}: shape {}, expected at least one element",
                                                where, shape_text(shape)));
        }
        if (bytes > kMost / extent) {
            throw base::ConfigError(fmt::format("{}: shape {} of {} needs more than {} bytes",
                                                where, shape_text(shape), types::name(type),
                                                kMost));
        }
        bytes *= extent;
    }
    const std::uint64_t elements = bytes / static_cast<std::uint64_t>(types::bits(type) / 8);
    const std::uint64_t columns = shape.empty() ? 1 : shape.back();
    return {elements / columns, columns, bytes};
}

std::string shape_text(std::span<const std::uint64_t> shape) {
    return fmt::format("[{}]", fmt::join(shape, " x "));
}

}  // namespace sptc::tensor_file

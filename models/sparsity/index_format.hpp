#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "models/sparsity/bit_stream.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::sparsity {

/// How the positions of the N kept elements of a group of M are written down.
enum class IndexFormat : std::uint8_t {
    kCoordinate,    ///< the position of each, ceil(log2 M) bits, ascending
    kBitmask,       ///< M bits, bit i set when element i is kept
    kCombinatorial  ///< the number of the subset, ceil(log2 C(M, N)) bits: sum of C(position_i, i +
                    ///< 1) over the kept ones, i counted from 0 (the combinatorial number system)
};

struct IndexFormatRow {
    IndexFormat format;
    std::string_view name;  ///< "coordinate"
    std::string_view note;
};
[[nodiscard]] std::span<const IndexFormatRow> index_formats();
[[nodiscard]] std::string_view name(IndexFormat format);

/// The format of a name. Throws ConfigError listing the names.
[[nodiscard]] IndexFormat parse_index_format(std::string_view name);

/// Metadata bits of one group.
[[nodiscard]] int group_bits(IndexFormat format, const Pattern& pattern);

/// Appends the metadata of one group: n ascending positions below m.
void write_group(IndexFormat format, const Pattern& pattern,
                 std::span<const std::uint8_t> positions, BitWriter& out);

/// Reads the next group into n positions. False when the bits name no group of the pattern
/// (positions that do not ascend below m, another number of ones, a subset number of C(M, N) or
/// more); then `positions` holds nothing useful, and all bits of the group have been read.
[[nodiscard]] bool read_group(IndexFormat format, const Pattern& pattern, BitReader& in,
                              std::span<std::uint8_t> positions);

}  // namespace sptc::sparsity

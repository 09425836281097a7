#include "models/sparsity/index_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::sparsity {
namespace {

constexpr std::array kFormats{
    IndexFormatRow{IndexFormat::kCoordinate, "coordinate", "N positions of ceil(log2 M) bits"},
    IndexFormatRow{IndexFormat::kBitmask, "bitmask", "M bits, one for each element"},
    IndexFormatRow{IndexFormat::kCombinatorial, "combinatorial",
                   "the number of the subset, ceil(log2 C(M, N)) bits"},
};

/// Pascal's triangle: C(m, n) for m, n <= kMaxPatternGroup; the largest, C(32, 16), fits 32 bits.
class Binomials {
  public:
    constexpr Binomials() {
        for (std::size_t m = 0; m < kSize; ++m) {
            table_[m][0] = 1;
            for (std::size_t n = 1; n <= m; ++n) {
                table_[m][n] = table_[m - 1][n - 1] + (n < m ? table_[m - 1][n] : 0);
            }
        }
    }
    [[nodiscard]] constexpr std::uint32_t operator()(int m, int n) const {
        return table_[static_cast<std::size_t>(m)][static_cast<std::size_t>(n)];
    }

  private:
    static constexpr std::size_t kSize = kMaxPatternGroup + 1;
    std::array<std::array<std::uint32_t, kSize>, kSize> table_{};
};
constexpr Binomials kBinomial;

bool read_coordinates(const Pattern& pattern, BitReader& in, std::span<std::uint8_t> positions) {
    bool legal = true;
    int previous = -1;
    for (std::uint8_t& position : positions) {
        position = static_cast<std::uint8_t>(in.read(pattern.index_bits));
        legal = legal && position > previous && position < pattern.m;
        previous = position;
    }
    return legal;
}

bool read_bitmask(const Pattern& pattern, BitReader& in, std::span<std::uint8_t> positions) {
    std::uint32_t mask = in.read(pattern.m);
    if (std::popcount(mask) != pattern.n) return false;
    for (std::uint8_t& position : positions) {
        position = static_cast<std::uint8_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
    return true;
}

/// Greedy from the last position down: the largest p with C(p, i + 1) <= what is left.
bool read_subset(const Pattern& pattern, BitReader& in, std::span<std::uint8_t> positions) {
    std::uint32_t rest = in.read(group_bits(IndexFormat::kCombinatorial, pattern));
    if (rest >= kBinomial(pattern.m, pattern.n)) return false;
    int position = pattern.m - 1;
    for (int i = pattern.n; i > 0; --i, --position) {
        while (kBinomial(position, i) > rest) --position;
        positions[static_cast<std::size_t>(i - 1)] = static_cast<std::uint8_t>(position);
        rest -= kBinomial(position, i);
    }
    return true;
}

}  // namespace

std::span<const IndexFormatRow> index_formats() { return kFormats; }

std::string_view name(IndexFormat format) {
    return kFormats[static_cast<std::size_t>(format)].name;
}

IndexFormat parse_index_format(std::string_view name) {
    std::vector<std::string_view> legal;
    for (const IndexFormatRow& row : kFormats) {
        if (row.name == name) return row.format;
        legal.push_back(row.name);
    }
    throw base::ConfigError(
        fmt::format("unknown index format '{}': expected one of {}", name, fmt::join(legal, ", ")));
}

int group_bits(IndexFormat format, const Pattern& pattern) {
    switch (format) {
        case IndexFormat::kCoordinate:
            return pattern.n * pattern.index_bits;
        case IndexFormat::kBitmask:
            return pattern.m;
        case IndexFormat::kCombinatorial:
            return static_cast<int>(std::bit_width(kBinomial(pattern.m, pattern.n) - 1));
    }
    return 0;
}

void write_group(IndexFormat format, const Pattern& pattern,
                 std::span<const std::uint8_t> positions, BitWriter& out) {
    SPTC_ASSERT(positions.size() == static_cast<std::size_t>(pattern.n));
    if (format == IndexFormat::kCoordinate) {
        for (const std::uint8_t position : positions) out.write(position, pattern.index_bits);
        return;
    }
    std::uint32_t mask = 0;
    std::uint32_t subset = 0;
    int i = 0;
    for (const std::uint8_t position : positions) {
        mask |= 1u << position;
        ++i;
        if (position >= i) subset += kBinomial(position, i);
    }
    out.write(format == IndexFormat::kBitmask ? mask : subset, group_bits(format, pattern));
}

bool read_group(IndexFormat format, const Pattern& pattern, BitReader& in,
                std::span<std::uint8_t> positions) {
    SPTC_ASSERT(positions.size() == static_cast<std::size_t>(pattern.n));
    switch (format) {
        case IndexFormat::kCoordinate:
            return read_coordinates(pattern, in, positions);
        case IndexFormat::kBitmask:
            return read_bitmask(pattern, in, positions);
        case IndexFormat::kCombinatorial:
            return read_subset(pattern, in, positions);
    }
    return false;
}

}  // namespace sptc::sparsity

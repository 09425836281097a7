#include "models/reference/metadata.hpp"

namespace sptc::reference {
namespace {

bool bit_of(std::span<const std::byte> bits, std::size_t index) {
    return (std::to_integer<unsigned>(bits[index / 8]) >> index % 8 & 1) != 0;
}

std::uint64_t number_at(std::span<const std::byte> bits, std::size_t first, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) {
        value += std::uint64_t{bit_of(bits, first + static_cast<std::size_t>(i))} << i;
    }
    return value;
}

/// C(m, n), by the product formula.
std::uint64_t choose(int m, int n) {
    std::uint64_t value = 1;
    for (int i = 1; i <= n; ++i) {
        value = value * static_cast<std::uint64_t>(m - n + i) / static_cast<std::uint64_t>(i);
    }
    return m < n ? 0 : value;
}

/// Is element `place` kept? Of a combinatorial code: from the last place down, a subset that has it
/// stands behind all C(place, left) that keep `left` elements of those before it.
std::vector<std::uint8_t> kept_places(const sparsity::Pattern& pattern, std::uint64_t number) {
    std::vector<std::uint8_t> places;
    for (int place = pattern.m - 1; place >= 0; --place) {
        const int left = pattern.n - static_cast<int>(places.size());
        if (left == 0 || number < choose(place, left)) continue;
        number -= choose(place, left);
        places.insert(places.begin(), static_cast<std::uint8_t>(place));
    }
    return places;
}

}  // namespace

std::vector<std::uint8_t> unpack_groups(const isa::MetadataFormat& format,
                                        std::span<const std::byte> codes, std::size_t rows,
                                        std::size_t groups) {
    const sparsity::Pattern& pattern = *format.pattern;
    const auto bits = static_cast<std::size_t>(sparsity::group_bits(*format.index_format, pattern));
    const std::size_t row_bytes = codes.size() / rows;  // 0 for 1:1
    std::vector<std::uint8_t> places;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto line = codes.subspan(row * row_bytes, row_bytes);
        for (std::size_t group = 0; group < groups; ++group) {
            const std::size_t first = group * bits;
            switch (*format.index_format) {
                case sparsity::IndexFormat::kCoordinate:
                    for (int i = 0; i < pattern.n; ++i) {
                        places.push_back(static_cast<std::uint8_t>(number_at(
                            line, first + static_cast<std::size_t>(i * pattern.index_bits),
                            pattern.index_bits)));
                    }
                    break;
                case sparsity::IndexFormat::kBitmask:
                    for (std::size_t place = 0; place < bits; ++place) {
                        if (bit_of(line, first + place)) {
                            places.push_back(static_cast<std::uint8_t>(place));
                        }
                    }
                    break;
                case sparsity::IndexFormat::kCombinatorial: {
                    const auto kept =
                        kept_places(pattern, number_at(line, first, static_cast<int>(bits)));
                    places.insert(places.end(), kept.begin(), kept.end());
                    break;
                }
            }
        }
    }
    return places;
}

std::vector<std::uint8_t> unpack_metadata(const isa::MetadataFormat& format,
                                          std::span<const std::byte> codes) {
    constexpr unsigned kCodeBits = 4;
    constexpr unsigned kCodeMask = 15;
    std::vector<std::uint8_t> places;
    places.reserve(codes.size() * 2 * static_cast<std::size_t>(format.stored_elements));
    for (const std::byte byte : codes) {
        for (const unsigned shift : {0u, kCodeBits}) {
            const unsigned code = std::to_integer<unsigned>(byte >> shift) & kCodeMask;
            for (int i = 0; i < format.stored_elements; ++i) {
                const int unit = format.select(code, i / format.unit_elements);
                const int place = unit * format.unit_elements + i % format.unit_elements;
                places.push_back(static_cast<std::uint8_t>(place));
            }
        }
    }
    return places;
}

}  // namespace sptc::reference

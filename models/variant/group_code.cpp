#include "models/variant/group_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/error.hpp"

namespace sptc::variant {
namespace {

std::uint64_t low_bits(int bits) {
    return bits >= kCodeBits ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

void positions_of(std::uint64_t mask, std::span<std::uint8_t> positions) {
    for (std::uint8_t& position : positions) {
        position = static_cast<std::uint8_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
}

void require_code(int bits, const char* what) {
    if (bits > kCodeBits)
        throw base::ConfigError(
            fmt::format("{} of a group takes {} bits: expected at most {}", what, bits, kCodeBits));
}

}  // namespace

int bits_for(std::uint64_t values) {
    return values <= 1 ? 0 : static_cast<int>(std::bit_width(values - 1));
}

int aligned_field(int bits) {
    return bits == 0 ? 0 : static_cast<int>(std::bit_ceil(static_cast<unsigned>(bits)));
}

std::uint64_t fill_up(std::uint64_t nonzeros, int kept, int span) {
    if (std::popcount(nonzeros) > kept)
        throw base::ConfigError(fmt::format("a group of {} has {} nonzeros: expected at most {}",
                                            span, std::popcount(nonzeros), kept));
    for (int position = span - 1; std::popcount(nonzeros) < kept; --position) {
        nonzeros |= std::uint64_t{1} << position;
    }
    return nonzeros;
}

CoordinateCode::CoordinateCode(Ratio ratio, int index_bits)
    : GroupCode(ratio.n, ratio.m, ratio.n * index_bits), index_bits_(index_bits) {
    require_code(bits(), "the coordinates");
}

std::uint64_t CoordinateCode::encode(std::uint64_t nonzeros) const {
    std::uint64_t mask = fill_up(nonzeros, kept(), span());
    std::uint64_t code = 0;
    for (int i = 0; i < kept() && index_bits_ > 0; ++i, mask &= mask - 1) {
        code |= static_cast<std::uint64_t>(std::countr_zero(mask)) << (i * index_bits_);
    }
    return code;
}

void CoordinateCode::decode(std::uint64_t code, std::span<std::uint8_t> positions) const {
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const int shift = static_cast<int>(i) * index_bits_;
        positions[i] = index_bits_ == 0
                           ? std::uint8_t{0}
                           : static_cast<std::uint8_t>((code >> shift) & low_bits(index_bits_));
    }
}

namespace {

/// C(M, N); saturates.
std::uint64_t combinations(Ratio ratio) {
    std::uint64_t result = 1;
    for (int i = 1; i <= ratio.n; ++i) {
        result = result * static_cast<std::uint64_t>(ratio.m - ratio.n + i) /
                 static_cast<std::uint64_t>(i);
    }
    return result;
}

int run_length_bits(Ratio ratio) {
    const int group_bits = bits_for(combinations(ratio));
    return ratio.n * aligned_field((group_bits + ratio.n - 1) / ratio.n);
}

}  // namespace

RunLengthCode::RunLengthCode(Ratio ratio) : GroupCode(ratio.n, ratio.m, run_length_bits(ratio)) {
    constexpr int kMostColumns = 16;
    if (ratio.m > kMostColumns)
        throw base::ConfigError(fmt::format(
            "run lengths of groups of {}: expected at most {} columns", ratio.m, kMostColumns));
    for (std::uint64_t mask = 0; mask <= low_bits(ratio.m); ++mask) {
        if (std::popcount(mask) == ratio.n) groups_.push_back(mask);
    }
}

std::uint64_t RunLengthCode::encode(std::uint64_t nonzeros) const {
    const std::uint64_t mask = fill_up(nonzeros, kept(), span());
    return static_cast<std::uint64_t>(std::lower_bound(groups_.begin(), groups_.end(), mask) -
                                      groups_.begin());
}

void RunLengthCode::decode(std::uint64_t code, std::span<std::uint8_t> positions) const {
    positions_of(groups_[code], positions);
}

HierarchicalCode::HierarchicalCode(Ratio blocks, Ratio elements)
    : GroupCode(blocks.n * elements.n, blocks.m * elements.m,
                blocks.n * bits_for(static_cast<std::uint64_t>(blocks.m)) +
                    blocks.n * elements.n * bits_for(static_cast<std::uint64_t>(elements.m))),
      blocks_(blocks, bits_for(static_cast<std::uint64_t>(blocks.m))),
      elements_(elements, bits_for(static_cast<std::uint64_t>(elements.m))) {
    require_code(bits(), "the two ranks");
    if (span() > kCodeBits)
        throw base::ConfigError(fmt::format("{} blocks of {}: expected at most {} columns",
                                            blocks.m, elements.m, kCodeBits));
}

std::uint64_t HierarchicalCode::encode(std::uint64_t nonzeros) const {
    const int width = elements_.span();
    std::uint64_t used = 0;
    for (int block = 0; block < blocks_.span(); ++block) {
        if (((nonzeros >> (block * width)) & low_bits(width)) != 0)
            used |= std::uint64_t{1} << block;
    }
    used = fill_up(used, blocks_.kept(), blocks_.span());
    std::uint64_t code = blocks_.encode(used);
    int shift = blocks_.bits();
    for (; used != 0; used &= used - 1, shift += elements_.bits()) {
        const int block = std::countr_zero(used);
        const std::uint64_t inside = (nonzeros >> (block * width)) & low_bits(width);
        if (elements_.bits() > 0) code |= elements_.encode(inside) << shift;
    }
    return code;
}

void HierarchicalCode::decode(std::uint64_t code, std::span<std::uint8_t> positions) const {
    std::uint8_t blocks[kCodeBits];
    const auto kept_blocks = static_cast<std::size_t>(blocks_.kept());
    const auto inside = static_cast<std::size_t>(elements_.kept());
    blocks_.decode(code, std::span(blocks).first(kept_blocks));
    int shift = blocks_.bits();
    for (std::size_t i = 0; i < kept_blocks; ++i, shift += elements_.bits()) {
        const auto part = positions.subspan(i * inside, inside);
        elements_.decode(shift < kCodeBits ? code >> shift : 0, part);
        for (std::uint8_t& position : part) {
            position = static_cast<std::uint8_t>(position + blocks[i] * elements_.span());
        }
    }
}

std::uint64_t BitmaskCode::encode(std::uint64_t nonzeros) const {
    return fill_up(nonzeros, kept(), span());
}

void BitmaskCode::decode(std::uint64_t code, std::span<std::uint8_t> positions) const {
    positions_of(code, positions);
}

}  // namespace sptc::variant

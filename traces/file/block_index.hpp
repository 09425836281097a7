#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "traces/file/instruction_table.hpp"

namespace sptc::trace_file {

/// One compressed block: a segment of one warp, or the last segments of all warps of a CTA.
struct Block {
    std::uint64_t offset = 0;           ///< of its first byte in the file
    std::uint32_t stored_bytes = 0;     ///< in the file
    std::optional<std::uint32_t> warp;  ///< nothing: the last block of its CTA
};

/// The blocks of one CTA: [first, first + count).
struct CtaBlocks {
    std::uint64_t cta = 0;
    CtaContent content = CtaContent::kWhole;
    std::size_t first = 0;
    std::size_t count = 0;
};

/// Which blocks a trace has, in the order in which they stand in the file: by CTA, each one's by
/// warp and then in time, and its last block behind them.
struct BlockIndex {
    std::vector<CtaBlocks> ctas;
    std::vector<Block> blocks;

    /// nullptr when the trace does not hold the CTA.
    [[nodiscard]] const CtaBlocks* find(std::uint64_t cta) const;
    [[nodiscard]] std::span<const Block> blocks_of(const CtaBlocks& cta) const {
        return std::span(blocks).subspan(cta.first, cta.count);
    }
};

[[nodiscard]] std::vector<std::byte> index_bytes(const BlockIndex& index);

/// The index of a file whose blocks fill the bytes [begin, end), for a grid of `ctas` CTAs of
/// `warps` warps. Throws Malformed.
[[nodiscard]] BlockIndex parse_index(std::span<const std::byte> bytes, std::uint64_t begin,
                                     std::uint64_t end, std::uint64_t ctas, std::uint32_t warps);

}  // namespace sptc::trace_file

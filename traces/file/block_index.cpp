#include "traces/file/block_index.hpp"

#include <algorithm>

#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

constexpr std::uint64_t kMaximumBlockBytes = UINT32_MAX;

/// 0 for the last block of a CTA, else 1 + the warp.
std::uint64_t warp_code(const Block& block) { return block.warp ? *block.warp + 1u : 0u; }

}  // namespace

const CtaBlocks* BlockIndex::find(std::uint64_t cta) const {
    const auto found =
        std::lower_bound(ctas.begin(), ctas.end(), cta,
                         [](const CtaBlocks& entry, std::uint64_t key) { return entry.cta < key; });
    return found == ctas.end() || found->cta != cta ? nullptr : &*found;
}

std::vector<std::byte> index_bytes(const BlockIndex& index) {
    std::vector<std::byte> bytes;
    append_varint(bytes, index.ctas.size());
    std::uint64_t next = 0;
    for (const CtaBlocks& cta : index.ctas) {
        append_varint(bytes, cta.cta - next);
        next = cta.cta + 1;
        append_varint(bytes, static_cast<std::uint64_t>(cta.content));
        for (const Block& block : index.blocks_of(cta)) {
            append_varint(bytes, warp_code(block));
            append_varint(bytes, block.stored_bytes);
        }
    }
    return bytes;
}

BlockIndex parse_index(std::span<const std::byte> bytes, std::uint64_t begin, std::uint64_t end,
                       std::uint64_t ctas, std::uint32_t warps) {
    BlockIndex index;
    ByteReader reader(bytes);
    const std::uint64_t count = reader.varint(ctas);
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        CtaBlocks cta;
        cta.cta = next + reader.varint(ctas - 1);
        if (cta.cta >= ctas) throw Malformed("names a CTA that the grid does not have");
        next = cta.cta + 1;
        cta.content = static_cast<CtaContent>(
            reader.varint(static_cast<std::uint64_t>(CtaContent::kTraffic)));
        cta.first = index.blocks.size();
        while (true) {
            Block block;
            const std::uint64_t code = reader.varint(warps);
            if (code != 0) block.warp = static_cast<std::uint32_t>(code - 1);
            block.offset = begin;
            block.stored_bytes = static_cast<std::uint32_t>(reader.varint(kMaximumBlockBytes));
            if (block.stored_bytes > end - begin)
                throw Malformed("names bytes past the last block");
            begin += block.stored_bytes;
            index.blocks.push_back(block);
            if (!block.warp) break;
        }
        cta.count = index.blocks.size() - cta.first;
        index.ctas.push_back(cta);
    }
    if (begin != end || !reader.at_end()) throw Malformed("does not name every byte of the blocks");
    return index;
}

}  // namespace sptc::trace_file

#include "traces/cuda/kept_output.hpp"

#include <algorithm>
#include <utility>

#include "models/base/error.hpp"
#include "models/base/sha256.hpp"

namespace sptc::cuda {
namespace {

constexpr std::size_t kDigestBytes = 2;

std::uint64_t size_of_block(const KeptOutput& output, std::uint64_t index) {
    return std::min(output.rule.block_bytes, output.bytes - index * output.rule.block_bytes);
}

}  // namespace

std::uint16_t digest_of(std::span<const std::byte> block) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const std::byte each : block) {
        hash = (hash ^ std::to_integer<std::uint64_t>(each)) * 0x100000001b3u;
    }
    return static_cast<std::uint16_t>(hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48);
}

std::uint64_t KeptOutput::blocks() const {
    return rule.block_bytes == 0 ? 1 : (bytes + rule.block_bytes - 1) / rule.block_bytes;
}

std::uint16_t KeptOutput::digest(std::uint64_t index) const {
    if (rule.block_bytes == 0) return digest_of(kept);
    const auto low = std::to_integer<unsigned>(kept[kDigestBytes * index]);
    const auto high = std::to_integer<unsigned>(kept[kDigestBytes * index + 1]);
    return static_cast<std::uint16_t>(low | high << 8);
}

std::span<const std::byte> KeptOutput::block(std::uint64_t index) const {
    if (rule.block_bytes == 0) return kept;
    if (index % rule.every != 0) return {};
    const std::uint64_t at = kDigestBytes * blocks() + index / rule.every * rule.block_bytes;
    return std::span(kept).subspan(at, size_of_block(*this, index));
}

std::uint64_t KeptOutput::kept_bytes() const {
    if (rule.block_bytes == 0) return bytes;
    const std::uint64_t last = (blocks() - 1) / rule.every;  // of the kept blocks
    return kDigestBytes * blocks() + last * rule.block_bytes +
           size_of_block(*this, last * rule.every);
}

KeptOutput keep(std::string buffer, std::span<const std::byte> content, const KeepRule& rule) {
    SPTC_ASSERT(!content.empty() && rule.every > 0);
    KeptOutput output{std::move(buffer), content.size(), base::sha256_hex(content), rule, {}};
    if (rule.block_bytes == 0) {
        output.kept.assign(content.begin(), content.end());
        return output;
    }
    const auto block = [&](std::uint64_t i) {
        return content.subspan(i * rule.block_bytes, size_of_block(output, i));
    };
    for (std::uint64_t i = 0; i < output.blocks(); ++i) {
        const std::uint16_t digest = digest_of(block(i));
        output.kept.push_back(static_cast<std::byte>(digest & 0xff));
        output.kept.push_back(static_cast<std::byte>(digest >> 8));
    }
    for (std::uint64_t i = 0; i < output.blocks(); i += rule.every) {
        const auto bits = block(i);
        output.kept.insert(output.kept.end(), bits.begin(), bits.end());
    }
    return output;
}

OutputDifference compare(const KeptOutput& expected, const KeptOutput& found) {
    SPTC_ASSERT(expected.bytes == found.bytes && expected.kept.size() == found.kept.size());
    OutputDifference difference;
    if (expected.sha256 == found.sha256) return difference;
    for (std::uint64_t i = 0; i < expected.blocks(); ++i) {
        const auto wanted = expected.block(i);
        const auto got = found.block(i);
        const auto at = std::mismatch(wanted.begin(), wanted.end(), got.begin()).first;
        const bool bits_differ = at != wanted.end();
        if (!bits_differ && expected.digest(i) == found.digest(i)) continue;
        ++difference.differing_blocks;
        if (!difference.first_block) difference.first_block = i;
        if (bits_differ && !difference.first_byte) {
            difference.first_byte =
                i * expected.rule.block_bytes + static_cast<std::uint64_t>(at - wanted.begin());
        }
    }
    difference.differing_blocks = std::max<std::uint64_t>(difference.differing_blocks, 1);
    return difference;
}

}  // namespace sptc::cuda

#include "traces/file/cta_reader.hpp"

#include <fmt/format.h>

namespace sptc::trace_file {

CtaReader::CtaReader(const TraceReader& trace, const CtaBlocks& cta)
    : trace_(trace), cta_(cta.cta), blocks_(trace.index().blocks_of(cta)) {
    const TraceHeader& header = trace.header();
    for (std::uint32_t warp = 0; warp < header.shape.warps_per_cta(); ++warp) {
        warps_.push_back({WarpDecoder(header.instructions, cta.content)});
    }
    last_ = trace.read(blocks_.back());
    find_last_segments(blocks_.back());
    for (std::uint32_t warp = 0; warp < warps_.size(); ++warp) {
        open_segment(warp);
        settle(warp);
    }
}

void CtaReader::find_last_segments(const Block& block) {
    std::size_t at = 0;
    std::uint32_t warp = 0;
    try {
        for (; warp < warps_.size(); ++warp) {
            warps_[warp].last_segment = at;
            const std::span<const std::byte> all = last_;
            ByteReader reader(all.subspan(at));
            at += segment_bytes(reader);
        }
        if (at != last_.size()) throw Malformed("holds more than the segments of its warps");
    } catch (const Malformed& problem) {
        trace_.fail(block.offset, fmt::format("CTA {}: the block {}", cta_, problem.what()));
    }
}

void CtaReader::next(std::uint32_t warp, isa::WarpInstruction& executed) {
    Warp& entry = warps_[warp];
    try {
        entry.decoder.next(executed);
    } catch (const Malformed& problem) {
        fail(warp, problem);
    }
    if (!entry.decoder.has_record()) settle(warp);
}

void CtaReader::settle(std::uint32_t warp) {
    const WarpDecoder& decoder = warps_[warp].decoder;
    while (!decoder.has_record() && decoder.end() == SegmentEnd::kGoesOn) open_segment(warp);
}

void CtaReader::open_segment(std::uint32_t warp) {
    Warp& entry = warps_[warp];
    std::size_t at = entry.next_block;
    while (at + 1 < blocks_.size() && blocks_[at].warp != warp) ++at;
    if (at >= blocks_.size()) {
        fail(warp, Malformed("says that the warp goes on, but there is nothing more of it"));
    }
    const Block& block = blocks_[at];
    entry.next_block = at + 1;
    entry.block_offset = block.offset;
    std::span<const std::byte> bytes;
    if (block.warp) {
        entry.segment = trace_.read(block);
        bytes = entry.segment;
    } else {
        entry.segment = {};
        bytes = last_;
        bytes = bytes.subspan(entry.last_segment);
    }
    try {
        ByteReader reader(bytes);
        entry.decoder.begin(reader);
        if (block.warp && (!reader.at_end() || entry.decoder.end() != SegmentEnd::kGoesOn)) {
            throw Malformed("does not go on to the warp's next block");
        }
    } catch (const Malformed& problem) {
        fail(warp, problem);
    }
}

void CtaReader::fail(std::uint32_t warp, const Malformed& problem) const {
    trace_.fail(warps_[warp].block_offset,
                fmt::format("CTA {}, warp {}: the block {}", cta_, warp, problem.what()));
}

}  // namespace sptc::trace_file

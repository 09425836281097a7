#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "traces/file/trace_reader.hpp"
#include "traces/file/warp_decoder.hpp"

namespace sptc::trace_file {

/// The records of one CTA, warp by warp; blocks are read when a warp comes to them. Throws
/// ConfigError naming the file, the byte where the block begins, and what is wrong.
class CtaReader {
  public:
    /// `trace` must outlive the object, and `cta` be one of its index.
    CtaReader(const TraceReader& trace, const CtaBlocks& cta);

    /// The instruction of the next record, by its index; -1 when the warp has none left.
    [[nodiscard]] std::int64_t next_index(std::uint32_t warp) const {
        const WarpDecoder& decoder = warps_[warp].decoder;
        return decoder.has_record() ? std::int64_t{decoder.index()} : -1;
    }
    /// Reads the next record of a warp that has one; see WarpDecoder::next().
    void next(std::uint32_t warp, isa::WarpInstruction& executed);
    /// How a warp without further records ended: kExited or kCut.
    [[nodiscard]] SegmentEnd end(std::uint32_t warp) const { return warps_[warp].decoder.end(); }

  private:
    struct Warp {
        WarpDecoder decoder;
        std::size_t next_block = 0;        ///< among the CTA's blocks
        std::uint64_t block_offset = 0;    ///< of the segment being read, for messages
        std::vector<std::byte> segment{};  ///< empty when it stands in last_
        std::size_t last_segment = 0;      ///< where its part of last_ begins
    };
    void find_last_segments(const Block& block);
    /// Opens segments until there is a record or the end.
    void settle(std::uint32_t warp);
    void open_segment(std::uint32_t warp);
    [[noreturn]] void fail(std::uint32_t warp, const Malformed& problem) const;

    const TraceReader& trace_;
    std::uint64_t cta_;
    std::span<const Block> blocks_;
    std::vector<std::byte> last_;  ///< the last segments of all warps
    std::vector<Warp> warps_;
};

}  // namespace sptc::trace_file

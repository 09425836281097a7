#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "traces/file/address_codec.hpp"
#include "traces/file/instruction_table.hpp"
#include "traces/file/varint.hpp"
#include "traces/file/warp_encoder.hpp"

namespace sptc::trace_file {

/// Bytes of the segment at the beginning of `reader`. Throws Malformed.
[[nodiscard]] std::size_t segment_bytes(ByteReader& reader);

/// Reads what WarpEncoder wrote, one record at a time. Every member that reads throws Malformed for
/// bytes that no encoder writes; records never name an instruction, a lane or a barrier that does
/// not exist.
class WarpDecoder {
  public:
    /// `table` must outlive the object.
    WarpDecoder(const InstructionTable& table, CtaContent content)
        : table_(&table), content_(content), histories_(table.history_count()) {}

    /// Goes on with the next segment: the first one of `bytes`, which must stay as long as records
    /// of it are read.
    void begin(ByteReader& bytes);

    /// Are there records left in the segment?
    [[nodiscard]] bool has_record() const { return run_left_ != 0; }
    /// How the segment ends. Only when no record is left.
    [[nodiscard]] SegmentEnd end() const { return end_; }
    /// The instruction of the next record, by its index in the table.
    [[nodiscard]] std::uint32_t index() const { return index_; }

    /// Reads the next record: lanes, and what the instruction's payload has. Other members keep
    /// what they were.
    void next(isa::WarpInstruction& executed);

  private:
    void begin_run();
    void read_payload(isa::WarpInstruction& executed);

    const InstructionTable* table_;
    CtaContent content_;
    AddressCodec addresses_;
    AddressCodec destinations_;
    std::vector<AddressHistory> histories_;  ///< by InstructionTable::history()

    ByteReader control_;
    ByteReader payload_;
    SegmentEnd end_ = SegmentEnd::kExited;
    std::uint32_t index_ = 0;
    std::uint32_t run_left_ = 0;
    std::uint32_t mask_ = ~0u;
};

}  // namespace sptc::trace_file

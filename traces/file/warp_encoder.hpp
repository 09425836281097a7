#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/isa/instruction.hpp"
#include "traces/file/address_codec.hpp"
#include "traces/file/instruction_table.hpp"

namespace sptc::trace_file {

/// How a segment of a warp's records ends.
enum class SegmentEnd : std::uint8_t {
    kGoesOn,  ///< in the warp's next segment
    kExited,  ///< the warp has exited
    kCut      ///< nobody asked for more of this warp
};
inline constexpr std::uint64_t kSegmentEnds = 3;

/// Turns the executed instructions of one warp into bytes (docs/trace_format.md). A segment is what
/// take() returns; what has been learned of addresses goes on from one to the next.
class WarpEncoder {
  public:
    /// `table` must outlive the object.
    WarpEncoder(const InstructionTable& table, CtaContent content)
        : table_(&table), content_(content), histories_(table.history_count()) {}

    /// `index`: of the executed instruction in the table.
    void add(std::uint32_t index, const isa::WarpInstruction& executed);

    /// About as many bytes as take() would append.
    [[nodiscard]] std::size_t bytes() const { return control_.size() + payload_.size(); }

    /// Appends the segment to `bytes` and begins the next one.
    void take(SegmentEnd end, std::vector<std::byte>& bytes);

  private:
    void end_run();
    void add_payload(std::uint32_t index, const isa::WarpInstruction& executed);

    const InstructionTable* table_;
    CtaContent content_;
    AddressCodec addresses_;
    AddressCodec destinations_;
    std::vector<AddressHistory> histories_;  ///< by InstructionTable::history()

    std::uint32_t run_begin_ = 0;   ///< the run under way: instructions that follow each other
    std::uint32_t run_length_ = 0;  ///< with the same active lanes
    std::uint32_t mask_ = ~0u;
    std::uint32_t expected_ = 0;  ///< where a run begins that follows the one before
    std::uint32_t written_mask_ = ~0u;

    std::vector<std::byte> control_;
    std::vector<std::byte> payload_;
};

}  // namespace sptc::trace_file

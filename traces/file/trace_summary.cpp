#include "traces/file/trace_summary.hpp"

#include <bit>

#include "traces/file/cta_reader.hpp"

namespace sptc::trace_file {
namespace {

std::uint64_t bytes_of(const isa::WarpInstruction& executed) {
    const isa::Instruction& instruction = *executed.instruction;
    const std::uint32_t lanes = address_lanes(instruction, executed.active_mask);
    switch (payload_of(instruction)) {
        case Payload::kAddresses:
        case Payload::kMatrixRows:
            return static_cast<std::uint64_t>(std::popcount(lanes)) * instruction.bytes_per_lane;
        case Payload::kCopy: {
            std::uint64_t bytes = 0;
            for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
                if ((lanes >> lane & 1u) != 0) bytes += executed.source_bytes[lane];
            }
            return bytes;
        }
        default:
            return 0;
    }
}

void add_cta(const TraceReader& trace, const CtaBlocks& blocks, TraceSummary& summary) {
    const bool whole = blocks.content == CtaContent::kWhole;
    ++(whole ? summary.whole_ctas : summary.traffic_ctas);
    CtaReader reader(trace, blocks);
    isa::WarpInstruction executed;
    for (std::uint32_t warp = 0; warp < trace.header().shape.warps_per_cta(); ++warp) {
        while (reader.next_index(warp) >= 0) {
            reader.next(warp, executed);
            const auto operation = static_cast<std::size_t>(executed.instruction->operation);
            OperationSummary& row = summary.operations[operation];
            ++(whole ? row.warp_instructions : row.traffic_instructions);
            if (whole && executed.active_mask == 0) ++row.predicated_off;
            row.bytes += bytes_of(executed);
        }
    }
}

}  // namespace

TraceSummary summarise(const TraceReader& trace) {
    TraceSummary summary;
    const InstructionTable& table = trace.header().instructions;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table.is_twin(i)) continue;
        ++summary.operations[static_cast<std::size_t>(table[i].operation)].instructions;
    }
    for (const CtaBlocks& cta : trace.index().ctas) add_cta(trace, cta, summary);
    for (const OperationSummary& row : summary.operations) {
        summary.total.instructions += row.instructions;
        summary.total.warp_instructions += row.warp_instructions;
        summary.total.predicated_off += row.predicated_off;
        summary.total.traffic_instructions += row.traffic_instructions;
        summary.total.bytes += row.bytes;
    }
    return summary;
}

}  // namespace sptc::trace_file

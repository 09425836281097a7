#pragma once
#include <array>
#include <cstdint>

#include "traces/file/trace_reader.hpp"

namespace sptc::trace_file {

/// What the records of a trace with one operation do.
struct OperationSummary {
    std::uint64_t instructions = 0;          ///< static: in the kernel
    std::uint64_t warp_instructions = 0;     ///< executed by whole CTAs, predicated off included
    std::uint64_t predicated_off = 0;        ///< of these, without an active lane
    std::uint64_t traffic_instructions = 0;  ///< of CTAs of which only the traffic is held
    std::uint64_t bytes =
        0;  ///< moved by all of them: active lanes x width, for ldmatrix rows x 16
};

struct TraceSummary {
    std::array<OperationSummary, static_cast<std::size_t>(isa::Operation::kCount)> operations{};
    OperationSummary total;
    std::uint64_t whole_ctas = 0;
    std::uint64_t traffic_ctas = 0;
};

/// Reads every record. Throws ConfigError for a damaged file.
[[nodiscard]] TraceSummary summarise(const TraceReader& trace);

}  // namespace sptc::trace_file

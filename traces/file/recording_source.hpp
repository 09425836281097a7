#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "models/isa/instruction_source.hpp"
#include "traces/file/trace_writer.hpp"

namespace sptc::trace_file {

/// Where an instruction stands in the trace's table.
using InstructionIndex = std::unordered_map<const isa::Instruction*, std::uint32_t>;

/// Passes on what another source executes and writes it to a trace. A CTA of which only the global
/// traffic is asked for is written as such. What a warp of a CTA did is kept until there is a
/// segment of it, so memory holds at most kSegmentBytes of each running warp.
class RecordingSource final : public isa::InstructionSource {
  public:
    /// `source` gives only these instructions, which are those of the writer's header in this
    /// order. All must outlive the object, and it and its streams must end before
    /// TraceWriter::commit().
    RecordingSource(isa::InstructionSource& source,
                    const std::vector<const isa::Instruction*>& instructions, TraceWriter& writer);

    [[nodiscard]] const isa::KernelShape& shape() const override { return source_.shape(); }
    [[nodiscard]] std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta,
                                                            std::uint32_t sm) override;
    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                    std::uint32_t sm) override;

  private:
    isa::InstructionSource& source_;
    InstructionIndex index_;
    TraceWriter& writer_;
};

}  // namespace sptc::trace_file

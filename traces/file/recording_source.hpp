#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

#include "models/isa/instruction_source.hpp"
#include "traces/file/trace_writer.hpp"

namespace sptc::trace_file {

/// The instructions that a source may give, as the trace's table has them.
struct RecordedProgram {
    std::span<const isa::Instruction> instructions;                    ///< in the table's order
    std::unordered_map<const isa::Instruction*, std::uint32_t> twins;  ///< with their place in it

    [[nodiscard]] std::uint32_t index(const isa::Instruction* instruction) const;
};

/// Passes on what another source executes and writes it to a trace. A CTA of which only the global
/// traffic is asked for is written as such. What a warp of a CTA did is kept until there is a
/// segment of it, so memory holds at most kSegmentBytes of each running warp.
class RecordingSource final : public isa::InstructionSource {
  public:
    /// `source` gives only instructions of `program`, and the writer's header has them all. All
    /// must outlive the object, and it and its streams must end before TraceWriter::commit().
    RecordingSource(isa::InstructionSource& source, const RecordedProgram& program,
                    TraceWriter& writer)
        : source_(source), program_(program), writer_(writer) {}

    [[nodiscard]] const isa::KernelShape& shape() const override { return source_.shape(); }
    [[nodiscard]] std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta,
                                                            std::uint32_t sm) override;
    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                    std::uint32_t sm) override;

  private:
    isa::InstructionSource& source_;
    const RecordedProgram& program_;
    TraceWriter& writer_;
};

}  // namespace sptc::trace_file

#pragma once
#include <cstdint>
#include <memory>

#include "models/isa/instruction_source.hpp"
#include "traces/file/trace_reader.hpp"

namespace sptc::trace_file {

/// Gives the instructions of a trace: the same that were recorded, with addresses and lanes but
/// without operand values. In memory are the blocks of resident CTAs.
///
/// Throws ConfigError for a damaged file; KernelError when a CTA is asked for of which the trace
/// holds nothing, or only the traffic, or not so much of it: then the trace was recorded with other
/// SMs represented by the simulated one.
class ReplaySource final : public isa::InstructionSource {
  public:
    /// `trace` must outlive the object.
    explicit ReplaySource(const TraceReader& trace) : trace_(trace) {}

    [[nodiscard]] const isa::KernelShape& shape() const override { return trace_.header().shape; }
    [[nodiscard]] std::unique_ptr<isa::CtaStream> start_cta(std::uint64_t cta,
                                                            std::uint32_t sm) override;
    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                    std::uint32_t sm) override;

  private:
    [[nodiscard]] const CtaBlocks& find(std::uint64_t cta) const;

    const TraceReader& trace_;
};

}  // namespace sptc::trace_file

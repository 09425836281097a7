#include "traces/file/replay_source.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "traces/file/cta_reader.hpp"

namespace sptc::trace_file {
namespace {

/// "CTA 5 of kernel 'k': WHAT; recorded with ..."
[[noreturn]] void refuse(const TraceHeader& header, std::uint64_t cta, std::string_view what) {
    throw base::KernelError(fmt::format(
        "trace of kernel '{}', CTA {}: {}; it was recorded with --sms {} on GPU '{}' of {} SMs. "
        "Replay it like that, or record it with --sms all",
        header.shape.entry, cta, what, header.origin.simulated_sms, header.origin.gpu,
        header.origin.sms));
}

class ReplayCta final : public isa::CtaStream {
  public:
    ReplayCta(const TraceReader& trace, const CtaBlocks& cta)
        : header_(trace.header()), cta_(cta.cta), reader_(trace, cta) {
        for (std::uint32_t warp = 0; warp < header_.shape.warps_per_cta(); ++warp) {
            if (reader_.next_index(warp) < 0) refuse(header_, cta_, "a warp executes nothing");
        }
    }

    [[nodiscard]] const isa::Instruction* peek(std::uint32_t warp) const override {
        const std::int64_t index = reader_.next_index(warp);
        if (index < 0) return nullptr;
        const InstructionTable& table = header_.instructions;
        return &table[table.original(static_cast<std::size_t>(index))];
    }

    const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle) override {
        SPTC_ASSERT(reader_.next_index(warp) >= 0);
        reader_.next(warp, result_);
        if (reader_.next_index(warp) < 0 && reader_.end(warp) == SegmentEnd::kCut) {
            refuse(header_, cta_, "was recorded to here and no further");
        }
        return result_;
    }

    void land(isa::AsyncCopyToken) override {}  // there is no data

  private:
    const TraceHeader& header_;
    std::uint64_t cta_;
    CtaReader reader_;
    isa::WarpInstruction result_;
};

class ReplayTraffic final : public isa::GlobalTraffic {
  public:
    ReplayTraffic(const TraceReader& trace, const CtaBlocks& cta)
        : header_(trace.header()), cta_(cta.cta), reader_(trace, cta) {}

    const isa::WarpInstruction* next(std::uint32_t warp, base::Cycle) override {
        while (reader_.next_index(warp) >= 0) {
            reader_.next(warp, result_);
            if (isa::is_global(result_.instruction->operation)) return &result_;
        }
        if (reader_.end(warp) == SegmentEnd::kCut) {
            refuse(header_, cta_, "its traffic was recorded to here and no further");
        }
        return nullptr;
    }

  private:
    const TraceHeader& header_;
    std::uint64_t cta_;
    CtaReader reader_;
    isa::WarpInstruction result_;
};

}  // namespace

const CtaBlocks& ReplaySource::find(std::uint64_t cta) const {
    const CtaBlocks* found = trace_.index().find(cta);
    if (found == nullptr) refuse(trace_.header(), cta, "the trace does not hold it");
    return *found;
}

std::unique_ptr<isa::CtaStream> ReplaySource::start_cta(std::uint64_t cta, std::uint32_t) {
    const CtaBlocks& blocks = find(cta);
    if (blocks.content != CtaContent::kWhole) {
        refuse(trace_.header(), cta, "the trace holds only its global traffic");
    }
    return std::make_unique<ReplayCta>(trace_, blocks);
}

std::unique_ptr<isa::GlobalTraffic> ReplaySource::start_traffic(std::uint64_t cta, std::uint32_t) {
    return std::make_unique<ReplayTraffic>(trace_, find(cta));
}

}  // namespace sptc::trace_file

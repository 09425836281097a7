#include "traces/file/recording_source.hpp"

#include <utility>
#include <vector>

#include "models/base/error.hpp"
#include "traces/file/trace_format.hpp"
#include "traces/file/warp_encoder.hpp"

namespace sptc::trace_file {
namespace {

/// What one CTA executes, on its way into the trace.
class CtaRecorder {
  public:
    CtaRecorder(std::uint64_t cta, CtaContent content, const InstructionIndex& index_of,
                TraceWriter& writer)
        : cta_(cta), content_(content), index_of_(index_of), writer_(writer) {
        const TraceHeader& header = writer.header();
        SPTC_ASSERT(header.instructions.size() == index_of.size());
        for (std::uint32_t i = 0; i < header.shape.warps_per_cta(); ++i) {
            warps_.push_back({WarpEncoder(header.instructions, content), SegmentEnd::kCut});
        }
    }

    /// The CTA is over: the rest is written.
    ~CtaRecorder() {
        try {
            std::vector<std::byte> segments;
            for (Warp& warp : warps_) warp.encoder.take(warp.end, segments);
            writer_.add_cta(cta_, content_, segments);
        } catch (...) {
            writer_.fail(std::current_exception());
        }
    }
    CtaRecorder(const CtaRecorder&) = delete;
    CtaRecorder& operator=(const CtaRecorder&) = delete;

    void add(std::uint32_t warp, const isa::WarpInstruction& executed) {
        const auto found = index_of_.find(executed.instruction);
        SPTC_ASSERT(found != index_of_.end());
        WarpEncoder& encoder = warps_[warp].encoder;
        encoder.add(found->second, executed);
        if (encoder.bytes() < kSegmentBytes) return;
        std::vector<std::byte> segment;
        encoder.take(SegmentEnd::kGoesOn, segment);
        writer_.add_segment(cta_, warp, segment);
    }

    void exited(std::uint32_t warp) { warps_[warp].end = SegmentEnd::kExited; }

  private:
    struct Warp {
        WarpEncoder encoder;
        SegmentEnd end;
    };
    std::uint64_t cta_;
    CtaContent content_;
    const InstructionIndex& index_of_;
    TraceWriter& writer_;
    std::vector<Warp> warps_;
};

class RecordingCta final : public isa::CtaStream {
  public:
    RecordingCta(std::unique_ptr<isa::CtaStream> cta, std::uint64_t index,
                 const InstructionIndex& index_of, TraceWriter& writer)
        : cta_(std::move(cta)), recorder_(index, CtaContent::kWhole, index_of, writer) {}

    [[nodiscard]] const isa::Instruction* peek(std::uint32_t warp) const override {
        return cta_->peek(warp);
    }

    const isa::WarpInstruction& execute(std::uint32_t warp, base::Cycle now) override {
        const isa::WarpInstruction& executed = cta_->execute(warp, now);
        recorder_.add(warp, executed);
        if (cta_->peek(warp) == nullptr) recorder_.exited(warp);
        return executed;
    }

    void land(isa::AsyncCopyToken token) override { cta_->land(token); }

  private:
    std::unique_ptr<isa::CtaStream> cta_;
    CtaRecorder recorder_;
};

class RecordingTraffic final : public isa::GlobalTraffic {
  public:
    RecordingTraffic(std::unique_ptr<isa::GlobalTraffic> traffic, std::uint64_t index,
                     const InstructionIndex& index_of, TraceWriter& writer)
        : traffic_(std::move(traffic)), recorder_(index, CtaContent::kTraffic, index_of, writer) {}

    const isa::WarpInstruction* next(std::uint32_t warp, base::Cycle now) override {
        const isa::WarpInstruction* executed = traffic_->next(warp, now);
        if (executed != nullptr) {
            recorder_.add(warp, *executed);
        } else {
            recorder_.exited(warp);
        }
        return executed;
    }

  private:
    std::unique_ptr<isa::GlobalTraffic> traffic_;
    CtaRecorder recorder_;
};

}  // namespace

RecordingSource::RecordingSource(isa::InstructionSource& source,
                                 const std::vector<const isa::Instruction*>& instructions,
                                 TraceWriter& writer)
    : source_(source), writer_(writer) {
    for (const isa::Instruction* instruction : instructions) {
        index_.emplace(instruction, static_cast<std::uint32_t>(index_.size()));
    }
}

std::unique_ptr<isa::CtaStream> RecordingSource::start_cta(std::uint64_t cta, std::uint32_t sm) {
    return std::make_unique<RecordingCta>(source_.start_cta(cta, sm), cta, index_, writer_);
}

std::unique_ptr<isa::GlobalTraffic> RecordingSource::start_traffic(std::uint64_t cta,
                                                                   std::uint32_t sm) {
    return std::make_unique<RecordingTraffic>(source_.start_traffic(cta, sm), cta, index_, writer_);
}

}  // namespace sptc::trace_file

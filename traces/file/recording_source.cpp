#include "traces/file/recording_source.hpp"

#include <functional>
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
    CtaRecorder(std::uint64_t cta, CtaContent content, const RecordedProgram& program,
                TraceWriter& writer)
        : cta_(cta), content_(content), program_(program), writer_(writer) {
        const TraceHeader& header = writer.header();
        SPTC_ASSERT(header.instructions.size() ==
                    program.instructions.size() + program.twins.size());
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
        WarpEncoder& encoder = warps_[warp].encoder;
        encoder.add(program_.index(executed.instruction), executed);
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
    const RecordedProgram& program_;
    TraceWriter& writer_;
    std::vector<Warp> warps_;
};

class RecordingCta final : public isa::CtaStream {
  public:
    RecordingCta(std::unique_ptr<isa::CtaStream> cta, std::uint64_t index,
                 const RecordedProgram& program, TraceWriter& writer)
        : cta_(std::move(cta)), recorder_(index, CtaContent::kWhole, program, writer) {}

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
                     const RecordedProgram& program, TraceWriter& writer)
        : traffic_(std::move(traffic)), recorder_(index, CtaContent::kTraffic, program, writer) {}

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

std::uint32_t RecordedProgram::index(const isa::Instruction* instruction) const {
    const isa::Instruction* begin = instructions.data();
    if (std::less_equal<>()(begin, instruction) &&
        std::less<>()(instruction, begin + instructions.size())) {
        return static_cast<std::uint32_t>(instruction - begin);
    }
    const auto found = twins.find(instruction);
    SPTC_ASSERT(found != twins.end());
    return found->second;
}

std::unique_ptr<isa::CtaStream> RecordingSource::start_cta(std::uint64_t cta, std::uint32_t sm) {
    return std::make_unique<RecordingCta>(source_.start_cta(cta, sm), cta, program_, writer_);
}

std::unique_ptr<isa::GlobalTraffic> RecordingSource::start_traffic(std::uint64_t cta,
                                                                   std::uint32_t sm) {
    return std::make_unique<RecordingTraffic>(source_.start_traffic(cta, sm), cta, program_,
                                              writer_);
}

}  // namespace sptc::trace_file

// Any file is a trace that replays, or an error that says why not, and nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "models/base/error.hpp"
#include "tests/fuzz/input_file.hpp"
#include "traces/file/replay_source.hpp"
#include "traces/file/trace_reader.hpp"

namespace {

/// Replays warp 0 of the first CTAs.
void replay(const sptc::trace_file::TraceReader& trace) {
    constexpr std::uint64_t kCtas = 4;
    constexpr int kInstructions = 1000;
    sptc::trace_file::ReplaySource source(trace);
    const std::uint64_t ctas = std::min(source.shape().grid.count(), kCtas);
    for (std::uint64_t cta = 0; cta < ctas; ++cta) {
        const auto stream = source.start_cta(cta, 0);
        for (int i = 0; i < kInstructions && stream->peek(0) != nullptr; ++i) {
            (void)stream->execute(0, 0);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sptc;
    try {
        const trace_file::TraceReader trace(test::input_file("fuzz.trace", data, size));
        replay(trace);
    } catch (const base::Error&) {
    }
    return 0;
}

// Traces: what saving costs beside executing, how large files are, how fast records are written and
// read. Reported, never asserted.
#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <string_view>

#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/trace_run.hpp"
#include "traces/file/cta_reader.hpp"
#include "traces/file/recording_source.hpp"
#include "traces/file/replay_source.hpp"
#include "traces/file/trace_summary.hpp"

using namespace sptc;

namespace {

struct Case {
    std::string_view name;
    std::uint32_t extent;  ///< M, N and K
    gpu::SimulatedSms sms;
};

constexpr Case kCases[] = {
    {"2048^3 2:4, all SMs", 2048, gpu::SimulatedSms::kAll},
    {"4096^3 2:4, one SM for all", 4096, gpu::SimulatedSms::kRepresentative},
};

/// Of the processor, so that other programs on the machine do not count.
template <class Work>
double seconds(Work work) {
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// Runs a source without timing: every warp of every CTA to its end, one after another.
std::uint64_t drain(isa::InstructionSource& source, const trace_file::BlockIndex& index) {
    std::uint64_t records = 0;
    const std::uint32_t warps = source.shape().warps_per_cta();
    for (const trace_file::CtaBlocks& blocks : index.ctas) {
        if (blocks.content != trace_file::CtaContent::kWhole) continue;
        const auto cta = source.start_cta(blocks.cta, 0);
        for (std::uint32_t warp = 0; warp < warps; ++warp) {
            for (; cta->peek(warp) != nullptr; ++records) (void)cta->execute(warp, 0);
        }
    }
    return records;
}

void measure(const Case& row, const std::filesystem::path& folder) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = request.n = request.k = row.extent;
    request.pattern = &sparsity::find_pattern("2:4");
    request.with_dense_baseline = false;
    request.sms = row.sms;
    const double plain = seconds([&] { (void)run::run_gemm(request); });
    request.trace_file = (folder / "gemm.trace").string();
    const double saving = seconds([&] { (void)run::run_gemm(request); });
    run::ReplayRequest replay_request;
    replay_request.trace_file = request.trace_file;
    const double replay = seconds([&] { (void)run::run_replay(replay_request); });

    const trace_file::TraceReader trace(request.trace_file);
    trace_file::TraceSummary summary;
    const double scan = seconds([&] { summary = summarise(trace); });
    trace_file::ReplaySource source(trace);
    std::uint64_t records = 0;
    const double read = seconds([&] { records = drain(source, trace.index()); });
    const trace_file::InstructionTable& table = trace.header().instructions;
    const double rewrite = seconds([&] {
        trace_file::TraceHeader header;
        header.origin = trace.header().origin;
        header.shape = trace.header().shape;
        for (std::size_t i = 0; i < table.size(); ++i) header.instructions.add(table[i], {});
        trace_file::TraceWriter writer(folder / "copy.trace", std::move(header));
        const trace_file::RecordedProgram program{std::span(&table[0], table.size()), {}};
        trace_file::RecordingSource recording(source, program, writer);
        (void)drain(recording, trace.index());
        writer.commit();
    });

    const auto all =
        static_cast<double>(summary.total.warp_instructions + summary.total.traffic_instructions);
    const double million = static_cast<double>(records) * 1e-6;
    fmt::print("{}\n", row.name);
    fmt::print("  execute {:.2f} s, saving {:.2f} s ({:.2f} x), replay {:.2f} s\n", plain, saving,
               saving / plain, replay);
    fmt::print("  {:.0f} records, {} bytes: {:.4f} bytes per record; all scanned in {:.2f} s\n",
               all, trace.file_bytes(), static_cast<double>(trace.file_bytes()) / all, scan);
    fmt::print("  read {:.1f} M records/s, write {:.1f} M records/s (less reading)\n",
               million / read, million / (rewrite - read));
}

}  // namespace

int main() {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / "sptc_trace_bench";
    std::filesystem::create_directories(folder);
    for (const Case& row : kCases) measure(row, folder);
    std::filesystem::remove_all(folder);
    return 0;
}

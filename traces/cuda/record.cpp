#include "traces/cuda/record.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <ctime>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/sha256.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/mma_operand.hpp"
#include "traces/launch/resolved.hpp"

namespace sptc::cuda {
namespace {

/// Spins for 20 ms and stores the cycles and the nanoseconds that passed.
constexpr std::string_view kClockKernel = R"(.version 7.0
.target sm_70
.address_size 64
.visible .entry clock_rate(.param .u64 out)
{
    .reg .u64 %address, %cycles, %time, %begin_cycles, %begin_time;
    .reg .pred %more;
    ld.param.u64 %address, [out];
    mov.u64 %begin_time, %globaltimer;
    mov.u64 %begin_cycles, %clock64;
SPIN:
    mov.u64 %time, %globaltimer;
    mov.u64 %cycles, %clock64;
    sub.u64 %time, %time, %begin_time;
    setp.lt.u64 %more, %time, 20000000;
    @%more bra SPIN;
    sub.u64 %cycles, %cycles, %begin_cycles;
    st.global.u64 [%address], %cycles;
    st.global.u64 [%address+8], %time;
    ret;
}
)";

/// The clock of an SM at work, in MHz; 0 when the kernel fails.
double measured_clock(Gpu& gpu, const DeviceInfo& device) try {
    if (device.name == kSimulatedDevice) return device.sm_clock_mhz;
    launch::Launch launch;
    launch.entry = "clock_rate";
    launch.buffers.push_back({"out", 16, {}, {}, {}});
    launch.arguments.emplace_back(launch::BufferArgument{"out", 0});
    launch.outputs = {"out"};
    const LaunchRun run = gpu.run(std::string(kClockKernel), "clock_rate.ptx", launch, {});
    std::uint64_t cycles = 0;
    std::uint64_t nanoseconds = 0;
    std::memcpy(&cycles, run.outputs.at("out").data(), 8);
    std::memcpy(&nanoseconds, run.outputs.at("out").data() + 8, 8);
    return nanoseconds == 0
               ? 0
               : 1000.0 * static_cast<double>(cycles) / static_cast<double>(nanoseconds);
} catch (const base::Error&) {
    return 0;
}

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// The clocks are kept whole.
KeepRule rule_for(const CampaignEntry& entry, const std::string& buffer) {
    return buffer == entry.loop.buffer ? KeepRule{} : entry.keep;
}

void run_entry(Gpu& gpu, const CampaignEntry& entry, const std::filesystem::path& campaign,
               Answer& answer) {
    const std::string kernel = base::read_text(campaign / entry.kernel);
    answer.kernel_sha256 = base::sha256_hex(kernel);
    answer.launch_sha256 = base::sha256_hex(base::read_text(campaign / entry.launch));
    const launch::Launch launch = launch::read_launch(campaign / entry.launch);
    answer.inputs_sha256 = launch::inputs_sha256(launch);
    const LaunchRun run = gpu.run(kernel, entry.kernel, launch, entry.timing);
    for (const auto& [buffer, content] : run.outputs) {
        answer.outputs.push_back(keep(buffer, content, rule_for(entry, buffer)));
    }
    answer.times = times_of(run.microseconds);
}

}  // namespace

Answer answer_entry(Gpu& gpu, const CampaignEntry& entry, const std::filesystem::path& campaign) {
    Answer answer;
    answer.name = entry.name;
    try {
        run_entry(gpu, entry, campaign, answer);
    } catch (const std::exception& problem) {
        answer = {};
        answer.name = entry.name;
        answer.problem = problem.what();
    }
    return answer;
}

Recording record_campaign(Gpu& gpu, const std::filesystem::path& campaign,
                          const std::filesystem::path& out, const RecordOptions& options) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const std::string file = (campaign / kCampaignFile).string();
    const std::string text = base::read_text(file);
    const Campaign content = parse_campaign(text, file);
    std::filesystem::create_directories(out);
    const std::vector<std::byte> pack = base::read_bytes(campaign / kPackFile);
    base::write_bytes(out / kPackFile, pack);

    Recording recording;
    recording.device = gpu.info();
    recording.measured_clock_mhz = measured_clock(gpu, recording.device);
    recording.date = utc_now();
    recording.generator = launch::kGeneratorVersion;
    recording.campaign_sha256 = base::sha256_hex(text);
    for (const CampaignEntry& entry : content.entries) {
        const double minutes = std::chrono::duration<double>(Clock::now() - begin).count() / 60;
        if (options.progress) {
            options.progress(static_cast<double>(recording.answers.size()) /
                                 static_cast<double>(content.entries.size()),
                             entry.name);
        }
        Answer answer;
        answer.name = entry.name;
        if (entry.architecture > recording.device.compute_capability) {
            answer.problem = fmt::format("not run: needs sm_{}, the device is sm_{}",
                                         entry.architecture, recording.device.compute_capability);
        } else if (minutes > options.minutes) {
            answer.problem = fmt::format("not run: {} minutes were over", options.minutes);
        } else {
            answer = answer_entry(gpu, entry, campaign);
        }
        recording.answers.push_back(std::move(answer));
    }
    write_recording(recording, out);
    return recording;
}

}  // namespace sptc::cuda

#include <cstdio>

#include "models/base/error.hpp"
#include "traces/cuda/cuda_gpu.hpp"
#include "traces/cuda/record.hpp"
#include "traces/cuda/replay/command.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/resolved.hpp"

namespace sptc::cuda {

int record_verb(const std::vector<std::string>& words) {
    const Words line(words, {"--minutes", "--device"});
    const auto folders = line.positional({"CAMPAIGN", "OUT"});
    RecordOptions options;
    options.minutes = line.number("--minutes", 8, 1, 600);
    options.progress = [last = -1](double done, std::string_view entry) mutable {
        const int percent = static_cast<int>(100 * done);
        if (percent == last) return;
        last = percent;
        std::fprintf(stderr, "record: %d %%, %.*s\n", percent, static_cast<int>(entry.size()),
                     entry.data());
    };
    const auto gpu = open_gpu(line.number("--device", 0, 0, 1000));
    const Recording recording = record_campaign(*gpu, folders[0], folders[1], options);
    std::size_t answered = 0;
    for (const Answer& answer : recording.answers) {
        if (answer.answered()) {
            ++answered;
        } else {
            std::printf("%s: %s\n", answer.name.c_str(), answer.problem.c_str());
        }
    }
    std::printf("%s: %zu of %zu entries recorded on %s (sm_%d), driver of CUDA %s\n",
                folders[1].c_str(), answered, recording.answers.size(),
                recording.device.name.c_str(), recording.device.compute_capability,
                recording.device.driver.c_str());
    return answered > 0 ? kDone : kInputError;
}

int resolve_verb(const std::vector<std::string>& words) {
    const Words line(words, {});
    for (const std::string& file : line.positional()) {
        try {
            std::printf("%s", launch::resolved_text(launch::read_launch(file)).c_str());
        } catch (const base::Error& problem) {
            std::printf("error: %s\n", problem.what());
        }
        std::printf("--\n");
    }
    return kDone;
}

int info_verb(const std::vector<std::string>& words) {
    const Words line(words, {"--device"});
    (void)line.positional({});
    const DeviceInfo device = open_gpu(line.number("--device", 0, 0, 1000))->info();
    std::printf("%s: sm_%d, %d SMs, %.0f MHz, memory %.0f MHz, L2 %llu bytes, CUDA %s\n",
                device.name.c_str(), device.compute_capability, device.sms, device.sm_clock_mhz,
                device.memory_clock_mhz, static_cast<unsigned long long>(device.l2_bytes),
                device.driver.c_str());
    return kDone;
}

}  // namespace sptc::cuda

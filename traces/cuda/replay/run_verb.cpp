#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/sha256.hpp"
#include "traces/cuda/cuda_gpu.hpp"
#include "traces/cuda/recording.hpp"
#include "traces/cuda/replay/command.hpp"
#include "traces/launch/check.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/output_writer.hpp"
#include "traces/launch/resolved.hpp"

namespace sptc::cuda {
namespace {

using Json = nlohmann::json;

Json report_json(const DeviceInfo& device, const std::string& kernel_file,
                 const std::string& launch_file, const launch::Launch& launch, const Times& times,
                 const std::vector<launch::OutputCheck>& checks) {
    Json json{{"schema", "sptc.replay/1"},
              {"device",
               {{"name", device.name},
                {"compute_capability", device.compute_capability},
                {"sms", device.sms},
                {"sm_clock_mhz", device.sm_clock_mhz},
                {"memory_clock_mhz", device.memory_clock_mhz},
                {"driver", device.driver}}},
              {"kernel",
               {{"file", kernel_file}, {"sha256", base::sha256_hex(base::read_text(kernel_file))}}},
              {"launch",
               {{"file", launch_file}, {"sha256", base::sha256_hex(base::read_text(launch_file))}}},
              {"inputs_sha256", launch::inputs_sha256(launch)},
              {"times",
               {{"median_us", times.median_us},
                {"low_us", times.low_us},
                {"high_us", times.high_us},
                {"runs", times.runs}}},
              {"checks", Json::array()}};
    for (const launch::OutputCheck& check : checks) {
        json["checks"].push_back({{"buffer", check.buffer},
                                  {"elements", check.elements},
                                  {"mismatches", check.mismatches},
                                  {"first_mismatch", check.first_mismatch}});
    }
    return json;
}

void print_check(const launch::OutputCheck& check) {
    std::printf("check %s against %s, %s: %llu mismatches in %llu elements%s%s\n",
                check.buffer.c_str(), check.file.c_str(),
                launch::tolerance_text(check.tolerance).c_str(),
                static_cast<unsigned long long>(check.mismatches),
                static_cast<unsigned long long>(check.elements),
                check.mismatches == 0 ? "" : "; first: ", check.first_mismatch.c_str());
}

}  // namespace

int run_verb(const std::vector<std::string>& words) {
    const Words line(words, {"--launch", "--out", "--json", "--repeats", "--warm-up", "--device"});
    const std::string kernel_file = line.positional({"KERNEL.ptx"})[0];
    const std::string launch_file = line.option("--launch", "");
    if (launch_file.empty()) throw UsageError{"--launch LAUNCH.json is missing"};
    const TimingPlan plan{line.number("--warm-up", 3, 0, 1000),
                          line.number("--repeats", 0, 0, 1000)};
    const std::string kernel = base::read_text(kernel_file);
    const launch::Launch launch = launch::read_launch(launch_file);
    const auto gpu = open_gpu(line.number("--device", 0, 0, 1000));
    const DeviceInfo device = gpu->info();
    const LaunchRun run = gpu->run(kernel, kernel_file, launch, plan);
    const Times times = times_of(run.microseconds);
    std::printf("%s on %s (sm_%d, %d SMs, CUDA %s): %.2f us", launch.entry.c_str(),
                device.name.c_str(), device.compute_capability, device.sms, device.driver.c_str(),
                times.median_us);
    std::printf(times.runs > 1 ? ", quartiles %.2f and %.2f us of %llu runs\n" : "\n", times.low_us,
                times.high_us, static_cast<unsigned long long>(times.runs));
    std::vector<launch::OutputCheck> checks;
    for (const launch::Expectation& expected : launch.expectations) {
        checks.push_back(launch::check_output(expected, run.outputs.at(expected.buffer)));
        print_check(checks.back());
    }
    if (const std::string out = line.option("--out", ""); !out.empty()) {
        for (const auto& [name, content] : run.outputs) {
            std::printf("wrote %s\n", launch::write_output(launch, name, content, out).c_str());
        }
    }
    if (const std::string file = line.option("--json", ""); !file.empty()) {
        base::write_text(
            file,
            report_json(device, kernel_file, launch_file, launch, times, checks).dump(2) + "\n");
    }
    for (const launch::OutputCheck& check : checks) {
        if (check.mismatches != 0) return kMismatch;
    }
    return kDone;
}

}  // namespace sptc::cuda

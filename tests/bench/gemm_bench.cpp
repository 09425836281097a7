// How fast whole GEMMs are simulated, and in how much memory: `sptc gemm` without baseline, one
// process a case. With the argument "large" the shapes that take minutes. Reported, never asserted.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string_view>

#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;

namespace {

struct Case {
    std::string_view name;
    std::uint32_t extent;  ///< M, N and K
    gpu::SimulatedSms sms;
    launch::Values values;
    unsigned threads = 1;
};

using gpu::SimulatedSms;
using launch::Values;

constexpr Case kCases[] = {
    {"4096^3, one SM for all", 4096, SimulatedSms::kRepresentative, Values::kOff},
    {"1024^3, all SMs", 1024, SimulatedSms::kAll, Values::kOff},
    {"1024^3, all SMs, 2 threads", 1024, SimulatedSms::kAll, Values::kOff, 2},
    {"512^3, all SMs, values", 512, SimulatedSms::kAll, Values::kOn},
    {"512^3, values, 2 threads", 512, SimulatedSms::kAll, Values::kOn, 2},
    {"1024^3, all SMs, values", 1024, SimulatedSms::kAll, Values::kOn},
    {"1024^3, values, 2 threads", 1024, SimulatedSms::kAll, Values::kOn, 2},
};

constexpr Case kLargeCases[] = {
    {"8192^3, one SM for all", 8192, SimulatedSms::kRepresentative, Values::kOff},
    {"4096^3, values, 2 threads", 4096, SimulatedSms::kAll, Values::kOn, 2},
    {"4096^3, all SMs, values", 4096, SimulatedSms::kAll, Values::kOn},
};

double cpu_seconds(const rusage& usage) {
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

void measure(const Case& row) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = request.n = request.k = row.extent;
    request.pattern = &sparsity::find_pattern("2:4");
    request.with_dense_baseline = false;
    request.sms = row.sms;
    request.values = row.values;
    request.options.threads = row.threads;
    const auto begin = std::chrono::steady_clock::now();
    const run::GemmResult result = run::run_gemm(request);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    constexpr double kKibPerMib = 1024;
    const auto sm_cycles = static_cast<double>(result.kernel.simulation.sm_cycles);
    fmt::print("{:27} {:6.2f} s wall  {:6.2f} s cpu  {:9.0f} SM cycles  {:6.2f} M/s  {:5.0f} MiB\n",
               row.name, wall.count(), cpu_seconds(usage), sm_cycles,
               sm_cycles / wall.count() * 1e-6, static_cast<double>(usage.ru_maxrss) / kKibPerMib);
    std::fflush(stdout);
}

/// In a process of its own, so that its peak of memory is its own.
int measure_apart(const Case& row) {
    const pid_t child = fork();
    if (child == 0) {
        try {
            measure(row);
        } catch (const std::exception& error) {
            fmt::print(stderr, "{}: {}\n", row.name, error.what());
            _exit(1);
        }
        _exit(0);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child ? status : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const bool large = argc > 1 && std::string_view(argv[1]) == "large";
    const std::span<const Case> cases = large ? std::span<const Case>(kLargeCases) : kCases;
    int status = 0;
    for (const Case& row : cases) status |= measure_apart(row);
    return status == 0 ? 0 : 1;
}

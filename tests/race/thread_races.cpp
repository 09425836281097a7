// Simulations on several threads, to be run under ThreadSanitizer (scripts/check_threads): it tells
// races; this program tells when cycles or bits are not those of one thread. It links no more than
// it needs, because builds with ThreadSanitizer are slow.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"

using namespace sptc;
using launch::Values;
using types::DataType;

namespace {

constexpr unsigned kThreads[] = {2, 4};

struct Gemm {
    std::uint32_t m, n, k;
    DataType type;
    bool sparse;
    Values values;
    std::uint32_t sms;  ///< of the GPU: few make waves with a tail
    std::uint32_t split_k = 1;
};

// The stores of values go through logs; without values only slices of addresses are executed.
constexpr Gemm kGemms[] = {{257, 129, 160, DataType::kF16, true, Values::kOn, 108},
                           {200, 192, 96, DataType::kS8, true, Values::kOn, 3},
                           {128, 128, 64, DataType::kTf32, false, Values::kOn, 4},
                           {128, 128, 512, DataType::kBf16, true, Values::kOn, 6, 3},
                           {512, 384, 128, DataType::kF16, true, Values::kOff, 108},
                           {512, 384, 128, DataType::kF16, false, Values::kOff, 5}};

// Shared memory, shuffles, mma.sp; the last two must run on one thread (atomics, printf).
constexpr std::string_view kWithValuesOnly = "splitk_atomics";
constexpr std::string_view kKernels[] = {"softmax",     "sgemm_tiled",   "spgemm_mma_sp",
                                         "warp_reduce", kWithValuesOnly, "printf_assert"};

/// What must not depend on threads.
struct Outcome {
    std::vector<base::Cycle> cycles;
    std::uint64_t mismatches = 0;
    bool operator==(const Outcome&) const = default;
};

Outcome simulate(const Gemm& gemm, unsigned threads) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.gpu.sms = gemm.sms;
    request.m = gemm.m;
    request.n = gemm.n;
    request.k = gemm.k;
    request.type = gemm.type;
    if (gemm.sparse) request.pattern = run::hardware_pattern(gemm.type);
    request.with_dense_baseline = false;
    request.values = gemm.values;
    request.check = gemm.values == Values::kOn;
    request.sms = gpu::SimulatedSms::kAll;
    request.split_k = gemm.split_k;
    request.options.threads = threads;
    const run::GemmResult result = run::run_gemm(request);
    return {{result.kernel.simulation.cycles}, result.check ? result.check->mismatches : 0};
}

Outcome simulate(const std::string& kernel, Values values, unsigned threads) {
    run::LaunchRequest request;
    request.gpu = run::load_gpu("a100");
    request.ptx_file = "tests/kernels/" + kernel + "/" + kernel + ".ptx";
    request.launch_file = "tests/kernels/" + kernel + "/launch.json";
    request.values = values;
    request.options.threads = threads;
    const run::LaunchResult result = run::run_launch(request);
    Outcome outcome;
    for (const gpu::KernelResult& each : result.simulations) outcome.cycles.push_back(each.cycles);
    for (const launch::OutputCheck& each : result.checks) outcome.mismatches += each.mismatches;
    return outcome;
}

/// Compares every number of threads with one; how many differ.
template <class Simulate>
int compare(const std::string& what, const Simulate& simulate_on) {
    int differing = 0;
    try {
        const Outcome one = simulate_on(1u);
        for (const unsigned threads : kThreads) {
            const bool same = simulate_on(threads) == one && one.mismatches == 0;
            std::printf("%s on %u threads: %s\n", what.c_str(), threads,
                        same ? "as on one" : "DIFFERS");
            differing += same ? 0 : 1;
        }
    } catch (const base::Error& error) {
        std::printf("%s: FAILED: %s\n", what.c_str(), error.what());
        ++differing;
    }
    std::fflush(stdout);
    return differing;
}

}  // namespace

int main() try {
    int differing = 0;
    for (const Gemm& gemm : kGemms) {
        differing +=
            compare("GEMM " + std::to_string(gemm.m) + " x " + std::to_string(gemm.n) + " x " +
                        std::to_string(gemm.k) + (gemm.values == Values::kOn ? ", values" : ""),
                    [&](unsigned threads) { return simulate(gemm, threads); });
    }
    for (const std::string_view kernel : kKernels) {
        for (const Values values : {Values::kOn, Values::kOff}) {
            // What split-K waits for is data: it has no slice of addresses.
            if (values == Values::kOff && kernel == kWithValuesOnly) continue;
            differing += compare(
                std::string(kernel) + (values == Values::kOn ? ", values" : ""),
                [&](unsigned threads) { return simulate(std::string(kernel), values, threads); });
        }
    }
    return differing == 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::printf("thread_races: %s\n", error.what());
    return 1;
}

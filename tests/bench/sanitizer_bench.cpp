// What each detector of the sanitizer costs: a 256^3 GEMM on all SMs with values, as `sptc gemm`
// runs it. Reported, never asserted.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdio>

#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;

namespace {

constexpr int kRuns = 3;  // the fastest counts

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_with(const char* detectors, const sparsity::Pattern* pattern) {
    double best = 1e9;
    for (int i = 0; i < kRuns; ++i) {
        sanitize::Sanitizer sanitizer(sanitize::parse_detectors(detectors));
        run::GemmRequest request;
        request.gpu = run::load_gpu("a100");
        request.m = request.n = request.k = 256;
        request.pattern = pattern;
        request.with_dense_baseline = false;
        request.sms = gpu::SimulatedSms::kAll;
        request.values = launch::Values::kOn;
        request.sanitizer = &sanitizer;
        const double begin = cpu_seconds();
        (void)run::run_gemm(request);
        best = std::min(best, cpu_seconds() - begin);
    }
    return best;
}

}  // namespace

int main() {
    for (const bool sparse : {false, true}) {
        const sparsity::Pattern* pattern = sparse ? &sparsity::find_pattern("2:4") : nullptr;
        const double none = seconds_with("none", pattern);
        fmt::print("{} 256^3, without: {:.3f} s CPU\n", sparse ? "2:4" : "dense", none);
        for (const char* detectors : {"memory", "race", "init", "async", "sync", "all"}) {
            const double with = seconds_with(detectors, pattern);
            fmt::print("  {:7} {:.3f} s  x {:.2f}\n", detectors, with, with / none);
            std::fflush(stdout);
        }
    }
    return 0;
}

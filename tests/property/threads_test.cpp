// SMs on several threads against one thread, which runs every SM cycle by cycle.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/report/gemm_report.hpp"
#include "sim/report/profile_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "sim/run/trace_run.hpp"
#include "tests/support/a100.hpp"
#include "tests/support/ptx_run.hpp"
#include "tests/support/same_simulation.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using launch::Values;

namespace {

constexpr unsigned kThreads[] = {2, 3, 8};

struct Shape {
    std::uint32_t m, n, k;
    std::uint32_t sms;  ///< of the GPU
};

run::GemmRequest gemm_request(const Shape& shape) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100");
    r.gpu.sms = shape.sms;
    r.m = shape.m;
    r.n = shape.n;
    r.k = shape.k;
    r.with_dense_baseline = false;
    r.sms = gpu::SimulatedSms::kAll;
    return r;
}

/// The JSON report without host{}, which ends it.
std::string comparable(const run::GemmResult& result) {
    const std::string json = report::gemm_json(result, "test");
    return json.substr(0, json.find("\"host\""));
}

std::string profile_of(const run::GemmResult& result) {
    return report::profile_json(result.kernel.simulation, result.kernel.kernel_text).dump();
}

std::string text_of(const base::Error& error) { return error.what(); }

/// Simulates on `sms` SMs; the text of the error, or nothing.
std::optional<std::string> failure(test::KernelRun& kernel, std::uint32_t sms,
                                   const gpu::RunOptions& options) {
    const auto source = kernel.source();
    test::A100 gpu(sms);
    try {
        (void)gpu.run(*source, options);
    } catch (const base::Error& error) {
        return text_of(error);
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("threads: a GEMM without values does the same in every count on any number of threads") {
    // Less than a wave, waves with a tail, several CTAs per SM, one SM.
    const Shape shape = GENERATE(Shape{512, 512, 256, 108}, Shape{1024, 768, 256, 10},
                                 Shape{1000, 900, 200, 12}, Shape{640, 640, 130, 3});
    const bool sparse = GENERATE(true, false);
    const auto type = GENERATE(types::DataType::kF16, types::DataType::kS8);
    run::GemmRequest r = gemm_request(shape);
    r.type = type;
    if (sparse) r.pattern = run::hardware_pattern(type);
    r.options.profile = true;
    const run::GemmResult one = run::run_gemm(r);
    CHECK(one.kernel.simulation.threads == 1);
    for (const unsigned threads : kThreads) {
        CAPTURE(shape.m, shape.n, shape.k, shape.sms, sparse, types::name(type), threads);
        r.options.threads = threads;
        const run::GemmResult many = run::run_gemm(r);
        CHECK(many.kernel.simulation.threads == std::min(threads, shape.sms));
        CHECK(many.kernel.simulation.one_thread_because.empty());
        CHECK(comparable(many) == comparable(one));
        CHECK(profile_of(many) == profile_of(one));
    }
}

TEST_CASE("threads: a GEMM with values gives the same D and report on any number of threads") {
    const auto type = GENERATE(types::DataType::kF16, types::DataType::kTf32, types::DataType::kS8,
                               types::DataType::kF64);
    const Shape shape = GENERATE(Shape{257, 129, 515, 108}, Shape{400, 384, 96, 5});
    run::GemmRequest r = gemm_request(shape);
    r.type = type;
    r.pattern = run::hardware_pattern(type);
    r.values = Values::kOn;
    r.check = true;
    const test::TemporaryDirectory directory;
    const std::string one_file = (directory.path() / "one.npy").string();
    const std::string many_file = (directory.path() / "many.npy").string();
    r.out_file = one_file;
    const run::GemmResult one = run::run_gemm(r);
    r.out_file = many_file;
    for (const unsigned threads : kThreads) {
        CAPTURE(types::name(type), shape.m, shape.n, shape.k, shape.sms, threads);
        r.options.threads = threads;
        const run::GemmResult many = run::run_gemm(r);
        CHECK(many.kernel.simulation.threads == std::min(threads, shape.sms));
        CHECK(many.check->mismatches == 0);
        CHECK(comparable(many) == comparable(one));
        CHECK(base::read_text(many_file) == base::read_text(one_file));
    }
}

TEST_CASE("threads: with idle skip off the result is the same") {
    run::GemmRequest r = gemm_request({300, 260, 200, 4});
    r.options.idle_skip = sm::IdleSkip::kOff;
    const run::GemmResult one = run::run_gemm(r);
    r.options.threads = 2;
    CHECK(comparable(run::run_gemm(r)) == comparable(one));
}

TEST_CASE("threads: the kernels of the corpus give the same report and outputs") {
    const std::string name =
        GENERATE("clock_loop", "device_library", "functions", "hgemm_mma", "histogram",
                 "imma_requant", "printf_assert", "sgemm_tiled", "softmax", "spgemm_mma_sp",
                 "splitk_atomics", "stencil", "template_gemm", "warp_reduce", "wmma_gemm");
    const std::string folder = "tests/kernels/" + name;
    const test::TemporaryDirectory directory;
    run::LaunchRequest r;
    r.gpu = run::load_gpu("a100");
    r.gpu.sms = 7;
    r.ptx_file = folder + "/" + name + ".ptx";
    r.launch_file = folder + "/launch.json";
    r.out_directory = directory.path().string();
    const auto outcome = [&r] {
        const run::LaunchResult result = run::run_launch(r);
        std::string text = report::launch_json(result, "test");
        text.resize(text.find("\"host\""));
        for (const std::string& file : result.written) text += base::read_text(file);
        return text;
    };
    const std::string one = outcome();
    for (const unsigned threads : {2u, 3u}) {
        CAPTURE(name, threads);
        r.options.threads = threads;
        CHECK(outcome() == one);
    }
}

TEST_CASE("threads: a replayed trace does the same on any number of threads") {
    const test::TemporaryDirectory directory;
    run::GemmRequest r = gemm_request({300, 1050, 200, 6});
    r.trace_file = (directory.path() / "gemm.trace").string();
    r.options.threads = 4;
    const run::GemmResult recorded = run::run_gemm(r);
    CHECK(recorded.kernel.simulation.threads == 1);
    CHECK(recorded.kernel.simulation.one_thread_because ==
          "a trace is written in the order of execution");
    run::ReplayRequest replay;
    replay.trace_file = r.trace_file;
    replay.gpu_overrides = {{"/sms", 6.0}};
    for (const unsigned threads : {1u, 2u, 3u}) {
        CAPTURE(threads);
        replay.options.threads = threads;
        const gpu::KernelResult again = run::run_replay(replay).simulations.front();
        CHECK(again.threads == threads);
        test::check_same_simulation(again, recorded.kernel.simulation);
    }
}

TEST_CASE("threads: of stores to one word the one of the last cycle and SM is left") {
    // Every CTA stores its number after a time that its number decides.
    test::KernelRun kernel(std::string(test::kPtxHeader) + R"(.visible .entry last(.param .u64 out)
{
    .reg .pred %p;
    .reg .b32 %cta, %count, %i;
    .reg .b64 %out;
    ld.param.u64 %out, [out];
    cvta.to.global.u64 %out, %out;
    mov.u32 %cta, %ctaid.x;
    mul.lo.u32 %count, %cta, 2654435761;
    shr.u32 %count, %count, 27;
    mov.u32 %i, 0;
again:
    st.global.u32 [%out], %cta;
    add.u32 %i, %i, 1;
    setp.lt.u32 %p, %i, %count;
    @%p bra again;
    st.global.u32 [%out+4], %cta;
    ret;
}
)");
    kernel.launch.grid = {200, 1, 1};
    kernel.output("out", 8);
    const auto left = [&kernel](unsigned threads) {
        const auto source = kernel.source();
        test::A100 gpu(9);
        const gpu::KernelResult result = gpu.run(*source, {.threads = threads});
        CHECK(result.threads == threads);
        return std::pair(result.cycles, kernel.content<std::uint32_t>("out"));
    };
    const auto one = left(1);
    for (const unsigned threads : kThreads) CHECK(left(threads) == one);
}

TEST_CASE("threads: the error is the one of the earliest cycle and SM") {
    // CTAs step over the end of the buffer after different times, the last ones first.
    test::KernelRun kernel(std::string(test::kPtxHeader) + R"(.visible .entry far(.param .u64 in)
{
    .reg .pred %p;
    .reg .b32 %cta, %i, %x;
    .reg .b64 %in, %at;
    ld.param.u64 %in, [in];
    cvta.to.global.u64 %in, %in;
    mov.u32 %cta, %ctaid.x;
    sub.u32 %i, 300, %cta;
again:
    sub.u32 %i, %i, 1;
    setp.gt.s32 %p, %i, 0;
    @%p bra again;
    mul.wide.u32 %at, %cta, 4;
    add.u64 %at, %in, %at;
    ld.global.u32 %x, [%at+256];
    ret;
}
)");
    kernel.launch.grid = {100, 1, 1};
    kernel.output("in", 512);
    const std::optional<std::string> one = failure(kernel, 5, {});
    REQUIRE(one);
    for (const unsigned threads : kThreads) {
        CHECK(failure(kernel, 5, {.threads = threads}) == one);
    }
}

TEST_CASE("threads: a deadlock and the limit of cycles are reported with the same text") {
    test::KernelRun stuck(std::string(test::kPtxHeader) + R"(.visible .entry stuck()
{
    .reg .pred %p;
    .reg .b32 %x;
    mov.u32 %x, %tid.x;
    setp.lt.u32 %p, %x, 32;
    @%p bra wait;
    bar.sync 1, 64;
wait:
    bar.sync 0, 64;
    ret;
}
)",
                          64);
    stuck.launch.grid = {40, 1, 1};
    test::KernelRun endless(std::string(test::kPtxHeader) + R"(.visible .entry endless()
{
    .reg .b32 %x;
    mov.u32 %x, %tid.x;
again:
    add.u32 %x, %x, 1;
    bra again;
}
)");
    endless.launch.grid = {40, 1, 1};
    const std::optional<std::string> deadlock = failure(stuck, 6, {});
    REQUIRE(deadlock);
    for (const unsigned threads : kThreads) {
        CHECK(failure(stuck, 6, {.threads = threads}) == deadlock);
        for (const base::Cycle limit : {1u, 59u, 60u, 1000u}) {
            CAPTURE(threads, limit);
            const std::optional<std::string> stopped = failure(endless, 6, {.cycle_limit = limit});
            REQUIRE(stopped);
            CHECK(failure(endless, 6, {.cycle_limit = limit, .threads = threads}) == stopped);
        }
    }
}

TEST_CASE("threads: one SM for all says why there is one thread") {
    run::GemmRequest r = gemm_request({512, 512, 64, 108});
    r.sms = gpu::SimulatedSms::kRepresentative;
    r.options.threads = 2;
    const run::GemmResult result = run::run_gemm(r);
    CHECK(result.kernel.simulation.threads == 1);
    CHECK(result.kernel.simulation.one_thread_because == "one SM is simulated");
}

// The timeline: events that a viewer can read, and whose durations are the cycles that were
// counted.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/file.hpp"
#include "sim/report/timeline_report.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "tests/support/same_simulation.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using nlohmann::json;

namespace {

constexpr base::Cycle kWhole = 1'000'000;

sm::TimelineWindow whole(std::uint32_t first_sm = 0, std::uint32_t sms = 1) {
    return {.cycles = kWhole, .first_sm = first_sm, .sms = sms};
}

run::GemmRequest request_of(bool sparse) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = 256;
    request.n = 384;
    request.k = 256;
    request.pattern = sparse ? &sparsity::find_pattern("2:4") : nullptr;
    request.with_dense_baseline = false;
    return request;
}

run::GemmKernelResult recorded(sm::TimelineWindow window, bool sparse = true,
                               gpu::SimulatedSms sms = gpu::SimulatedSms::kRepresentative,
                               sm::IdleSkip idle_skip = sm::IdleSkip::kOn) {
    run::GemmRequest request = request_of(sparse);
    request.sms = sms;
    request.options.timeline = window;
    request.options.idle_skip = idle_skip;
    return run::run_gemm(request).kernel;
}

std::string file_text(const run::GemmKernelResult& kernel) {
    const test::TemporaryDirectory directory;
    const std::string file = (directory.path() / "t.json").string();
    report::write_timeline(file, {{&kernel.simulation, kernel.kernel_text}}, run::load_gpu("a100"),
                           "test");
    return base::read_text(file);
}

/// The complete events of a file, whose form is checked.
std::vector<json> checked_events(const json& file) {
    CHECK(file.at("otherData").at("schema") == "sptc.timeline/1");
    std::set<int> processes;
    std::set<std::pair<int, int>> threads;
    std::map<std::pair<int, int>, std::uint64_t> ends;
    std::vector<json> events;
    std::uint64_t malformed = 0, overlaps = 0, unnamed = 0;
    for (const json& event : file.at("traceEvents")) {
        const int process = event.at("pid").get<int>();
        if (event.at("ph") == "C") {
            unnamed += processes.count(process) == 0;
            malformed += !event.at("ts").is_number_unsigned() || event.at("args").empty();
            continue;
        }
        if (event.at("ph") == "M") {
            if (event.at("name") == "process_name") processes.insert(process);
            if (event.at("name") == "thread_name")
                threads.emplace(process, event.at("tid").get<int>());
            continue;
        }
        const std::pair<int, int> thread{process, event.at("tid").get<int>()};
        malformed += event.at("ph") != "X" || !event.at("ts").is_number_unsigned() ||
                     !event.at("dur").is_number_unsigned() || event.at("dur") == 0 ||
                     event.at("name").get<std::string>().empty() || !event.at("args").is_object();
        unnamed += processes.count(process) == 0 || threads.count(thread) == 0;
        const auto begin = event.at("ts").get<std::uint64_t>();
        overlaps += begin < ends[thread];  // events of a thread come in order
        ends[thread] = begin + event.at("dur").get<std::uint64_t>();
        events.push_back(event);
    }
    CHECK(malformed == 0);
    CHECK(unnamed == 0);
    CHECK(overlaps == 0);
    return events;
}

/// Cycles in the issue slots by activity.
sm::ActivityCycles issue_cycles(const sm::Timeline& timeline) {
    sm::ActivityCycles cycles{};
    for (const sm::TimelineSlice& slice : timeline.slices()) {
        if (slice.unit == sm::TimelineUnit::kIssue)
            cycles[static_cast<std::size_t>(slice.activity)] += slice.end - slice.begin;
    }
    return cycles;
}

}  // namespace

TEST_CASE("timeline: issues and stalls add up to the cycle accounting") {
    const bool sparse = GENERATE(true, false);
    const run::GemmKernelResult kernel = recorded(whole(), sparse);
    REQUIRE(kernel.simulation.timelines.size() == 1);
    CHECK(issue_cycles(kernel.simulation.timelines[0]) == kernel.simulation.activity);

    std::map<std::string, std::uint64_t> durations;
    for (const json& event : checked_events(json::parse(file_text(kernel)))) {
        const std::string category = event.at("cat");
        // A stall may be called like what it waits for: "barrier".
        durations[category == "stall" ? "stall " + event.at("name").get<std::string>()
                                      : category] += event.at("dur").get<std::uint64_t>();
    }
    for (std::size_t i = 0; i < sm::kActivities; ++i) {
        const auto activity = static_cast<sm::Activity>(i);
        const std::string name = (activity == sm::Activity::kIssued ? "" : "stall ") +
                                 std::string(sm::activity_name(activity));
        INFO(name);
        CHECK(durations[name] == kernel.simulation.activity[i]);
    }
    CHECK(durations[sparse ? "sparse" : "dense"] == kernel.simulation.tensor_busy_cycles);
    CHECK(durations[sparse ? "dense" : "sparse"] == 0);
}

TEST_CASE("timeline: wavefronts, mmas, copies and CTAs are all there") {
    const run::GemmKernelResult kernel =
        recorded(whole(0, run::load_gpu("a100").sms), true, gpu::SimulatedSms::kAll);
    const gpu::KernelResult& result = kernel.simulation;
    REQUIRE(result.timelines.size() == result.simulated_sms);
    std::map<sm::TimelineUnit, std::uint64_t> slices, counts;
    std::uint64_t mmas_issued = 0, copies_queued = 0;
    for (const sm::Timeline& timeline : result.timelines) {
        for (const sm::TimelineSlice& slice : timeline.slices()) {
            ++slices[slice.unit];
            counts[slice.unit] += slice.count;
            copies_queued += slice.unit == sm::TimelineUnit::kLoadStoreQueue &&
                             slice.operation == isa::Operation::kAsyncCopy;
        }
    }
    for (const gpu::MmaCount& mma : result.mmas) mmas_issued += mma.count;
    CHECK(slices[sm::TimelineUnit::kTensorCore] == mmas_issued);
    CHECK(slices[sm::TimelineUnit::kCta] == result.ctas);
    // What is predicated off enters no queue; what does lands.
    CHECK(counts[sm::TimelineUnit::kAsyncCopy] == copies_queued);
    CHECK(copies_queued > 0);
    CHECK(slices[sm::TimelineUnit::kAsyncCopy] < counts[sm::TimelineUnit::kAsyncCopy]);
    constexpr std::uint64_t kWavefrontBytes = 128;
    CHECK(counts[sm::TimelineUnit::kSharedArray] * kWavefrontBytes ==
          result.shared_read_bytes + result.shared_write_bytes + result.shared_fill_bytes);
}

TEST_CASE("timeline: a window cuts what it does not hold, and holds every cycle of it") {
    constexpr base::Cycle kFirst = 1000, kCount = 777;
    const run::GemmKernelResult kernel = recorded({.first_cycle = kFirst, .cycles = kCount});
    const sm::ActivityCycles cycles = issue_cycles(kernel.simulation.timelines.at(0));
    std::uint64_t sum = 0;
    for (const std::uint64_t each : cycles) sum += each;
    CHECK(sum == kCount * kernel.simulation.timelines[0].sub_cores());
    for (const json& event : checked_events(json::parse(file_text(kernel)))) {
        const auto begin = event.at("ts").get<std::uint64_t>();
        const bool inside =
            begin >= kFirst && begin + event.at("dur").get<std::uint64_t>() <= kFirst + kCount;
        if (!inside) FAIL(event.dump());
    }
}

TEST_CASE("timeline: recording changes no result, and idle skip no timeline") {
    const run::GemmKernelResult kernel = recorded(whole());
    test::check_same_simulation(kernel.simulation,
                                run::run_gemm(request_of(true)).kernel.simulation);
    const run::GemmKernelResult stepping =
        recorded(whole(), true, gpu::SimulatedSms::kRepresentative, sm::IdleSkip::kOff);
    const bool same = file_text(kernel) == file_text(stepping);
    CHECK(same);
}

TEST_CASE("timeline: several threads record the same bytes") {
    run::GemmRequest request = request_of(true);
    request.sms = gpu::SimulatedSms::kAll;
    request.options.timeline = whole(1, 3);
    const run::GemmKernelResult one = run::run_gemm(request).kernel;
    request.options.threads = 2;
    const run::GemmKernelResult two = run::run_gemm(request).kernel;
    REQUIRE(two.simulation.threads == 2);
    REQUIRE(one.simulation.timelines.size() == 3);
    CHECK(one.simulation.timelines[0].sm() == 1);
    const bool same = file_text(one) == file_text(two);
    CHECK(same);
}

TEST_CASE("timeline: counters of L2 and HBM add up to what the kernel moved") {
    const gpu::KernelResult result = recorded(whole()).simulation;
    std::uint64_t l2_reads = 0, l2_writes = 0, hbm_reads = 0, far_hits = 0;
    base::Cycle end = 0;
    for (const gpu::MemorySample& sample : result.memory_samples) {
        CHECK(sample.begin == end);
        end = sample.end;
        l2_reads += sample.near_hits + sample.far_hits + sample.from_memory;
        far_hits += sample.far_hits;
        l2_writes += sample.writes;
        hbm_reads += sample.hbm_reads;
    }
    CHECK(end == result.cycles);
    CHECK(result.memory_samples.size() ==
          (result.cycles + gpu::MemorySampler::kInterval - 1) / gpu::MemorySampler::kInterval);
    CHECK(l2_reads * sm::kSectorBytes == result.l2_read_bytes);
    CHECK(far_hits * sm::kSectorBytes == result.l2_far_hit_bytes);
    CHECK(l2_writes * sm::kSectorBytes == result.l2_write_bytes);
    CHECK(hbm_reads * sm::kSectorBytes == result.hbm_read_bytes);
    CHECK(result.hbm_read_bytes > 0);
}

TEST_CASE("timeline: a run records no more SM cycles than its limit, whatever is asked for") {
    run::GemmRequest request = request_of(true);
    request.with_dense_baseline = true;
    request.options.timeline = whole();
    request.options.timeline->most_sm_cycles = 1000;
    const run::GemmResult result = run::run_gemm(request);
    base::Cycle last = 0;
    for (const sm::TimelineSlice& slice : result.kernel.simulation.timelines.at(0).slices())
        last = std::max(last, slice.end);
    CHECK(last == 1000);
    CHECK(result.kernel.simulation.memory_samples.back().end == 1000);
    CHECK(result.dense->simulation.timelines.at(0).slices().empty());
    CHECK(result.dense->simulation.memory_samples.empty());
}

TEST_CASE("timeline: more SMs than are simulated are refused") {
    REQUIRE_THROWS_WITH(recorded(whole(0, 2)),
                        Catch::Contains("SMs 0 .. 1") && Catch::Contains("simulated is SM 0 only"));
}

TEST_CASE("timeline: a file that cannot be written does not appear") {
    const run::GemmKernelResult kernel = recorded({.cycles = 100});
    const test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "missing" / "t.json";
    CHECK_THROWS(report::write_timeline(file.string(), {{&kernel.simulation, ""}},
                                        run::load_gpu("a100"), "test"));
    CHECK_FALSE(std::filesystem::exists(file));
}

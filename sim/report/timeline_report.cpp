#include "sim/report/timeline_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <tuple>

#include "models/base/file.hpp"
#include "sim/report/source_lines.hpp"

namespace sptc::report {
namespace {

using nlohmann::ordered_json;
using sm::TimelineSlice;
using sm::TimelineUnit;

constexpr std::array<std::string_view, static_cast<std::size_t>(TimelineUnit::kCount)> kUnitNames{
    "issue slot", "tensor core",     "load/store queue",
    "CTAs",       "barriers",        "shared memory wavefronts",
    "L1 tags",    "cp.async groups", "global memory, in flight"};

/// What a thread of the trace stands for; ordered as it is shown.
struct Track {
    std::uint32_t process;
    TimelineUnit unit;
    std::uint32_t lane;
    auto operator<=>(const Track&) const = default;
};

/// "m16n8k32 sparse", "load_shared", ...; of a slot in which nothing issued the reason.
std::string name_of(const TimelineSlice& slice) {
    switch (slice.unit) {
        case TimelineUnit::kBarrier:
            return fmt::format("barrier {}", slice.number);
        case TimelineUnit::kCta:
            return fmt::format("CTA {}", slice.cta);
        case TimelineUnit::kAsyncCopy:
            return fmt::format("group {} of warp {}", slice.number, slice.warp);
        case TimelineUnit::kIssue:
            if (slice.activity != sm::Activity::kIssued)
                return std::string(sm::activity_name(slice.activity));
            break;
        default:
            break;
    }
    if (slice.form != nullptr) {
        return fmt::format("{} {}", slice.form->shape_name(),
                           slice.form->sparse() ? "sparse" : "dense");
    }
    return std::string(isa::operation_name(slice.operation));
}

std::string_view category_of(const TimelineSlice& slice) {
    if (slice.unit == TimelineUnit::kIssue)
        return slice.activity == sm::Activity::kIssued ? "issued" : "stall";
    if (slice.unit == TimelineUnit::kTensorCore) return slice.form->sparse() ? "sparse" : "dense";
    constexpr std::array<std::string_view, static_cast<std::size_t>(TimelineUnit::kCount)> kNames{
        "", "", "queue", "cta", "barrier", "wavefronts", "tags", "copy", "global"};
    return kNames[static_cast<std::size_t>(slice.unit)];
}

ordered_json arguments_of(const TimelineSlice& slice, const SourceLines& lines) {
    ordered_json arguments = ordered_json::object();
    const bool stall =
        slice.unit == TimelineUnit::kIssue && slice.activity != sm::Activity::kIssued;
    if (slice.operation != isa::Operation::kCount && stall)
        arguments["waits_at"] = isa::operation_name(slice.operation);
    if (slice.line != 0) {
        arguments["line"] = slice.line;
        if (const std::string text = lines.text(slice.line); !text.empty()) arguments["ptx"] = text;
    }
    if (!stall && slice.unit != TimelineUnit::kCta) arguments["cta"] = slice.cta;
    if (!stall && slice.unit != TimelineUnit::kCta && slice.unit != TimelineUnit::kBarrier)
        arguments["warp"] = slice.warp;
    if (slice.unit == TimelineUnit::kTensorCore) arguments["form"] = slice.form->ptx_name();
    switch (slice.unit) {
        case TimelineUnit::kSharedArray:
            arguments["wavefronts"] = slice.count;
            break;
        case TimelineUnit::kL1Tags:
            arguments["passes"] = slice.count;
            break;
        case TimelineUnit::kGlobal:
            arguments["sectors"] = slice.count;
            break;
        case TimelineUnit::kAsyncCopy:
            arguments["copies"] = slice.count;
            break;
        case TimelineUnit::kBarrier:
            arguments["warps"] = slice.count;
            break;
        default:
            break;
    }
    return arguments;
}

/// Spreads slices that overlap over lanes: each takes the first lane that is free.
class Lanes {
  public:
    std::uint32_t take(const TimelineSlice& slice) {
        const auto free = std::find_if(ends_.begin(), ends_.end(),
                                       [&](base::Cycle end) { return end <= slice.begin; });
        const auto lane = static_cast<std::uint32_t>(free - ends_.begin());
        if (free == ends_.end()) ends_.push_back(0);
        ends_[lane] = slice.end;
        return lane;
    }

  private:
    std::vector<base::Cycle> ends_;
};

/// Writes events one after another.
class EventFile {
  public:
    explicit EventFile(const std::string& file) : file_(file) {}

    void begin(const ordered_json& metadata) {
        write(fmt::format("{{\"displayTimeUnit\": \"ms\",\n\"otherData\": {},\n\"traceEvents\": [",
                          metadata.dump()));
    }
    void event(const ordered_json& event) {
        write(fmt::format("{}\n{}", first_ ? "" : ",", event.dump()));
        first_ = false;
    }
    void end() {
        write("\n]}\n");
        file_.commit();
    }

  private:
    void write(std::string_view text) { file_.write(std::as_bytes(std::span(text))); }

    base::AtomicFile file_;
    bool first_ = true;
};

void write_names(EventFile& file, const std::map<Track, int>& threads, int first_process,
                 const std::vector<std::string>& process_names) {
    for (std::size_t i = 0; i < process_names.size(); ++i) {
        const int process = first_process + static_cast<int>(i);
        file.event({{"ph", "M"},
                    {"pid", process},
                    {"name", "process_name"},
                    {"args", {{"name", process_names[i]}}}});
        file.event({{"ph", "M"},
                    {"pid", process},
                    {"name", "process_sort_index"},
                    {"args", {{"sort_index", process}}}});
    }
    for (const auto& [track, thread] : threads) {
        const int process = first_process + static_cast<int>(track.process);
        std::string name(kUnitNames[static_cast<std::size_t>(track.unit)]);
        if (track.lane != 0) name += fmt::format(" ({})", track.lane + 1);
        file.event({{"ph", "M"},
                    {"pid", process},
                    {"tid", thread},
                    {"name", "thread_name"},
                    {"args", {{"name", name}}}});
        file.event({{"ph", "M"},
                    {"pid", process},
                    {"tid", thread},
                    {"name", "thread_sort_index"},
                    {"args", {{"sort_index", thread}}}});
    }
}

void write_counter(EventFile& file, int process, std::string_view name, base::Cycle at,
                   const ordered_json& series) {
    file.event({{"ph", "C"}, {"pid", process}, {"ts", at}, {"name", name}, {"args", series}});
}

/// What L2 and HBM are asked for, in bytes per cycle, as counters. Returns the number of processes.
int write_memory(EventFile& file, const gpu::KernelResult& kernel, const std::string& name,
                 int process) {
    if (kernel.memory_samples.empty()) return 0;
    write_names(file, {}, process, {fmt::format("{}: L2 and HBM, of all SMs", name)});
    const auto write = [&](const gpu::MemorySample& sample) {
        const auto rate = [&](std::uint64_t sectors) {
            return static_cast<double>(sectors * sm::kSectorBytes) /
                   static_cast<double>(sample.end - sample.begin);
        };
        write_counter(file, process, "L2 reads, bytes per cycle", sample.begin,
                      {{"near hits", rate(sample.near_hits)},
                       {"far hits", rate(sample.far_hits)},
                       {"from memory", rate(sample.from_memory)}});
        write_counter(file, process, "L2 writes, bytes per cycle", sample.begin,
                      {{"writes", rate(sample.writes)}});
        write_counter(file, process, "HBM, bytes per cycle", sample.begin,
                      {{"reads", rate(sample.hbm_reads)}, {"writes", rate(sample.hbm_writes)}});
    };
    for (const gpu::MemorySample& sample : kernel.memory_samples) write(sample);
    const base::Cycle end = kernel.memory_samples.back().end;
    write({.begin = end, .end = end + 1});  // a counter holds its value until the next one
    return 1;
}

/// Returns the number of processes it took.
int write_sm(EventFile& file, const sm::Timeline& timeline, const std::string& kernel,
             const SourceLines& lines, int first_process) {
    const std::span<const TimelineSlice> slices = timeline.slices();
    std::vector<std::size_t> order(slices.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto key = [](const TimelineSlice& slice) {
            return std::tuple(slice.begin, slice.unit, slice.sub_core);
        };
        return key(slices[a]) < key(slices[b]);
    });

    std::map<std::pair<std::uint32_t, TimelineUnit>, Lanes> lanes;
    std::vector<Track> tracks;
    std::map<Track, int> threads;
    for (const std::size_t i : order) {
        const TimelineSlice& slice = slices[i];
        const std::uint32_t process =
            is_per_sub_core(slice.unit) ? slice.sub_core : timeline.sub_cores();
        tracks.push_back({process, slice.unit, lanes[{process, slice.unit}].take(slice)});
        threads.emplace(tracks.back(), 0);
    }
    int next_thread = 0;
    for (auto& [track, thread] : threads) thread = ++next_thread;

    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < timeline.sub_cores(); ++i)
        names.push_back(fmt::format("{}: SM {}, sub-core {}", kernel, timeline.sm(), i));
    names.push_back(fmt::format("{}: SM {}, memory and CTAs", kernel, timeline.sm()));
    write_names(file, threads, first_process, names);

    for (std::size_t i = 0; i < order.size(); ++i) {
        const TimelineSlice& slice = slices[order[i]];
        file.event({{"ph", "X"},
                    {"pid", first_process + static_cast<int>(tracks[i].process)},
                    {"tid", threads[tracks[i]]},
                    {"ts", slice.begin},
                    {"dur", slice.end - slice.begin},
                    {"name", name_of(slice)},
                    {"cat", category_of(slice)},
                    {"args", arguments_of(slice, lines)}});
    }
    return static_cast<int>(names.size());
}

}  // namespace

void write_timeline(const std::string& file, const std::vector<RecordedKernel>& kernels,
                    const gpu::GpuSpec& gpu, std::string_view version) {
    EventFile events(file);
    ordered_json metadata{{"schema", "sptc.timeline/1"},
                          {"version", version},
                          {"time", "1 us stands for 1 cycle of the SM clock"},
                          {"gpu", gpu.name},
                          {"clock_mhz", gpu.clock_mhz}};
    metadata["kernels"] = ordered_json::array();
    for (const RecordedKernel& each : kernels) {
        ordered_json entry{{"entry", each.kernel->shape.entry}, {"cycles", each.kernel->cycles}};
        if (!each.kernel->timelines.empty()) {
            const sm::TimelineWindow& window = each.kernel->timelines.front().window();
            entry["first_cycle"] = window.first_cycle;
            entry["recorded_cycles"] = window.recorded(each.kernel->cycles);
            entry["first_sm"] = window.first_sm;
            entry["sms"] = window.sms;
        }
        metadata["kernels"].push_back(std::move(entry));
    }
    events.begin(metadata);
    int process = 1;
    for (std::size_t i = 0; i < kernels.size(); ++i) {
        const std::string& entry = kernels[i].kernel->shape.entry;
        const std::string name = kernels.size() == 1 ? entry : fmt::format("{}. {}", i + 1, entry);
        const SourceLines lines(kernels[i].text);
        for (const sm::Timeline& timeline : kernels[i].kernel->timelines)
            process += write_sm(events, timeline, name, lines, process);
        process += write_memory(events, *kernels[i].kernel, name, process);
    }
    events.end();
}

}  // namespace sptc::report

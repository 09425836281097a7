#include "sim/sweep/run_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/run/progress.hpp"
#include "sim/sweep/parameters.hpp"
#include "sim/sweep/point.hpp"
#include "sim/sweep/worker_pool.hpp"

namespace sptc::sweep {
namespace {

constexpr int kTickMilliseconds = 500;  // how often progress is shown while nothing ends

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// "sptc: error: x" -> "x"; of a worker that was killed, by what.
std::string error_of(const WorkerExit& exit) {
    constexpr std::string_view kPrefix = "sptc: error: ";
    if (const std::size_t at = exit.err.rfind(kPrefix); at != std::string::npos) {
        std::string text = exit.err.substr(at + kPrefix.size());
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    if (exit.exit_code > 128) return fmt::format("killed by signal {}", exit.exit_code - 128);
    constexpr std::size_t kLongest = 2000;
    const std::string tail = exit.err.substr(exit.err.size() - std::min(exit.err.size(), kLongest));
    return fmt::format("exit code {}: {}", exit.exit_code, tail);
}

Outcome outcome_of(const WorkerExit& exit) {
    Outcome outcome{.failed = exit.exit_code != 0,
                    .result = {},
                    .error = {},
                    .exit_code = exit.exit_code,
                    .wall_seconds = exit.wall_seconds,
                    .cpu_seconds = exit.cpu_seconds,
                    .peak_kib = exit.peak_kib};
    outcome.result = exit.out;
    while (outcome.result.ends_with('\n')) outcome.result.pop_back();
    if (outcome.failed) {
        outcome.error = error_of(exit);
    } else if (!outcome.result.starts_with('{')) {
        outcome.failed = true;
        outcome.error = "the worker gave no result";
        outcome.result.clear();
    }
    return outcome;
}

/// The points that are missing, in the order of the sweep.
std::vector<const Point*> missing(const Expansion& expansion, const ResultWriter::Known& known,
                                  bool retry_failed) {
    std::vector<const Point*> points;
    for (const Point& point : expansion.points) {
        const bool again = retry_failed && known.failed.contains(point.hash);
        if (again || !known.finished.contains(point.hash)) points.push_back(&point);
    }
    return points;
}

/// The share of the work that is done: by estimated time as soon as something is known, before by
/// count.
class Share {
  public:
    explicit Share(const std::vector<const Point*>& points) : points_(points) {}
    void add(const Point& point, double seconds) {
        model_.learn(point.parameters, seconds);
        finished_.push_back(&point);
    }
    [[nodiscard]] double fraction() const {
        double all = 0, done = 0;
        for (const Point* point : points_) all += model_.seconds(point->parameters);
        for (const Point* point : finished_) done += model_.seconds(point->parameters);
        return all > 0 ? done / all : 0;
    }

  private:
    const std::vector<const Point*>& points_;
    std::vector<const Point*> finished_;
    CostModel model_;
};

}  // namespace

SweepSummary run_sweep(const SweepFile& sweep, const Expansion& expansion, std::string_view version,
                       ResultWriter& results, const SweepOptions& options) {
    const auto begin = Clock::now();
    const std::vector<const Point*> points =
        missing(expansion, results.known(), options.retry_failed);
    SweepSummary summary;
    summary.present = expansion.points.size() - points.size();
    results.begin(sweep, expansion, version);

    run::Progress progress(fmt::format("sweep {}", sweep.name));
    Share share(points);
    WorkerPool pool(options.worker, options.jobs);
    std::size_t next = 0;
    auto shown = begin;
    while (next < points.size() || !pool.idle()) {
        if (options.interrupted()) {
            summary.interrupted = true;
            break;
        }
        if (next < points.size() && !pool.full()) {
            pool.start(next, point_document(*points[next]));
            ++next;
            continue;
        }
        const std::optional<WorkerExit> exit = pool.wait(kTickMilliseconds);
        if (exit) {
            const Point& point = *points[exit->task];
            const Outcome outcome = outcome_of(*exit);
            results.record(sweep, point, version, outcome);
            ++(outcome.failed ? summary.failed : summary.done);
            if (outcome.failed && summary.first_error.empty()) {
                summary.first_error = fmt::format("point {}: {}", point.ordinal, outcome.error);
            }
            summary.peak_kib = std::max(summary.peak_kib, exit->peak_kib);
            share.add(point, exit->wall_seconds);
        }
        // The share is a sum over all points: not after every one of thousands of short ones.
        if (seconds_since(shown) * 1e3 < kTickMilliseconds) continue;
        shown = Clock::now();
        const std::uint64_t ended = summary.done + summary.failed;
        progress.update(
            share.fraction(),
            fmt::format("{} of {} points, {:.1f} a second, {} failed", ended, points.size(),
                        static_cast<double>(ended) / seconds_since(begin), summary.failed));
    }
    summary.seconds = seconds_since(begin);
    return summary;
}

namespace {

/// What recorded points of the same kind took.
void learn_from_results(const std::string& path, CostModel& model, ResultWriter::Known& known) {
    const std::unique_ptr<Sqlite> sqlite = open_results(path);
    Statement rows(
        *sqlite,
        "SELECT p.hash, p.status, p.parameters, h.wall_seconds FROM points p JOIN host h "
        "ON h.hash = p.hash");
    while (rows.step()) {
        known.finished.insert(rows.text(0));
        if (rows.text(1) == "failed") {
            known.failed.insert(rows.text(0));
            continue;
        }
        const auto json = nlohmann::ordered_json::parse(rows.text(2));
        model.learn(completed(parameters_from_json(json, path)), rows.real(3));
    }
}

/// The smallest, the middle and the largest point of each class, the cheapest first.
std::vector<const Point*> probes(const std::vector<const Point*>& points) {
    std::map<std::string, std::vector<const Point*>> classes;
    for (const Point* point : points)
        classes[CostModel::class_of(point->parameters)].push_back(point);
    std::vector<const Point*> chosen;
    const auto cheaper = [](const Point* a, const Point* b) {
        return CostModel::work_of(a->parameters) < CostModel::work_of(b->parameters);
    };
    for (auto& [unused, members] : classes) {
        std::stable_sort(members.begin(), members.end(), cheaper);
        for (const std::size_t i :
             std::set<std::size_t>{0, members.size() / 2, members.size() - 1}) {
            chosen.push_back(members[i]);
        }
    }
    std::stable_sort(chosen.begin(), chosen.end(), cheaper);
    return chosen;
}

}  // namespace

SweepEstimate estimate_sweep(const Expansion& expansion, const std::string& results,
                             const SweepOptions& options) {
    CostModel model;
    ResultWriter::Known known;
    if (!results.empty()) learn_from_results(results, model, known);
    const std::vector<const Point*> points = missing(expansion, known, options.retry_failed);
    SweepEstimate estimate;
    estimate.to_run = points.size();
    estimate.present = expansion.points.size() - points.size();
    estimate.from_results = !model.empty();
    if (model.empty()) {
        const auto begin = Clock::now();
        // The first runs to its end however long: without it there is no estimate.
        const auto enough = [&] {
            return options.interrupted() ||
                   (!model.empty() && seconds_since(begin) > kLongestProbeSeconds);
        };
        for (const Point* point : probes(points)) {
            if (enough()) break;
            WorkerPool pool(options.worker, 1);
            pool.start(0, point_document(*point));
            std::optional<WorkerExit> exit;
            while (!exit && !enough()) exit = pool.wait(kTickMilliseconds);
            if (!exit || exit->exit_code != 0) continue;
            model.learn(point->parameters, exit->wall_seconds);
            estimate.peak_kib = std::max(estimate.peak_kib, exit->peak_kib);
        }
    }
    estimate.measured = model.measured();
    for (const Point* point : points) estimate.seconds += model.seconds(point->parameters);
    estimate.seconds /=
        std::min<double>(options.jobs, std::max<double>(1, static_cast<double>(points.size())));
    return estimate;
}

}  // namespace sptc::sweep

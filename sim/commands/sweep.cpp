#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"
#include "sim/sweep/run_sweep.hpp"

namespace sptc::commands {
namespace {

volatile std::sig_atomic_t interrupt_signal = 0;

void note_signal(int signal) { interrupt_signal = signal; }

/// Ctrl-C and kill end a sweep between two points; nothing half done is left.
void catch_signals() {
    struct sigaction action {};
    action.sa_handler = note_signal;  // no SA_RESTART: waiting ends at once
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

struct Options {
    std::string file;
    std::string database;
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    bool resume = false;
    bool retry_failed = false;
    bool dry_run = false;
};

std::string duration(double seconds) {
    if (seconds < 1) return "less than a second";
    if (seconds < 90) return fmt::format("{:.0f} s", seconds);
    if (seconds < 5400) return fmt::format("{:.1f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

void print_expansion(const sweep::SweepFile& file, const sweep::Expansion& expansion) {
    fmt::print("sweep {}: {} points", file.name, expansion.points.size());
    std::string from;
    if (expansion.excluded > 0) from += fmt::format(", {} excluded", expansion.excluded);
    if (expansion.not_sampled > 0) from += fmt::format(", {} not drawn", expansion.not_sampled);
    if (expansion.duplicates > 0) from += fmt::format(", {} the same", expansion.duplicates);
    fmt::print(" of {} combinations{}\n", expansion.combinations, from);
}

int estimate(const Options& options, const sweep::Expansion& expansion,
             const sweep::SweepOptions& running) {
    const bool exists = !options.database.empty() && std::filesystem::exists(options.database) &&
                        std::filesystem::file_size(options.database) > 0;
    const sweep::SweepEstimate estimate =
        sweep::estimate_sweep(expansion, exists ? options.database : "", running);
    fmt::print("to run       {} ({} are in the results already)\n", estimate.to_run,
               estimate.present);
    if (estimate.to_run == 0) return kSuccess;
    if (estimate.measured == 0) {
        fmt::print("time         not known: the points that were tried failed\n");
        return kSuccess;
    }
    fmt::print("time         about {} with --jobs {}\n", duration(estimate.seconds), options.jobs);
    fmt::print("from         {} points {}\n", estimate.measured,
               estimate.from_results ? "in the results" : "that were run for this, and not kept");
    if (!estimate.from_results) {
        fmt::print("memory       {:.0f} MiB in the largest of them\n",
                   static_cast<double>(estimate.peak_kib) / 1024);
    }
    return kSuccess;
}

int run_command(const Options& options) {
    const sweep::SweepFile file = sweep::read_sweep_file(options.file);
    const sweep::Expansion expansion = sweep::expand(file, kVersion);
    print_expansion(file, expansion);
    catch_signals();
    const sweep::SweepOptions running{
        .worker = {std::filesystem::read_symlink("/proc/self/exe").string(), "point"},
        .jobs = options.jobs,
        .retry_failed = options.retry_failed,
        .interrupted = [] { return interrupt_signal != 0; }};
    if (options.dry_run) return estimate(options, expansion, running);
    if (options.database.empty()) throw base::ConfigError("--db is missing: expected a file");
    std::fflush(stdout);
    using Existing = sweep::ResultWriter::Existing;
    sweep::ResultWriter results(options.database, options.resume || options.retry_failed
                                                      ? Existing::kContinue
                                                      : Existing::kRefuse);
    const sweep::SweepSummary summary =
        sweep::run_sweep(file, expansion, kVersion, results, running);
    fmt::print("{} computed, {} failed, {} were there; {}", summary.done, summary.failed,
               summary.present, duration(summary.seconds));
    const std::uint64_t ended = summary.done + summary.failed;
    if (ended > 0) {
        fmt::print(", {:.1f} points a second, largest worker {:.0f} MiB",
                   static_cast<double>(ended) / summary.seconds,
                   static_cast<double>(summary.peak_kib) / 1024);
    }
    fmt::print("\n");
    if (!summary.first_error.empty()) {
        fmt::print("first failure: {}\n", summary.first_error);
    }
    if (!summary.interrupted) return kSuccess;
    const std::uint64_t left =
        expansion.points.size() - summary.present - summary.done - summary.failed;
    fmt::print(stderr, "sptc: interrupted with {} points left; --resume goes on\n", left);
    return 128 + interrupt_signal;
}

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* verb =
        app.add_subcommand("sweep", "Simulate many designs and shapes into a database");
    verb->add_option("SWEEP.json", options->file, "What to vary (docs/sweep.md)")
        ->required()
        ->type_name("");
    verb->add_option("--db", options->database,
                     "SQLite file of results; every point is in it as soon as it has ended");
    verb->add_option("--jobs", options->jobs, "Processes at a time")
        ->check(CLI::Range(1u, 1024u))
        ->capture_default_str();
    verb->add_flag("--resume", options->resume,
                   "Add to a file that holds results: only what is missing is run");
    verb->add_flag("--retry-failed", options->retry_failed, "The same, and what failed once more");
    verb->add_flag("--dry-run", options->dry_run, "Count the points and estimate the time");
    verb->footer(
        "Examples:\n"
        "  sptc sweep configs/sweep/demo.json --db results.sqlite\n"
        "  sptc sweep configs/sweep/demo.json --db results.sqlite --resume --jobs 2\n"
        "  sptc sweep configs/sweep/large.json --dry-run\n"
        "  sptc query results.sqlite \"SELECT pattern, avg(speedup) FROM results GROUP BY 1\"\n"
        "  sptc report results.sqlite -o report.html");
    verb->callback([options, &exit_code] { exit_code = run_command(*options); });
}

}  // namespace sptc::commands

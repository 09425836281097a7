#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <span>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/commands/command.hpp"
#include "sim/sweep/database.hpp"
#include "sim/sweep/rows.hpp"

namespace sptc::commands {
namespace {

struct Options {
    std::string database;
    std::string sql;
    bool json = false;
    bool csv = false;
    std::string out;  // empty: standard output
};

sweep::RowFormat format_of(const Options& options) {
    if (options.json) return sweep::RowFormat::kJson;
    return options.csv ? sweep::RowFormat::kCsv : sweep::RowFormat::kTable;
}

void print_rows(sweep::Sqlite& results, const Options& options, const std::string& sql) {
    sweep::Statement statement(results, sql);
    if (!statement.read_only()) {
        throw base::ConfigError("the statement would write: results are open for reading only");
    }
    if (options.out.empty()) {
        sweep::write_rows(statement, format_of(options),
                          [](std::string_view text) { fmt::print("{}", text); });
        return;
    }
    base::AtomicFile file(options.out);
    sweep::write_rows(statement, format_of(options), [&file](std::string_view text) {
        file.write(std::as_bytes(std::span(text)));
    });
    file.commit();
}

void add_formats(CLI::App& verb, Options& options) {
    CLI::Option* json = verb.add_flag("--json", options.json, "An array of objects");
    verb.add_flag("--csv", options.csv, "Comma-separated, with a header")->excludes(json);
}

}  // namespace

void add_query(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand("query", "Ask the results of sweeps in SQL");
    verb->add_option("DB", options->database, "Results of sptc sweep")->required()->type_name("");
    verb->add_option("SQL", options->sql,
                     "One statement that reads; the view `results` has a row for each point")
        ->required()
        ->type_name("");
    add_formats(*verb, *options);
    verb->footer(
        "Examples:\n"
        "  sptc query results.sqlite \"SELECT m, n, k, pattern, cycles, speedup FROM results\"\n"
        "  sptc query results.sqlite \"SELECT * FROM results WHERE status = 'failed'\" --json");
    verb->callback([options, &exit_code] {
        print_rows(*sweep::open_results(options->database), *options, options->sql);
        exit_code = kSuccess;
    });
}

void add_export(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand("export", "Write all results of sweeps as one table");
    verb->add_option("DB", options->database, "Results of sptc sweep")->required()->type_name("");
    add_formats(*verb, *options);
    verb->add_option("-o,--out", options->out,
                     "File, whole or not at all (default: standard output)");
    verb->callback([options, &exit_code] {
        if (!options->json && !options->csv) {
            throw base::ConfigError("expected --csv or --json");
        }
        const auto results = sweep::open_results(options->database);
        print_rows(*results, *options, sweep::export_query(*results, format_of(*options)));
        exit_code = kSuccess;
    });
}

}  // namespace sptc::commands

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "models/base/file.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"
#include "sim/sweep/database.hpp"
#include "sim/sweep/report_page.hpp"

namespace sptc::commands {

void add_report(CLI::App& app, int& exit_code) {
    struct Options {
        std::string database;
        std::string out;
    };
    auto options = std::make_shared<Options>();
    CLI::App* verb = app.add_subcommand("report", "Draw the results of sweeps as one HTML page");
    verb->add_option("DB", options->database, "Results of sptc sweep")->required()->type_name("");
    verb->add_option("-o,--out", options->out, "Page to write; it needs no network")->required();
    verb->callback([options, &exit_code] {
        base::require_writable(options->out);
        const std::string page =
            sweep::report_page(*sweep::open_results(options->database), kVersion);
        base::write_text(options->out, page);
        fmt::print("wrote {} ({:.1f} MB)\n", options->out, static_cast<double>(page.size()) * 1e-6);
        exit_code = kSuccess;
    });
}

}  // namespace sptc::commands

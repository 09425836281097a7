#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <iterator>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"
#include "sim/sweep/point.hpp"

namespace sptc::commands {

void add_point(CLI::App& app, int& exit_code) {
    CLI::App* verb = app.add_subcommand(
        "point", "Worker of sweep: reads a point (sptc.point/1) from standard input");
    verb->group("");  // not in --help
    verb->callback([&exit_code] {
        // Dies with the sweep, even when that is killed.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const std::string document{std::istreambuf_iterator<char>(std::cin), {}};
        const sweep::PointResult result = sweep::run_point(document, kVersion);
        fmt::print("{}\n", result.json);
        std::fflush(stdout);
        if (result.mismatch.empty()) return;
        fmt::print(stderr, "sptc: error: {}\n", result.mismatch);
        exit_code = kMismatch;
    });
}

}  // namespace sptc::commands

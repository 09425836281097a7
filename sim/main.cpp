#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "models/base/error.hpp"
#include "sim/commands/command.hpp"
#include "sim/commands/version.hpp"

// libsystemc expects this symbol; the program has a main of its own.
extern "C" int sc_main(int, char**) { return 0; }

namespace {

using namespace sptc;

int report(std::string_view message, int exit_code) {
    fmt::print(stderr, "sptc: error: {}\n", message);
    return exit_code;
}

/// What is wrong with the command line, and where help is.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error, int argc,
                          char** argv) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    if (!chosen.empty()) {
        return fmt::format("{}; `sptc {} --help` shows the options", error.what(),
                           chosen.front()->get_name());
    }
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands({})) {
        if (!verb->get_group().empty()) verbs.push_back(verb->get_name());  // others are hidden
    }
    const std::string given = argc > 1 ? fmt::format("unknown verb '{}'", argv[1]) : "no verb";
    return fmt::format("{}: expected one of {}; `sptc --help` shows more", given,
                       fmt::join(verbs, ", "));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("sptc: a bit-exact, cycle-level simulator of Sparse Tensor Core hardware", "sptc");
    app.set_version_flag("--version", std::string(commands::kVersion));
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 success; 1 --check or judge found a mismatch; 2 wrong command line; 3 wrong "
        "file, "
        "shape,\n"
        "configuration or kernel; 4 memory fault in the kernel; 5 deadlock; 6 findings of "
        "--sanitize; 70 bug in "
        "sptc.\n"
        "`sptc VERB --help` shows the options and examples of a verb.");
    int exit_code = commands::kSuccess;
    commands::add_gemm(app, exit_code);
    commands::add_run(app, exit_code);
    commands::add_replay(app, exit_code);
    commands::add_mma(app, exit_code);
    commands::add_prune(app, exit_code);
    commands::add_compress(app, exit_code);
    commands::add_expand(app, exit_code);
    commands::add_probe(app, exit_code);
    commands::add_validate(app);
    commands::add_record(app, exit_code);
    commands::add_check(app, exit_code);
    commands::add_sweep(app, exit_code);
    commands::add_query(app, exit_code);
    commands::add_export(app, exit_code);
    commands::add_report(app, exit_code);
    commands::add_point(app, exit_code);
    commands::add_variant(app, exit_code);
    commands::add_inspect(app, exit_code);
    commands::add_list(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return app.exit(error);
        return report(usage_message(app, error, argc, argv), commands::kUsageError);
    } catch (const base::DeadlockError& error) {
        return report(error.what(), commands::kDeadlock);
    } catch (const base::MemoryFault& error) {
        return report(error.what(), commands::kMemoryFault);
    } catch (const base::Error& error) {
        return report(error.what(), commands::kInputError);
    } catch (const std::bad_alloc&) {
        return report("out of memory", commands::kInputError);
    } catch (const std::exception& error) {
        return report(error.what(), commands::kInternalError);
    }
    return exit_code;
}

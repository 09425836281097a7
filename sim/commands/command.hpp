#pragma once

namespace CLI {
class App;
}

namespace sptc::commands {

/// Exit codes of the program, documented in `sptc --help`.
enum ExitCode : int {
    kSuccess = 0,
    kMismatch = 1,    ///< --check, run, check or probe judge found a difference
    kUsageError = 2,  ///< the command line is wrong
    kInputError =
        3,  ///< a file, shape, configuration or kernel is wrong (ConfigError, KernelError)
    kMemoryFault = 4,    ///< the kernel accessed memory out of range or misaligned
    kDeadlock = 5,       ///< no warp could go on
    kFindings = 6,       ///< the sanitizer found something; the kernel ran to its end
    kInternalError = 70  ///< a bug in sptc
};

/// Each verb adds its subcommand, whose callback does the work and stores the exit code.
void add_gemm(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_mma(CLI::App& app, int& exit_code);
void add_prune(CLI::App& app, int& exit_code);
void add_compress(CLI::App& app, int& exit_code);
void add_expand(CLI::App& app, int& exit_code);
void add_probe(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app);
void add_record(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_sweep(CLI::App& app, int& exit_code);
void add_query(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_point(CLI::App& app, int& exit_code);  ///< not for people: what sweep starts
void add_variant(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);

}  // namespace sptc::commands

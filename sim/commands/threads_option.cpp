#include "sim/commands/threads_option.hpp"

#include <CLI/CLI.hpp>

namespace sptc::commands {

void ThreadsOption::add_to(CLI::App& verb, const std::string& name) {
    constexpr unsigned kMostThreads = 1024;
    verb.add_option(name, threads,
                    "Threads of this computer that run SMs; results are the same for any number")
        ->check(CLI::Range(1u, kMostThreads))
        ->capture_default_str();
}

}  // namespace sptc::commands

#pragma once
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "models/base/file.hpp"

namespace sptc::test {

/// What a run of the program left.
struct ProgramRun {
    int exit_code;  ///< 128 + signal when it was killed, as a shell says it
    std::string out;
    std::string err;
};

/// Runs `sptc ARGUMENTS` in a directory, through the shell. Streams go to files outside of it.
inline ProgramRun run_sptc(const std::filesystem::path& directory, const std::string& arguments) {
    const std::string streams = directory.string() + ".streams";
    const std::string command = "cd '" + directory.string() + "' && '" SPTC_BINARY "' " +
                                arguments + " >'" + streams + ".out' 2>'" + streams + ".err'";
    const int status = std::system(command.c_str());
    if (status == -1 || !WIFEXITED(status)) throw std::runtime_error("no shell: " + command);
    ProgramRun run{WEXITSTATUS(status), base::read_text(streams + ".out"),
                   base::read_text(streams + ".err")};
    std::filesystem::remove(streams + ".out");
    std::filesystem::remove(streams + ".err");
    return run;
}

}  // namespace sptc::test

#pragma once
#include <string>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::test {

/// The members of a launch file beside "schema".
[[nodiscard]] inline launch::Launch read_launch_members(const TemporaryDirectory& directory,
                                                        const std::string& members) {
    const auto path = directory.path() / "l.json";
    base::write_text(path, R"({"schema": "sptc.launch/1", )" + members + "}");
    return launch::read_launch(path);
}

/// The message of the error, from the JSON pointer on; empty when there is none.
[[nodiscard]] inline std::string launch_problem(const TemporaryDirectory& directory,
                                                const std::string& members) {
    try {
        (void)read_launch_members(directory, members);
    } catch (const base::ConfigError& error) {
        const std::string message = error.what();
        return message.substr(message.find("l.json: ") + 8);
    }
    return "";
}

inline const std::string kKernelMembers = R"("entry": "k", "grid": [1], "block": [32])";

}  // namespace sptc::test

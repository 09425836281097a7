#pragma once
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/file.hpp"

namespace sptc::test {

/// NVIDIA's assembler, where it is on the PATH.
inline bool has_ptxas() { return std::system("command -v ptxas >/dev/null 2>&1") == 0; }

/// What ptxas says about a text; empty when it accepts it.
inline std::string assemble(const std::string& text, std::string_view arch = "sm_80") {
    char name[] = "/tmp/sptc-ptxas-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(name);
    base::write_text(folder / "k.ptx", text);
    const std::string command =
        "ptxas -arch=" + std::string(arch) + " " + (folder / "k.ptx").string() + " -o " +
        (folder / "k.cubin").string() + " >" + (folder / "log").string() + " 2>&1";
    const bool accepted = std::system(command.c_str()) == 0;
    std::string log = base::read_text(folder / "log");
    std::filesystem::remove_all(folder);
    if (accepted) return "";
    return log.empty() ? "ptxas failed without a message" : log;
}

/// Which of some instructions, one a line after `head`, ptxas accepts. It reports every wrong line.
inline std::vector<bool> accepted_lines(const std::string& head,
                                        const std::vector<std::string>& instructions,
                                        std::string_view arch = "sm_80") {
    std::string text = head;
    std::size_t first = 1;
    for (const char c : head) first += c == '\n' ? 1 : 0;
    for (const std::string& instruction : instructions) text += instruction + "\n";
    const std::string log = assemble(text + "ret;\n}\n", arch);
    std::vector<bool> accepted(instructions.size(), true);
    constexpr std::string_view kLine = "line ";
    for (std::size_t at = log.find(kLine); at != std::string::npos; at = log.find(kLine, at + 1)) {
        std::size_t line = 0;
        const char* begin = log.data() + at + kLine.size();
        std::from_chars(begin, log.data() + log.size(), line);
        if (line >= first && line - first < accepted.size()) accepted[line - first] = false;
    }
    return accepted;
}

}  // namespace sptc::test

#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sptc::gemm {

/// PTX text that grows line by line. A '$' in an instruction stands for the prefix of the text, so
/// that the same code writes "%$t0" as %t0 of the kernel or as %a_t0 of one strand.
class PtxText {
  public:
    explicit PtxText(std::string prefix = "") : prefix_(std::move(prefix)) {}

    /// A line as it stands, at the left margin.
    void raw(std::string_view line) { lines_.emplace_back(line); }
    /// An instruction or declaration without its semicolon.
    void op(std::string_view instruction) {
        std::string line = "    ";
        for (const char c : instruction) {
            if (c == '$') {
                line += prefix_;
            } else {
                line += c;
            }
        }
        lines_.push_back(line + ";");
    }
    void ops(std::span<const std::string> instructions) {
        for (const std::string& instruction : instructions) op(instruction);
    }
    void comment(std::string_view words) { lines_.push_back("    // " + std::string(words)); }
    void label(std::string_view name) { lines_.push_back(std::string(name) + ":"); }
    /// The headline of a section.
    void section(std::string_view words) {
        lines_.push_back("\n    // ---- " + std::string(words) + " ----");
    }
    /// Lines of independent strands in turn, so that each hides the latencies of the others.
    void weave(std::span<const PtxText> strands) {
        bool more = true;
        for (std::size_t i = 0; more; ++i) {
            more = false;
            for (const PtxText& strand : strands) {
                if (i >= strand.lines_.size()) continue;
                lines_.push_back(strand.lines_[i]);
                more = true;
            }
        }
    }

    [[nodiscard]] std::string text() const {
        std::string text;
        for (const std::string& line : lines_) text.append(line).append("\n");
        return text;
    }

  private:
    std::string prefix_;
    std::vector<std::string> lines_;
};

}  // namespace sptc::gemm

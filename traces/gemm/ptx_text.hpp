#pragma once
#include <string>
#include <string_view>

namespace sptc::gemm {

/// PTX text that grows line by line.
class PtxText {
  public:
    /// A line as it stands, at the left margin.
    void raw(std::string_view line) { text_.append(line).append("\n"); }
    /// An instruction or declaration without its semicolon.
    void op(std::string_view instruction) {
        text_.append("    ").append(instruction).append(";\n");
    }
    void comment(std::string_view words) { text_.append("    // ").append(words).append("\n"); }
    void label(std::string_view name) { text_.append(name).append(":\n"); }
    /// The headline of a section.
    void section(std::string_view words) {
        text_.append("\n    // ---- ").append(words).append(" ----\n");
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace sptc::gemm

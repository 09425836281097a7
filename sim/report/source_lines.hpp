#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::report {

/// The lines of a text, which must outlive it, without what indents and ends them; number 1 is the
/// first.
class SourceLines {
  public:
    explicit SourceLines(std::string_view text);

    /// Empty beyond the end. Tabs inside are shown as spaces.
    [[nodiscard]] std::string text(std::size_t line) const;

  private:
    std::vector<std::string_view> lines_;
};

}  // namespace sptc::report

#include "sim/report/source_lines.hpp"

#include <algorithm>

namespace sptc::report {

SourceLines::SourceLines(std::string_view text) : lines_{""} {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t begin = line.find_first_not_of(" \t");
        line = begin == std::string_view::npos ? "" : line.substr(begin);
        lines_.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
    }
}

std::string SourceLines::text(std::size_t line) const {
    std::string text(line < lines_.size() ? lines_[line] : std::string_view{});
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text;
}

}  // namespace sptc::report

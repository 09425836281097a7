#include "sim/run/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace sptc::run {
namespace {

constexpr double kSilentSeconds = 2.0;
constexpr double kTerminalPeriodSeconds = 1.0;
constexpr double kLogPeriodSeconds = 5.0;

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Progress::Progress(std::string label)
    : Progress(std::move(label), stderr,
               ::isatty(::fileno(stderr)) != 0 ? Style::kTerminal : Style::kLog, steady_seconds) {}

Progress::Progress(std::string label, std::FILE* stream, Style style, Seconds clock)
    : label_(std::move(label)),
      stream_(stream),
      style_(style),
      clock_(std::move(clock)),
      begin_(clock_()),
      next_(begin_ + kSilentSeconds) {}

Progress::~Progress() {
    if (line_width_ > 0) std::fprintf(stream_, "\r%*s\r", static_cast<int>(line_width_), "");
}

void Progress::update(double fraction, std::string_view note) {
    const double now = clock_();
    if (now < next_) return;
    std::string text = line(std::min(fraction, 1.0), note, now - begin_);
    if (style_ == Style::kLog) {
        next_ = now + kLogPeriodSeconds;
        std::fprintf(stream_, "%s\n", text.c_str());
    } else {
        next_ = now + kTerminalPeriodSeconds;
        const std::size_t width = text.size();
        text.resize(std::max(width, line_width_), ' ');  // over what the last line left
        line_width_ = width;
        std::fprintf(stream_, "\r%s", text.c_str());
    }
    std::fflush(stream_);
}

std::string Progress::line(double fraction, std::string_view note, double elapsed) const {
    std::string text = fmt::format("sptc: {}: ", label_);
    if (fraction >= 0) text += fmt::format("{:.0f} %, ", 100 * fraction);
    text += fmt::format("{:.0f} s", elapsed);
    if (fraction > 0) text += fmt::format(", about {:.0f} s left", elapsed / fraction - elapsed);
    if (!note.empty()) text += fmt::format(", {}", note);
    return text;
}

}  // namespace sptc::run

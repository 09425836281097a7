#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

namespace sptc::run {

/// Tells a waiting user how far long work is. Silent for the first two seconds; then one line that
/// is rewritten every second on a terminal, or a line every five seconds in a log. Never part of a
/// result.
class Progress {
  public:
    enum class Style : std::uint8_t { kTerminal, kLog };
    using Seconds = std::function<double()>;  ///< a clock that never goes back

    /// Writes to stderr, in the style that fits it. `label`: what is being done, "mma".
    explicit Progress(std::string label);
    /// For tests: with another stream and clock.
    Progress(std::string label, std::FILE* stream, Style style, Seconds clock);
    /// Clears the line on a terminal.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `fraction` of the work is done, 0 to 1; a value below 0 says that nobody knows. `note`: a
    /// few words more, such as "1.2 M cycles". Costs a look at the clock; not thread-safe.
    void update(double fraction, std::string_view note = {});

  private:
    [[nodiscard]] std::string line(double fraction, std::string_view note, double elapsed) const;

    std::string label_;
    std::FILE* stream_;
    Style style_;
    Seconds clock_;
    double begin_;
    double next_;                 ///< when the next line may be printed
    std::size_t line_width_ = 0;  ///< of the line on the terminal now
};

}  // namespace sptc::run

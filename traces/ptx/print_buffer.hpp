#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sptc::ptx {

/// What a kernel prints, in the order in which it does. Keeps the first lines up to a bound and
/// counts the rest.
class PrintBuffer {
  public:
    static constexpr std::size_t kDefaultLines = 1000;

    explicit PrintBuffer(std::size_t most_lines = kDefaultLines) : most_lines_(most_lines) {}

    /// Text of one call of printf, with or without an end of line.
    void append(std::string_view text) {
        const std::lock_guard lock(mutex_);
        for (const char c : text) {
            if (c == '\n') {
                finish_line();
            } else if (lines_.size() < most_lines_ && open_.size() < kMostLineBytes) {
                open_ += c;
            } else {
                cut_ = true;
            }
        }
    }

    /// The lines, the last one also when its end has not been printed.
    [[nodiscard]] std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all = lines_;
        if (!open_.empty()) all.push_back(open_);
        return all;
    }
    /// How many lines are not kept.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_ + (open_.empty() && cut_); }

  private:
    static constexpr std::size_t kMostLineBytes = 4096;

    void finish_line() {
        if (lines_.size() < most_lines_) {
            lines_.push_back(std::exchange(open_, {}));
        } else {
            ++dropped_;
        }
        cut_ = false;
    }

    mutable std::mutex mutex_;
    std::size_t most_lines_;
    std::vector<std::string> lines_;
    std::string open_;  ///< a line without its end
    bool cut_ = false;
    std::uint64_t dropped_ = 0;
};

}  // namespace sptc::ptx

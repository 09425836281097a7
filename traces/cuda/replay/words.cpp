#include <algorithm>
#include <charconv>

#include "traces/cuda/replay/command.hpp"

namespace sptc::cuda {

Words::Words(std::vector<std::string> words, const std::vector<std::string>& options) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].rfind("--", 0) != 0) {
            positional_.push_back(words[i]);
            continue;
        }
        if (std::find(options.begin(), options.end(), words[i]) == options.end()) {
            std::string legal;
            for (const std::string& each : options) legal += (legal.empty() ? "" : ", ") + each;
            throw UsageError{"unknown option '" + words[i] + "': expected one of " + legal};
        }
        if (i + 1 == words.size()) throw UsageError{words[i] + ": expected a value behind it"};
        options_.emplace_back(words[i], words[i + 1]);
        ++i;
    }
}

std::vector<std::string> Words::positional(const std::vector<std::string>& names) const {
    if (positional_.size() == names.size()) return positional_;
    std::string expected;
    for (const std::string& each : names) expected += " " + each;
    throw UsageError{"found " + std::to_string(positional_.size()) + " words, expected" + expected};
}

std::string Words::option(const std::string& name, const std::string& otherwise) const {
    for (const auto& [key, value] : options_) {
        if (key == name) return value;
    }
    return otherwise;
}

int Words::number(const std::string& name, int otherwise, int low, int high) const {
    const std::string text = option(name, std::to_string(otherwise));
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || value < low ||
        value > high) {
        throw UsageError{name + ": found '" + text + "', expected an integer from " +
                         std::to_string(low) + " to " + std::to_string(high)};
    }
    return value;
}

}  // namespace sptc::cuda

#include "traces/sanitize/detectors.hpp"

#include <fmt/format.h>

#include <array>

#include "models/base/error.hpp"

namespace sptc::sanitize {
namespace {

constexpr std::size_t kDetectors = static_cast<std::size_t>(Detector::kCount);
constexpr std::array<std::string_view, kDetectors> kNames{"memory", "race", "init", "async",
                                                          "sync"};

void add_named(Detectors& detectors, std::string_view word, std::string_view list) {
    for (std::size_t i = 0; i < kDetectors; ++i) {
        if (word == kNames[i] || word == "all") detectors.add(static_cast<Detector>(i));
        if (word == kNames[i]) return;
    }
    if (word == "all") return;
    throw base::ConfigError(fmt::format(
        "--sanitize: found '{}' in '{}', expected some of memory, race, init, async and sync, "
        "joined by commas, or all, or none",
        word, list));
}

}  // namespace

std::string_view name(Detector detector) { return kNames[static_cast<std::size_t>(detector)]; }

std::string Detectors::text() const {
    std::string text;
    for (std::size_t i = 0; i < kDetectors; ++i) {
        if (!has(static_cast<Detector>(i))) continue;
        if (!text.empty()) text += ',';
        text += kNames[i];
    }
    return text.empty() ? "none" : text;
}

Detectors parse_detectors(std::string_view list) {
    Detectors detectors;
    if (list == "none") return detectors;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        add_named(detectors, list.substr(begin, end - begin), list);
        begin = end + 1;
    }
    return detectors;
}

}  // namespace sptc::sanitize

#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sptc::report {

enum class Charts : std::uint8_t { kNone, kVega };

/// A page of its own: style, scripts and data are inside, it opens without a network. What is in
/// page/page.js (the object `sptc`: elements, tables, words that explain themselves, charts) can be
/// used by its script.
struct HtmlPage {
    std::string title = {};     ///< text
    std::string subtitle = {};  ///< text
    std::string body = {};      ///< HTML inside <main>
    std::string data = {};      ///< JSON for sptc.data(); empty: none
    std::string_view script = {};
    Charts charts = Charts::kNone;  ///< kVega: sptc.chart() works; adds 0.8 MB
    std::string footer = {};        ///< text
};
[[nodiscard]] std::string html_page(const HtmlPage& page);

/// Text as it may stand in HTML.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace sptc::report

#include "sim/report/html_page.hpp"

#include <fmt/format.h>

#include "sim/report/page_assets.hpp"

namespace sptc::report {
namespace {

/// JSON in which no tag can begin or end.
std::string tagless(std::string_view json) {
    std::string text;
    text.reserve(json.size());
    for (const char c : json) {
        if (c == '<') {
            text += "\\u003c";
        } else {
            text += c;
        }
    }
    return text;
}

std::string script_element(std::string_view script) {
    return fmt::format("<script>\n{}\n</script>\n", script);
}

}  // namespace

std::string html_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string html_page(const HtmlPage& page) {
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>{0}</title>\n<style>\n{1}</style>\n",
        html_text(page.title), page_style());
    if (page.charts == Charts::kVega) {
        html +=
            "<!-- Vega, Vega-Lite, Vega-Embed: BSD-3-Clause, University of Washington "
            "Interactive Data Lab -->\n";
        for (const std::string_view script : {vega(), vega_lite(), vega_embed()}) {
            html += script_element(script);
        }
    }
    html += script_element(page_script());
    html += fmt::format(
        "</head>\n<body>\n<header class=\"top\"><h1>{}</h1><p>{}</p></header>\n<main>\n{}</main>\n"
        "<footer>{}</footer>\n",
        html_text(page.title), html_text(page.subtitle), page.body, html_text(page.footer));
    if (!page.data.empty()) {
        html += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n",
                            tagless(page.data));
    }
    if (!page.script.empty()) html += script_element(page.script);
    return html + "</body>\n</html>\n";
}

}  // namespace sptc::report

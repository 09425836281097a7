#include "sim/report/html_page.hpp"

#include <catch2/catch.hpp>

#include "sim/report/page_assets.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

TEST_CASE("html_page: texts and data cannot become tags") {
    const std::string html = report::html_page({.title = "<b>\"a\" & b</b>",
                                                .subtitle = "<i>",
                                                .body = "<p>kept</p>",
                                                .data = "{\"x\": \"</script><!--\"}",
                                                .footer = "<u>"});
    CHECK_THAT(html, Contains("<title>&lt;b&gt;&quot;a&quot; &amp; b&lt;/b&gt;</title>"));
    CHECK_THAT(html, Contains("<p>kept</p>"));
    CHECK_THAT(html, Contains("{\"x\": \"\\u003c/script>\\u003c!--\"}"));
    CHECK_THAT(html, !Contains("<i>") && !Contains("<u>"));
}

TEST_CASE("html_page: the charting library is inside only where charts are wanted") {
    const std::string plain = report::html_page({.title = "t"});
    const std::string charts = report::html_page({.title = "t", .charts = report::Charts::kVega});
    CHECK(plain.size() < 60'000);
    CHECK(charts.size() > plain.size() + report::vega().size());
    // Nothing in the files closes the element that they stand in.
    for (const std::string_view script : {report::vega(), report::vega_lite(), report::vega_embed(),
                                          report::page_script(), report::sweep_script()}) {
        CHECK(script.size() > 1000);
        CHECK(script.find("</script") == std::string_view::npos);
    }
}

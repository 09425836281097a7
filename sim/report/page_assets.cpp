#include "sim/report/page_assets.hpp"

// The assembler puts a file into read-only data, as it is (C++ has no #embed yet).
#define SPTC_ASSET(name, file)                                                         \
    asm(".section .rodata\nsptc_asset_" #name ":\n.incbin \"" SPTC_SOURCE_DIR "/" file \
        "\"\nsptc_asset_" #name "_end:\n.byte 0\n.text\n");                            \
    extern "C" const char sptc_asset_##name[];                                         \
    extern "C" const char sptc_asset_##name##_end[]

SPTC_ASSET(style, "sim/report/page/style.css");
SPTC_ASSET(page, "sim/report/page/page.js");
SPTC_ASSET(sweep, "sim/report/page/sweep.js");
SPTC_ASSET(vega, "third_party/vega/vega.min.js");
SPTC_ASSET(vega_lite, "third_party/vega/vega-lite.min.js");
SPTC_ASSET(vega_embed, "third_party/vega/vega-embed.min.js");

namespace sptc::report {
namespace {

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view page_style() { return between(sptc_asset_style, sptc_asset_style_end); }
std::string_view page_script() { return between(sptc_asset_page, sptc_asset_page_end); }
std::string_view sweep_script() { return between(sptc_asset_sweep, sptc_asset_sweep_end); }
std::string_view vega() { return between(sptc_asset_vega, sptc_asset_vega_end); }
std::string_view vega_lite() { return between(sptc_asset_vega_lite, sptc_asset_vega_lite_end); }
std::string_view vega_embed() { return between(sptc_asset_vega_embed, sptc_asset_vega_embed_end); }

}  // namespace sptc::report

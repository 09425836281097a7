#pragma once
#include <string_view>

/// Texts that stand in every page: built into the program, so that neither it nor its pages need
/// other files.
namespace sptc::report {

[[nodiscard]] std::string_view page_style();    ///< page/style.css
[[nodiscard]] std::string_view page_script();   ///< page/page.js
[[nodiscard]] std::string_view sweep_script();  ///< page/sweep.js
[[nodiscard]] std::string_view vega();          ///< third_party/vega, in the order of loading
[[nodiscard]] std::string_view vega_lite();
[[nodiscard]] std::string_view vega_embed();

}  // namespace sptc::report

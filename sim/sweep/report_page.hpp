#pragma once
#include <string>
#include <string_view>

#include "sim/sweep/sqlite.hpp"

namespace sptc::sweep {

/// The report of all results as one self-contained page. Throws ConfigError when there are none.
[[nodiscard]] std::string report_page(Sqlite& results, std::string_view version);

}  // namespace sptc::sweep

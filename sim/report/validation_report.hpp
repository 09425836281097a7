#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sim/timing/validation.hpp"

namespace sptc::report {

/// Groups, every row, and the `worst` rows of all.
[[nodiscard]] std::string validation_table(const std::vector<timing::GroupResult>& groups,
                                           std::size_t worst);

/// Schema sptc.validation/1 (docs/results.md).
[[nodiscard]] std::string validation_json(const std::vector<timing::GroupResult>& groups,
                                          std::string_view version);

/// docs/validation.md.
[[nodiscard]] std::string validation_markdown(const std::vector<timing::GroupResult>& groups,
                                              std::size_t worst);

/// One page without scripts or anything from elsewhere.
[[nodiscard]] std::string validation_html(const std::vector<timing::GroupResult>& groups,
                                          std::size_t worst);

/// "24.7", "1555", "0.986": five significant digits.
[[nodiscard]] std::string figure(double value);

/// "-3.2 %": simulated against published.
[[nodiscard]] std::string signed_error(const timing::RowResult& row);

}  // namespace sptc::report

#pragma once
#include <string>
#include <vector>

#include "sim/accelerator/anchors.hpp"

namespace sptc::report {

/// One run, in words.
[[nodiscard]] std::string variant_table(const accelerator::VariantResult& result,
                                        const variant::MachineSpec& spec);
/// Schema sptc.variant-result/1.
[[nodiscard]] std::string variant_json(const accelerator::VariantResult& result,
                                       const variant::MachineSpec& spec, std::string_view version);

/// Published cells, what the simulator gives, and the error.
[[nodiscard]] std::string anchor_table(const std::vector<accelerator::AnchorResult>& results);
[[nodiscard]] std::string density_table(const std::vector<accelerator::DensityResult>& results);

/// Published speedups of row-wise N:4 and those simulated.
[[nodiscard]] std::string row_wise_table(const std::vector<accelerator::RowWiseResult>& results);

}  // namespace sptc::report

#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/accelerator/variant_run.hpp"

namespace sptc::accelerator {

/// One published cell of the sparse tensor core study: a layer, its weights, a design.
struct Anchor {
    std::string_view layer;
    std::string_view variant;
    std::string_view pattern;
    loop_nest::Extents extents;
    double b_density;
    double cycles;
    std::optional<double> microjoules;  ///< none: the study gives it as another design's
};

/// All of them: 4 layers x 4 patterns x 6 designs (Sparseloop, MICRO 2022, artifact, figure 15).
[[nodiscard]] std::vector<Anchor> sparseloop_anchors();

struct AnchorResult {
    Anchor anchor;
    VariantResult simulated;
    /// (simulated - published) / published
    [[nodiscard]] double cycles_error() const;
    [[nodiscard]] std::optional<double> energy_error() const;
};

/// Runs a cell as the study did. Its 2:6 layers were laid out for groups of 48 columns: all designs
/// but the dense one and the 2:4 one see K rounded up to that, with values in the added columns.
[[nodiscard]] AnchorResult run_anchor(const Anchor& anchor, const variant::MachineSpec& spec);

/// One published latency of DSTC at 4096^3: densities of A and B. The unit is not known.
struct DensityAnchor {
    double a_density;
    double b_density;
    double latency;
};
[[nodiscard]] std::span<const DensityAnchor> dstc_anchors();

struct DensityResult {
    DensityAnchor anchor;
    double simulated_ratio;  ///< datapath cycles / those of dense x dense
    double published_ratio;
    double error_to_dense;  ///< of the ratio to the dense cell
    double error;           ///< with one unit for the whole grid: that of least relative error
};

/// The grid on a smaller cube of `extent`: ratios of independent warp tiles do not depend on it.
/// `spec`: the machine "dstc".
[[nodiscard]] std::vector<DensityResult> run_dstc_anchors(const variant::MachineSpec& spec,
                                                          int extent);

/// One published speedup of VEGETA's row-wise N:4 over a dense engine, on unstructured weights.
struct RowWiseAnchor {
    std::string_view pattern;  ///< the part of A that is kept
    double speedup;
};
[[nodiscard]] std::span<const RowWiseAnchor> row_wise_anchors();

struct RowWiseResult {
    RowWiseAnchor anchor;
    double simulated;  ///< dense cycles / datapath cycles
    double error;
};

/// On a cube of `extent`. `spec`: the machine "vegeta".
[[nodiscard]] std::vector<RowWiseResult> run_row_wise_anchors(const variant::MachineSpec& spec,
                                                              int extent);

}  // namespace sptc::accelerator

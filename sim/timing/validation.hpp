#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/timing/published.hpp"
#include "traces/lowering/lowering.hpp"

namespace sptc::timing {

/// A published figure against the simulator.
struct RowResult {
    PublishedRow row;
    std::optional<double> simulated;
    std::string skipped;  ///< why there is no simulated figure
    bool failed = false;  ///< it should have run: `skipped` is the error
    double low = 0;       ///< least and greatest figure that sources state for the quantity
    double high = 0;

    /// |simulated - published| / published.
    [[nodiscard]] double error() const;
    /// The same from the nearest figure of all sources; 0 between them.
    [[nodiscard]] double error_beyond_spread() const;
};

/// How rows of a group came out.
struct GroupSummary {
    std::string name;
    std::size_t rows = 0;  ///< simulated
    std::size_t fitted = 0;
    std::size_t skipped = 0;
    std::size_t failed = 0;  ///< of the skipped
    double mean_error = 0;   ///< mean absolute percentage errors, as fractions
    double mean_beyond_spread = 0;
    double mean_predicted = 0;  ///< of the rows on which nothing was fitted
};

struct GroupResult {
    PublishedGroup group;  ///< without rows
    std::vector<RowResult> rows;

    [[nodiscard]] GroupSummary summary() const;
};

struct ValidationRequest {
    std::string gpu;                  ///< only rows held against it; empty: all
    std::vector<std::string> groups;  ///< names; empty: all
    bool slow = true;                 ///< also groups that are slow
    lowering::Lowering lowering = lowering::Lowering::kOn;
    std::function<void(double, std::string_view)> progress{};
};

/// Simulates what was published. Rows whose GPU has no configuration are skipped and say so. Throws
/// ConfigError for an unknown GPU or group, and what a probe throws.
[[nodiscard]] std::vector<GroupResult> validate(const ValidationRequest& request);

/// Finds the spread of sources: sets low and high of rows of the same architecture and quantity.
void set_spreads(std::vector<RowResult>& rows,
                 const std::function<std::string(const std::string&)>& architecture_of);

/// The simulated rows with the greatest error, greatest first.
[[nodiscard]] std::vector<RowResult> worst_rows(const std::vector<GroupResult>& groups,
                                                std::size_t count);

/// All groups as one.
[[nodiscard]] GroupSummary total(const std::vector<GroupResult>& groups);

}  // namespace sptc::timing

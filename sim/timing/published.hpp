#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::timing {

/// One published figure, and the probe that asks the same.
struct PublishedRow {
    std::string gpu;       ///< configuration that it is held against
    std::string source;    ///< key of PublishedGroup::sources
    std::string where;     ///< table, figure or file there
    std::string quantity;  ///< in words; rows of one architecture that agree here state the same
    double value = 0;
    std::string unit;
    std::string probe;  ///< a timing probe, or "gemm"; empty: not reproduced
    std::map<std::string, std::string> parameters;
    std::string metric;
    double clock_mhz = 0;        ///< at which the board ran, when not that of the configuration
    std::string fitted;          ///< what was calibrated on this row; empty: the row is predicted
    std::string not_reproduced;  ///< why there is no probe
    std::string note;
};

/// Rows about one thing: a file of tests/fidelity/timing.
struct PublishedGroup {
    std::string name;
    std::string title;
    bool slow = false;                           ///< too slow for the quick tests
    std::map<std::string, std::string> sources;  ///< key to citation
    std::vector<PublishedRow> rows;
};

/// Reads a group, schema sptc.published/1. Throws ConfigError "file: /pointer: found; expected".
[[nodiscard]] PublishedGroup read_published(std::string_view text, const std::string& file);

/// The groups that are built into the program (tests/fidelity/timing), in the order of a report.
[[nodiscard]] std::vector<PublishedGroup> published_groups();

}  // namespace sptc::timing

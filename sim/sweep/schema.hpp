#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::sweep {

/// Marks a SQLite file as results of sptc: "SPTC" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x53505443;
/// Of the tables; another version is not read.
inline constexpr std::int64_t kSchemaVersion = 1;

/// The tables, as SQL.
extern const std::string_view kTables;

/// A column of the view `results` and of exports.
struct ResultColumn {
    std::string_view name;
    std::string_view sql;   ///< over points p and its dense twin d
    std::string_view unit;  ///< "" for none
    std::string_view note;  ///< one sentence for people
};

/// Every column of the view: parameters come from the parameter table, figures from here. Figures
/// that a result lacks, such as those of costs that were not asked for, are NULL.
[[nodiscard]] const std::vector<ResultColumn>& result_columns();

/// CREATE VIEW results ...: a row for each point, flat.
[[nodiscard]] std::string results_view();

}  // namespace sptc::sweep

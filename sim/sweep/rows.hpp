#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sim/sweep/sqlite.hpp"

namespace sptc::sweep {

enum class RowFormat : std::uint8_t { kTable, kCsv, kJson };

/// Writes every row of a statement: a table for people (columns as wide as their content), CSV
/// (RFC 4180), or JSON (an array with an object for each row; columns that hold JSON stay JSON).
/// Texts are handed on piece by piece.
void write_rows(Statement& statement, RowFormat format,
                const std::function<void(std::string_view)>& write);

/// The statement of a whole export: sweep, ordinal, status, every parameter that some point sets
/// (GPU numbers by their JSON pointers), figures, error, hash; in the order of the sweeps.
[[nodiscard]] std::string export_query(Sqlite& results, RowFormat format);

}  // namespace sptc::sweep

#include "sim/sweep/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/sweep/parameters.hpp"
#include "sim/sweep/schema.hpp"

namespace sptc::sweep {
namespace {

using nlohmann::ordered_json;
using Write = std::function<void(std::string_view)>;

std::string cell(const Statement& statement, int column) {
    switch (statement.kind(column)) {
        case ColumnKind::kNull:
            return "";
        case ColumnKind::kReal:
            return fmt::format("{}", statement.real(column));
        default:
            return statement.text(column);
    }
}

std::string shown(const Statement& statement, int column) {
    constexpr std::size_t kWidest = 60;
    std::string text = cell(statement, column);
    if (statement.kind(column) == ColumnKind::kReal) {
        text = fmt::format("{:.6g}", statement.real(column));
    }
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.size() > kWidest) {
        std::size_t cut = kWidest - 3;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;  // UTF-8
        text = text.substr(0, cut) + "...";
    }
    return text;
}

void write_table(Statement& statement, const Write& write) {
    struct Cell {
        std::string text;
        bool number;
    };
    const int columns = statement.columns();
    std::vector<std::vector<Cell>> rows(1);
    for (int i = 0; i < columns; ++i) rows[0].push_back({statement.name(i), false});
    while (statement.step()) {
        rows.emplace_back();
        for (int i = 0; i < columns; ++i) {
            const ColumnKind kind = statement.kind(i);
            rows.back().push_back(
                {shown(statement, i), kind == ColumnKind::kInteger || kind == ColumnKind::kReal});
        }
    }
    std::vector<std::size_t> widths(static_cast<std::size_t>(columns), 0);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].text.size());
        }
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i].number ? fmt::format("{:>{}}", row[i].text, widths[i])
                                  : fmt::format("{:<{}}", row[i].text, widths[i]);
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        write(line + "\n");
    }
}

std::string in_quotes(std::string text, char quote) {
    for (std::size_t at = 0; (at = text.find(quote, at)) != std::string::npos; at += 2) {
        text.insert(at, 1, quote);
    }
    text.insert(text.begin(), quote);
    text.push_back(quote);
    return text;
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    return in_quotes(text, '"');
}

void write_csv(Statement& statement, const Write& write) {
    const int columns = statement.columns();
    std::string line;
    for (int i = 0; i < columns; ++i) {
        if (i > 0) line += ',';
        line += quoted(statement.name(i));
    }
    write(line + "\r\n");
    while (statement.step()) {
        line.clear();
        for (int i = 0; i < columns; ++i) {
            if (i > 0) line += ',';
            line += quoted(cell(statement, i));
        }
        write(line + "\r\n");
    }
}

ordered_json json_of(const Statement& statement, int column) {
    switch (statement.kind(column)) {
        case ColumnKind::kNull:
            return nullptr;
        case ColumnKind::kInteger:
            return statement.integer(column);
        case ColumnKind::kReal:
            return statement.real(column);
        default:
            break;
    }
    const std::string text = statement.text(column);
    if (text.starts_with('{')) {
        ordered_json parsed = ordered_json::parse(text, nullptr, false);
        if (!parsed.is_discarded()) return parsed;
    }
    return text;
}

void write_json(Statement& statement, const Write& write) {
    write("[");
    for (bool first = true; statement.step(); first = false) {
        auto row = ordered_json::object();
        for (int i = 0; i < statement.columns(); ++i)
            row[statement.name(i)] = json_of(statement, i);
        write(first ? "\n" : ",\n");
        write(row.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    }
    write("\n]\n");
}

}  // namespace

void write_rows(Statement& statement, RowFormat format, const Write& write) {
    if (format == RowFormat::kTable) return write_table(statement, write);
    if (format == RowFormat::kCsv) return write_csv(statement, write);
    write_json(statement, write);
}

std::string export_query(Sqlite& results, RowFormat format) {
    std::string sql = "SELECT sweep, ordinal, status";
    for (const Parameter& parameter : parameter_table())
        sql += fmt::format(", \"{}\"", parameter.name);
    Statement pointers(results,
                       "SELECT DISTINCT j.key FROM points p, json_each(p.parameters) j WHERE j.key "
                       "LIKE '/%' ORDER BY j.key");
    while (pointers.step()) {
        const std::string name = pointers.text(0);
        sql += fmt::format(", parameters ->> {} AS {}", in_quotes("$.\"" + name + "\"", '\''),
                           in_quotes(name, '"'));
    }
    for (const ResultColumn& column : result_columns()) sql += fmt::format(", {}", column.name);
    sql += ", error, version, hash";
    if (format == RowFormat::kJson) sql += ", result";
    return sql + " FROM results ORDER BY sweep, ordinal, hash";
}

}  // namespace sptc::sweep

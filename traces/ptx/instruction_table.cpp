#include "traces/ptx/instruction_table.hpp"

#include <algorithm>
#include <unordered_map>

#include "models/base/error.hpp"

namespace sptc::ptx {
namespace {

InstructionTable build_table() {
    InstructionTable table;
    add_integer_rows(table);
    add_logic_rows(table);
    add_bit_field_rows(table);
    add_compare_rows(table);
    add_float_rows(table);
    add_half_rows(table);
    add_float_convert_rows(table);
    return table;
}

const InstructionTable& table() {
    static const InstructionTable rows = build_table();
    return rows;
}

}  // namespace

const InstructionRow* find_row(std::string_view opcode) {
    static const auto index = [] {
        std::unordered_map<std::string_view, const InstructionRow*> rows;
        for (const InstructionRow& row : table()) rows.emplace(row.name, &row);
        SPTC_ASSERT(rows.size() == table().size());
        return rows;
    }();
    const auto found = index.find(opcode);
    return found == index.end() ? nullptr : found->second;
}

std::vector<std::string_view> rows_like(std::string_view opcode) {
    const std::string_view word = opcode.substr(0, opcode.find('.'));
    std::vector<std::string_view> names;
    for (const InstructionRow& row : table()) {
        const std::string_view name = row.name;
        if (name.substr(0, name.find('.')) == word) names.push_back(name);
    }
    return names;
}

std::vector<std::string_view> row_words() {
    std::vector<std::string_view> words;
    for (const InstructionRow& row : table()) {
        const std::string_view name = row.name;
        const std::string_view word = name.substr(0, name.find('.'));
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
    return words;
}

}  // namespace sptc::ptx

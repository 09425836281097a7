#include "traces/ptx/instruction_table.hpp"

#include <algorithm>
#include <unordered_map>

#include "models/base/error.hpp"
#include "traces/ptx/opcode_key.hpp"

namespace sptc::ptx {
namespace {

InstructionTable build_table() {
    InstructionTable table;
    add_integer_rows(table);
    add_carry_rows(table);
    add_integer_dot_rows(table);
    add_logic_rows(table);
    add_bit_field_rows(table);
    add_select_rows(table);
    add_float_rows(table);
    add_half_rows(table);
    add_approximate_rows(table);
    add_float_convert_rows(table);
    return table;
}

const InstructionTable& table() {
    static const InstructionTable rows = build_table();
    return rows;
}

using Index = std::unordered_map<std::string, const InstructionRow*>;

Index index_rows() {
    Index index;
    for (const InstructionRow& row : table()) {
        const bool added = index.emplace(opcode_key(row.name), &row).second;
        SPTC_ASSERT(added);
    }
    return index;
}

std::string_view word_of(std::string_view opcode) { return opcode.substr(0, opcode.find('.')); }

/// How many dotted words of `name` also stand in `opcode`.
int shared_words(std::string_view name, std::string_view opcode) {
    const std::string whole = std::string(opcode) + ".";
    int shared = 0;
    for (std::size_t at = name.find('.'); at != std::string_view::npos;) {
        const std::size_t next = name.find('.', at + 1);
        const std::string word = std::string(name.substr(at, next - at)) + ".";
        if (whole.find(word) != std::string::npos) ++shared;
        at = next;
    }
    return shared;
}

}  // namespace

const InstructionRow* find_row(std::string_view opcode) {
    static const Index index = index_rows();
    const auto found = index.find(opcode_key(opcode));
    return found == index.end() ? nullptr : found->second;
}

std::vector<std::string_view> rows_like(std::string_view opcode) {
    std::vector<std::string_view> names;
    for (const InstructionRow& row : table()) {
        if (word_of(row.name) == word_of(opcode)) names.emplace_back(row.name);
    }
    return names;
}

std::vector<std::string_view> nearest_names(std::vector<std::string_view> names,
                                            std::string_view opcode) {
    constexpr std::size_t kMost = 12;  // what still reads as a sentence
    std::stable_sort(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
        return shared_words(a, opcode) > shared_words(b, opcode);
    });
    if (names.size() > kMost) names.resize(kMost);
    return names;
}

std::vector<std::string_view> row_words() {
    std::vector<std::string_view> words;
    for (const InstructionRow& row : table()) {
        const std::string_view word = word_of(row.name);
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
    return words;
}

}  // namespace sptc::ptx

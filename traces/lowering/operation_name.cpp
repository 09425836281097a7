#include "traces/lowering/operation_name.hpp"

#include "traces/ptx/opcode_key.hpp"

namespace sptc::lowering {
namespace {

/// Operands of setp and set (decode_compare.cpp): the index of the comparison stands here.
constexpr std::size_t kComparisonOperand = 5;

bool is_comparison(std::string_view word) { return word == "setp" || word == "set"; }

std::string name_of_conversion(const ptx::Conversion& conversion) {
    std::string name = "cvt.";
    if (conversion.saturate) name += "sat.";
    return name + std::string(conversion.target().name) + "." +
           std::string(conversion.source().name);
}

}  // namespace

std::string OperationNames::of(const CodeOp& op) {
    if (const std::optional<ptx::Conversion> conversion = conversion_of(op)) {
        return name_of_conversion(*conversion);
    }
    if (const ptx::Comparison* comparison = comparison_of(op)) {
        return std::string(first_word(op.text)) + "." + comparison->name;
    }
    const auto known = by_text_.find(op.text);
    if (known != by_text_.end()) return known->second;
    const ptx::InstructionRow* row = ptx::find_row(op.text);
    std::string name = row != nullptr ? row->name : ptx::opcode_key(op.text);
    return by_text_.emplace(op.text, std::move(name)).first->second;
}

std::optional<ptx::Conversion> conversion_of(const CodeOp& op) {
    const bool one_value = op.operands.size() == 3 && op.operands[2].role.number;
    if (first_word(op.text) != "cvt" || !one_value) return std::nullopt;
    return ptx::conversion_of(op.operands[2].value);
}

const ptx::Comparison* comparison_of(const CodeOp& op) {
    if (!is_comparison(first_word(op.text))) return nullptr;
    return &ptx::comparisons()[static_cast<std::size_t>(op.operands[kComparisonOperand].value)];
}

std::string_view first_word(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool has_word(std::string_view name, std::string_view word) {
    while (true) {
        const auto end = name.find('.');
        if (name.substr(0, end) == word) return true;
        if (end == std::string_view::npos) return false;
        name.remove_prefix(end + 1);
    }
}

}  // namespace sptc::lowering

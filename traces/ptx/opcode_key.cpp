#include "traces/ptx/opcode_key.hpp"

#include <algorithm>
#include <vector>

namespace sptc::ptx {

bool is_type_word(std::string_view word) {
    if (word.size() < 2) return false;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (word == "pred" || word.starts_with("e4m3") || word.starts_with("e5m2")) return true;
    if (word.starts_with("bf16") || word.starts_with("tf32")) return true;
    if (word == "f4e" || word == "b4e") return false;  // modes of prmt
    return std::string_view("busf").find(word[0]) != std::string_view::npos && digit(word[1]);
}

std::string opcode_key(std::string_view opcode) {
    std::vector<std::string_view> qualifiers;
    std::string types;
    const std::string_view word = opcode.substr(0, opcode.find('.'));
    for (std::size_t at = word.size(); at < opcode.size();) {
        const std::size_t next = std::min(opcode.find('.', at + 1), opcode.size());
        const std::string_view qualifier = opcode.substr(at, next - at);  // with its dot
        if (is_type_word(qualifier.substr(1))) {
            types += qualifier;
        } else {
            qualifiers.push_back(qualifier);
        }
        at = next;
    }
    std::sort(qualifiers.begin(), qualifiers.end());
    std::string key(word);
    for (const std::string_view qualifier : qualifiers) key += qualifier;
    return key + types;
}

}  // namespace sptc::ptx

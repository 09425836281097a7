#pragma once
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace sptc::ptx {

/// The qualifiers of an instruction as a bag: ptxas takes them in every order. What a decoder knows
/// it takes out; what is left is unknown.
class Qualifiers {
  public:
    /// `words`: the opcode cut at its dots; the first one is no qualifier.
    explicit Qualifiers(const std::vector<std::string_view>& words)
        : left_(words.begin() + 1, words.end()) {}

    /// Takes a word; false when it is not there.
    bool take(std::string_view word) {
        const auto found = std::find(left_.begin(), left_.end(), word);
        if (found == left_.end()) return false;
        left_.erase(found);
        return true;
    }
    bool take_all(std::initializer_list<std::string_view> words) {
        return std::all_of(words.begin(), words.end(),
                           [this](std::string_view word) { return take(word); });
    }
    /// Takes the first of the words that is there and gives its position in the list, or -1.
    int take_one_of(std::initializer_list<std::string_view> words) {
        int position = 0;
        for (const std::string_view word : words) {
            if (take(word)) return position;
            ++position;
        }
        return -1;
    }
    [[nodiscard]] bool has(std::string_view word) const {
        return std::find(left_.begin(), left_.end(), word) != left_.end();
    }
    [[nodiscard]] bool empty() const { return left_.empty(); }

  private:
    std::vector<std::string_view> left_;
};

}  // namespace sptc::ptx

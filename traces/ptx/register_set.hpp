#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sptc::ptx {

/// A set of small numbers: RegisterIds, definitions, blocks.
class RegisterSet {
  public:
    RegisterSet() = default;
    explicit RegisterSet(std::size_t count) : words_((count + 63) / 64) {}

    [[nodiscard]] bool contains(std::size_t id) const {
        return ((words_[id / 64] >> (id % 64)) & 1u) != 0;
    }
    void insert(std::size_t id) { words_[id / 64] |= 1ull << (id % 64); }
    void erase(std::size_t id) { words_[id / 64] &= ~(1ull << (id % 64)); }
    void insert_all() { words_.assign(words_.size(), ~0ull); }
    void unite(const RegisterSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    }
    void intersect(const RegisterSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    }
    bool operator==(const RegisterSet&) const = default;

  private:
    std::vector<std::uint64_t> words_;
};

}  // namespace sptc::ptx

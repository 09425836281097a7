#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/variant/pattern_text.hpp"

namespace sptc::variant {

/// The longest code of a group, and the most columns that one spans.
inline constexpr int kCodeBits = 64;

/// How the positions of the kept elements of one group of a row are stored: what a metadata decoder
/// undoes. `span` columns of A become `kept` stored elements.
class GroupCode {
  public:
    GroupCode(int kept, int span, int bits) : kept_(kept), span_(span), bits_(bits) {}
    virtual ~GroupCode() = default;

    [[nodiscard]] int kept() const { return kept_; }
    [[nodiscard]] int span() const { return span_; }
    [[nodiscard]] int bits() const { return bits_; }  ///< of the code of one group

    /// The code of a group whose nonzero elements are the set bits. Fewer than kept() are filled up
    /// with positions of zeros. Throws ConfigError when the group does not fit.
    [[nodiscard]] virtual std::uint64_t encode(std::uint64_t nonzeros) const = 0;
    /// The kept() positions of a code, ascending.
    virtual void decode(std::uint64_t code, std::span<std::uint8_t> positions) const = 0;

  private:
    int kept_;
    int span_;
    int bits_;
};

/// ceil(log2(values)).
[[nodiscard]] int bits_for(std::uint64_t values);
/// Index fields of a memory of 64-bit words are 1, 2, 4, 8 .. bits, so that none crosses a word.
[[nodiscard]] int aligned_field(int bits);

/// `nonzeros` and the highest free positions of `span` until there are `kept`, but those that keep
/// order as sparsity::compress does. Throws ConfigError when there are more than `kept`.
[[nodiscard]] std::uint64_t fill_up(std::uint64_t nonzeros, int kept, int span);

/// Every column is kept; no metadata.
class DenseCode : public GroupCode {
  public:
    DenseCode() : GroupCode(1, 1, 0) {}
    [[nodiscard]] std::uint64_t encode(std::uint64_t) const override { return 0; }
    void decode(std::uint64_t, std::span<std::uint8_t> positions) const override {
        positions[0] = 0;
    }
};

/// Coordinate payload (CP): the position of each kept element in a field of `index_bits`.
class CoordinateCode : public GroupCode {
  public:
    CoordinateCode(Ratio ratio, int index_bits);
    [[nodiscard]] std::uint64_t encode(std::uint64_t nonzeros) const override;
    void decode(std::uint64_t code, std::span<std::uint8_t> positions) const override;

  private:
    int index_bits_;
};

/// Run lengths (RLE). A group has exactly N elements, so its runs of zeros are N numbers whose sum
/// is at most M - N: there are C(M, N) such tuples, and the group stores the number of its own, in
/// N fields of aligned_field(ceil(bits / N)).
class RunLengthCode : public GroupCode {
  public:
    explicit RunLengthCode(Ratio ratio);
    [[nodiscard]] std::uint64_t encode(std::uint64_t nonzeros) const override;
    void decode(std::uint64_t code, std::span<std::uint8_t> positions) const override;

  private:
    std::vector<std::uint64_t> groups_;  ///< the mask of every tuple, ascending
};

/// Two ranks: G of H blocks, and N of M elements in each. Coordinates of both.
class HierarchicalCode : public GroupCode {
  public:
    HierarchicalCode(Ratio blocks, Ratio elements);
    [[nodiscard]] std::uint64_t encode(std::uint64_t nonzeros) const override;
    void decode(std::uint64_t code, std::span<std::uint8_t> positions) const override;

  private:
    CoordinateCode blocks_;
    CoordinateCode elements_;
};

/// One bit for every column.
class BitmaskCode : public GroupCode {
  public:
    explicit BitmaskCode(Ratio ratio) : GroupCode(ratio.n, ratio.m, ratio.m) {}
    [[nodiscard]] std::uint64_t encode(std::uint64_t nonzeros) const override;
    void decode(std::uint64_t code, std::span<std::uint8_t> positions) const override;
};

}  // namespace sptc::variant

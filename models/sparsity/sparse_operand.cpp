#include "models/sparsity/sparse_operand.hpp"

#include <algorithm>

#include "models/base/error.hpp"
#include "models/sparsity/compress.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"

namespace sptc::sparsity {
namespace {

constexpr std::uint16_t kPaddingWord = 0xeeee;

}  // namespace

SparseOperand make_sparse_operand(const Dense<std::uint16_t>& a, const SparseOperandLayout& layout,
                                  std::string_view what) {
    SPTC_ASSERT(layout.k_padded % (2 * kColumnsPerWord) == 0 && layout.k_padded >= a.columns);
    SPTC_ASSERT(layout.value_pitch >= layout.k_padded / 2);
    SPTC_ASSERT(layout.metadata_rows >= a.rows);
    const Compressed<std::uint16_t> compressed = compress(a, find_pattern("2:4"), what);

    const std::size_t words_per_row = layout.k_padded / kColumnsPerWord;
    std::vector<std::uint16_t> words(layout.metadata_rows * words_per_row, kPaddingWord);
    SparseOperand operand;
    operand.values.resize(a.rows * layout.value_pitch);
    // One row of positions, whose padding stays at 2, 3.
    std::vector<std::uint8_t> positions(layout.k_padded / 2);
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = i % 2 == 0 ? 2 : 3;

    const auto stored = static_cast<std::ptrdiff_t>(compressed.stored_columns);
    for (std::size_t r = 0; r < a.rows; ++r) {
        const auto row = static_cast<std::ptrdiff_t>(r);
        std::copy_n(compressed.values.begin() + row * stored, stored,
                    operand.values.begin() + row * static_cast<std::ptrdiff_t>(layout.value_pitch));
        std::copy_n(compressed.indices.begin() + row * stored, stored, positions.begin());
        std::ranges::copy(encode_metadata(positions),
                          words.begin() + row * static_cast<std::ptrdiff_t>(words_per_row));
    }
    operand.metadata = reorder_metadata<std::uint16_t>(words, layout.metadata_rows);
    return operand;
}

}  // namespace sptc::sparsity

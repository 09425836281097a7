#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sptc::sparsity {

/// How CUTLASS and cuSPARSELt lay metadata words E [M x W] in global memory
/// (ColumnMajorInterleaved<2> after the host utility's reordering,
/// cutlass/tools/util/include/cutlass/util/host_reorder.h): rows are shuffled inside groups so that
/// one ldmatrix gives every quad of lanes the words that mma.sp wants.
struct MetadataOrder {
    std::size_t group;       ///< rows that are shuffled together; M is a multiple
    std::size_t interleave;  ///< rows 8 apart that become neighbours
};

/// Words of 16 bits (f16, bf16, tf32) and of 32 bits (8-bit and 4-bit types).
template <class Word>
concept MetadataWord = std::same_as<Word, std::uint16_t> || std::same_as<Word, std::uint32_t>;
template <MetadataWord Word>
inline constexpr MetadataOrder kMetadataOrder = sizeof(Word) == 2 ? MetadataOrder{32, 4}
                                                                  : MetadataOrder{16, 2};

/// Where word (row, column) of E [rows x W] goes, counted in words; W is even.
[[nodiscard]] std::size_t reordered_offset(std::size_t row, std::size_t column, std::size_t rows,
                                           const MetadataOrder& order);

/// E [rows x W] row-major -> the global order. Throws ConfigError unless rows is a multiple of the
/// group and W is even.
template <MetadataWord Word>
[[nodiscard]] std::vector<Word> reorder_metadata(std::span<const Word> words, std::size_t rows);

/// The inverse.
template <MetadataWord Word>
[[nodiscard]] std::vector<Word> restore_metadata(std::span<const Word> words, std::size_t rows);

}  // namespace sptc::sparsity

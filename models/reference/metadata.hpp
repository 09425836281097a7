#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/metadata_format.hpp"

namespace sptc::reference {

/// For each stored element, in order, its place in its chunk of logical columns: 0 ..
/// chunk_elements - 1. `codes` is metadata that is not reordered, little-endian: code j is nibble j
/// and covers chunk j (PTX ISA, mma.sp). Codes are taken as they are: the selects of one code are
/// independent, as the one machine instruction behind both spellings of mma.sp suggests.
[[nodiscard]] std::vector<std::uint8_t> unpack_metadata(const isa::MetadataFormat& format,
                                                        std::span<const std::byte> codes);

/// The same for the [rows x groups] metadata of an extended N:M form, whole bytes a row;
/// written apart from sparsity::read_group. The codes must be legal.
[[nodiscard]] std::vector<std::uint8_t> unpack_groups(const isa::MetadataFormat& format,
                                                      std::span<const std::byte> codes,
                                                      std::size_t rows, std::size_t groups);

/// The logical column of a stored element: the row of B that it meets.
[[nodiscard]] constexpr std::size_t logical_column(const isa::MetadataFormat& format,
                                                   std::size_t stored_column, std::size_t place) {
    return stored_column / static_cast<std::size_t>(format.stored_elements) *
               static_cast<std::size_t>(format.chunk_elements) +
           place;
}

}  // namespace sptc::reference

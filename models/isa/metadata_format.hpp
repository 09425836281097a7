#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "models/sparsity/index_format.hpp"
#include "models/sparsity/pattern.hpp"

namespace sptc::isa {

/// How the metadata of a sparse instruction describes a row of A: one 4-bit code per chunk of
/// logical columns. A row of the table of PTX ISA 9.1, "Sparse matrix storage".
struct MetadataFormat {
    std::string_view name;
    const sparsity::Pattern* pattern;  ///< what a stored A is, counted in elements
    int chunk_elements;                ///< logical columns that one code describes
    int stored_elements;               ///< elements of a chunk that are stored
    int unit_elements;                 ///< adjacent elements that are kept or dropped together
    int chunks_per_field;  ///< codes of one row in one register: 4 (two rows share it) or 8
    /// Extended forms (extended_form.hpp) only: a chunk is a group of M, its code is that of this
    /// format, and chunks_per_field and select() have no meaning.
    std::optional<sparsity::IndexFormat> index_format = std::nullopt;

    /// Selects in one code: 2 of 2 bits, or 1 (1:2, whose codes are those of a pair of halves).
    [[nodiscard]] constexpr int selects() const { return stored_elements / unit_elements; }
    /// Units that a select chooses from: the inputs of a mux.
    [[nodiscard]] constexpr int choices() const { return chunk_elements / unit_elements; }
    /// The i-th select of a code: which unit of its chunk the i-th stored unit meets. Of 1:2 the
    /// upper bit of the first index decides, as in CUTLASS's host_uncompress (for the two legal
    /// codes every reading agrees).
    [[nodiscard]] constexpr int select(std::uint32_t code, int i) const {
        return static_cast<int>(selects() == 1 ? (code >> 1) & 1 : (code >> (2 * i)) & 3);
    }
};

enum class MetadataFormatName : std::uint8_t {
    kTwoOfFour16,
    kTwoOfFour8,
    kOneOfTwo,
    kPairsOfEight
};

[[nodiscard]] const MetadataFormat& metadata_format(MetadataFormatName name);

/// Which codes an instruction takes: mma.sp::ordered_metadata wants ascending indices, mma.sp takes
/// either order. Equal indices are undefined in both, and of 1:2 all codes but 0x4 and 0xE.
enum class MetadataOrdering : std::uint8_t { kOrdered, kAny };

/// What happens to an illegal code.
enum class MetadataMode : std::uint8_t {
    kStrict,   ///< an error
    kHardware  ///< its selects are taken as they are, as the mux would
};

/// The mode of a name ("strict", "hardware"). Throws ConfigError listing the legal names.
[[nodiscard]] MetadataMode parse_metadata_mode(std::string_view name);

/// The legal codes, ascending.
[[nodiscard]] std::span<const std::uint8_t> legal_codes(const MetadataFormat& format,
                                                        MetadataOrdering ordering);

[[nodiscard]] bool is_legal_code(const MetadataFormat& format, MetadataOrdering ordering,
                                 std::uint32_t code);

}  // namespace sptc::isa

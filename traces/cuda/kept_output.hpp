#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sptc::cuda {

/// How much of an output a recording keeps. With blocks: 16 bits of every block, and all bits of
/// every `every`-th; without: all bits.
struct KeepRule {
    std::uint64_t block_bytes = 0;  ///< 0: all bits
    std::uint64_t every = 1;
};

/// What is kept of one output. The SHA-256 decides whether two outputs are equal; the rest says
/// where they differ.
struct KeptOutput {
    std::string buffer;
    std::uint64_t bytes = 0;  ///< of the buffer
    std::string sha256;       ///< of the whole content
    KeepRule rule;
    std::vector<std::byte> kept;  ///< digests of all blocks, little-endian, then the kept blocks

    [[nodiscard]] std::uint64_t blocks() const;
    [[nodiscard]] std::uint16_t digest(std::uint64_t block) const;
    /// The bits of a block; empty when only its digest is kept.
    [[nodiscard]] std::span<const std::byte> block(std::uint64_t index) const;
    /// Bytes that `kept` must have.
    [[nodiscard]] std::uint64_t kept_bytes() const;
};

/// FNV-1a of 64 bits (offset 0xcbf29ce484222325, prime 0x100000001b3), its four 16-bit parts
/// xor-ed.
[[nodiscard]] std::uint16_t digest_of(std::span<const std::byte> block);

[[nodiscard]] KeptOutput keep(std::string buffer, std::span<const std::byte> content,
                              const KeepRule& rule);

/// Where two outputs differ.
struct OutputDifference {
    std::uint64_t differing_blocks = 0;  ///< whose digests or bits differ; at least 1 when unequal
    std::optional<std::uint64_t> first_block;  ///< unset when no digest tells
    std::optional<std::uint64_t> first_byte;   ///< in the buffer; set when its bits are kept
};

/// Compares two outputs of one size that were kept by one rule.
[[nodiscard]] OutputDifference compare(const KeptOutput& expected, const KeptOutput& found);

}  // namespace sptc::cuda

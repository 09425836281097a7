#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/fragment.hpp"
#include "traces/probe/operands.hpp"

namespace sptc::probe {

/// How one operand lies in a kernel's buffer: of every instruction its registers, of every register
/// its 32 lanes. A register has 32 bits, or 64 for an f64.
class FragmentOrder {
  public:
    enum class Operand : std::uint8_t { kA, kB, kC, kD };
    FragmentOrder(const isa::MmaForm& form, Operand operand);

    /// Bytes of one instruction.
    [[nodiscard]] std::size_t bytes() const;
    /// Appends the fragment of one instruction to `out`. `matrix` is row-major and packed.
    void append(std::span<const std::byte> matrix, std::vector<std::byte>& out) const;
    /// The place in the matrix of an element of the fragment.
    [[nodiscard]] const isa::Coordinate& place(std::size_t element) const {
        return places_[element];
    }
    [[nodiscard]] std::size_t elements() const { return places_.size(); }
    [[nodiscard]] int element_bits() const { return bits_; }

  private:
    int bits_;
    std::vector<isa::Coordinate> places_;
    std::vector<std::uint32_t> indices_;  ///< place as an index of the packed matrix
};

/// Bytes of the metadata register of one instruction, and the register itself. Lanes that the
/// selector does not name hold kIgnoredMetadata.
inline constexpr std::size_t kMetadataBytes = 4 * isa::kLanes;
inline constexpr std::uint32_t kIgnoredMetadata = 0xEEEEEEEE;  // legal, and seldom right
void append_metadata(const isa::MmaForm& form, int selector, const Operands& operands,
                     std::vector<std::byte>& out);

}  // namespace sptc::probe

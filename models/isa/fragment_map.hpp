#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"

namespace sptc::isa {

enum class Operand : std::uint8_t { kA, kB, kC, kD };

/// What a fragment holds: the registers of a warp as PTX lays them, or one matrix as the datapath
/// takes it. They differ for m8n8k4 f16 only, whose warp holds four matrices.
enum class FragmentScope : std::uint8_t { kWarp, kMatrix };

/// Brings one operand of a form from matrices in memory to fragment registers and back. Matrices
/// are row-major, one after another, elements packed low bits first: A [matrices][M][k_stored], B
/// [matrices][k_logical][N], C and D [matrices][M][N]. Registers are 32-bit ones; an f64 element
/// stands in two, low half first.
class FragmentMap {
  public:
    FragmentMap(const MmaForm& form, Operand operand, FragmentScope scope = FragmentScope::kWarp);

    /// Bytes of the matrices of one instruction, or of one matrix.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// 32-bit registers per lane.
    [[nodiscard]] std::size_t registers() const { return registers_; }

    /// `matrices`: bytes(); `fragment`: registers().
    void to_registers(std::span<const std::byte> matrices, std::span<LaneRegister> fragment) const;
    void to_matrices(std::span<const LaneRegister> fragment, std::span<std::byte> matrices) const;

  private:
    void join_words();

    int unit_bits_;         ///< what is moved at a time: an element, or a whole register
    std::size_t per_word_;  ///< units of a 32-bit register
    std::size_t registers_;
    std::size_t bytes_;
    /// Bit offset in the matrices of every unit, [register][lane][unit], or kAbsent.
    std::vector<std::uint32_t> offsets_;
};

/// Puts un-reordered metadata (form.metadata_bytes_per_row() bytes for each row of A) where a
/// sparsity selector wants it; lanes that the selector does not name keep what they hold.
void metadata_to_register(const MmaForm& form, int selector, std::span<const std::byte> metadata,
                          LaneRegister& e);

}  // namespace sptc::isa

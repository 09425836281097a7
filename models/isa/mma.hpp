#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/isa/metadata_format.hpp"
#include "models/types/data_type.hpp"

namespace sptc::isa {

inline constexpr int kLanes = 32;     ///< threads of a warp
inline constexpr int kMaxSlots = 32;  ///< largest MmaForm::slots()

/// What an instruction does to a pair of elements, and how it sums.
enum class DotKind : std::uint8_t {
    kFloat,    ///< T-FDPA: f16, bf16, tf32, fp8
    kF64,      ///< a chain of fused multiply-adds, k ascending
    kInteger,  ///< exact, modulo 2^32 or saturating
    kAndPopc,  ///< b1: count of ones of A and B, modulo 2^32
    kXorPopc   ///< b1: count of ones of A xor B
};

/// Rounding of each fused multiply-add of f64 forms; other forms round by their own rules.
enum class Rounding : std::uint8_t { kNearestEven, kTowardZero, kDown, kUp };

/// Order of a matrix in the registers of m8n8k4 (all other forms: A by rows, B by columns).
enum class Major : std::uint8_t { kRow, kColumn };

inline constexpr int kEveryLaterArchitecture = 1 << 16;

/// One form of the matrix instruction D = A . B + C: a row of the MMA table (PTX ISA, warp-level
/// mma and mma.sp). A is M x K row-major (stored M x k_stored when sparse), B is K x N, C and D are
/// M x N.
struct MmaForm {
    int m;
    int n;
    int k_logical;  ///< K of the shape name: what B holds
    int k_stored;   ///< elements of a row of A in registers; k_logical when dense
    types::DataType a;
    types::DataType b;
    types::DataType c;
    types::DataType d;
    const MetadataFormat* metadata;  ///< nullptr when dense
    DotKind dot;
    bool saturating;  ///< .satfinite: integers clamp to s32 instead of wrapping
    Rounding rounding;
    Major a_major;
    Major b_major;
    int first_architecture;  ///< 80: sm_80 has it
    int last_architecture;   ///< the last one that executes it in hardware
    int extended_index = 0;  ///< extended forms: of all, in the order in which they were asked for

    [[nodiscard]] bool sparse() const { return metadata != nullptr; }
    /// A made-up N:M instruction, which no GPU has (extended_form.hpp).
    [[nodiscard]] bool extended() const { return sparse() && metadata->index_format.has_value(); }
    /// Independent products in one instruction: m8n8k4 f16 multiplies four pairs of matrices, one
    /// per quad pair (lanes 4q .. 4q+3 and 4q+16 .. 4q+19), stored one after another.
    [[nodiscard]] int matrices() const { return m == 8 && a == types::DataType::kF16 ? 4 : 1; }
    /// 32-bit registers per lane of each operand.
    [[nodiscard]] int a_registers() const { return registers(m * k_stored, a); }
    [[nodiscard]] int b_registers() const { return registers(n * k_logical, b); }
    [[nodiscard]] int c_registers() const { return registers(m * n, c); }
    [[nodiscard]] int d_registers() const { return registers(m * n, d); }
    /// Multiplications that the datapath executes: matrices x M x N x k_stored.
    [[nodiscard]] int executed_macs() const { return matrices() * m * n * k_stored; }

    /// A slot is what one mux passes on: one element, or as many adjacent ones as a byte holds.
    [[nodiscard]] int slot_bits() const { return types::bits(a) < 8 ? 8 : types::bits(a); }
    /// Slots of a row of A and of a column of B.
    [[nodiscard]] int slots() const { return k_stored * types::bits(a) / slot_bits(); }
    [[nodiscard]] int b_slots() const { return k_logical * types::bits(b) / slot_bits(); }

    /// Metadata codes of one row of A; 0 when dense. A code is a nibble, or what the index format
    /// of an extended form says.
    [[nodiscard]] int chunks() const { return sparse() ? k_logical / metadata->chunk_elements : 0; }
    [[nodiscard]] int code_bits() const {
        return extended() ? sparsity::group_bits(*metadata->index_format, *metadata->pattern) : 4;
    }
    /// Un-reordered metadata: bytes of one row of A, and of one word (2 or 4); 0 when dense.
    [[nodiscard]] int metadata_bytes_per_row() const { return (chunks() * code_bits() + 7) / 8; }
    [[nodiscard]] int metadata_word_bytes() const {
        return sparse() ? metadata->chunks_per_field / 2 : 0;
    }
    /// Lanes of each quad whose registers hold metadata, and registers of each lane. Of an extended
    /// form a quad has the bits of its two rows, the one after the other: one lane, two, or four of
    /// as many registers as it takes.
    [[nodiscard]] int metadata_lanes() const {
        if (!extended()) return chunks() / 4;
        const int bits = 2 * chunks() * code_bits();
        return bits <= 32 ? 1 : bits <= 64 ? 2 : 4;
    }
    [[nodiscard]] int metadata_registers() const {
        if (!extended()) return sparse() ? 1 : 0;
        return 2 * chunks() * code_bits() <= 128 ? 1 : (2 * chunks() * code_bits() + 127) / 128;
    }
    /// How many values the sparsity selector may take: 0 .. selector_count()-1; 0 when dense.
    [[nodiscard]] int selector_count() const { return sparse() ? 4 / metadata_lanes() : 0; }
    /// "m16n8k32"
    [[nodiscard]] std::string shape_name() const;
    /// The whole instruction as PTX spells it, e.g.
    /// "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32".
    [[nodiscard]] std::string ptx_name() const;

  private:
    [[nodiscard]] int registers(int elements, types::DataType type) const {
        return matrices() * elements * types::bits(type) / (32 * kLanes);
    }
};

/// Every form the project executes.
[[nodiscard]] std::span<const MmaForm> mma_forms();

/// Every form has a number: its place in mma_forms(), or behind them that of an extended form.
[[nodiscard]] std::size_t form_index(const MmaForm& form);
[[nodiscard]] const MmaForm& form_at(std::size_t index);

/// The form with these properties that neither saturates nor counts xor and rounds to nearest, or
/// nullptr.
[[nodiscard]] const MmaForm* find_form(bool sparse, int m, int n, int k_logical, types::DataType d,
                                       types::DataType a, types::DataType b, types::DataType c);

/// An mma instruction as it is written.
struct MmaSpelling {
    const MmaForm* form;
    MetadataOrdering ordering;  ///< kOrdered: mma.sp::ordered_metadata; no meaning when dense
};

/// Reads a PTX mma instruction name, qualifiers in every order that ptxas takes. Throws ConfigError
/// naming the part that is wrong and listing the forms nearby.
[[nodiscard]] MmaSpelling parse_mma(std::string_view instruction);

}  // namespace sptc::isa

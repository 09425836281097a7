#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/sparsity/pattern.hpp"
#include "models/types/data_type.hpp"

namespace sptc::isa {

inline constexpr int kLanes = 32;  ///< threads of a warp

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
    const sparsity::Pattern* pattern;  ///< nullptr when dense

    [[nodiscard]] bool sparse() const { return pattern != nullptr; }
    /// 32-bit registers per lane of each operand.
    [[nodiscard]] int a_registers() const { return m * k_stored * types::bits(a) / (32 * kLanes); }
    [[nodiscard]] int b_registers() const { return n * k_logical * types::bits(b) / (32 * kLanes); }
    [[nodiscard]] int c_registers() const { return m * n * types::bits(c) / (32 * kLanes); }
    [[nodiscard]] int d_registers() const { return m * n * types::bits(d) / (32 * kLanes); }
    /// Multiplications that the datapath executes: M x N x k_stored.
    [[nodiscard]] int executed_macs() const { return m * n * k_stored; }
    /// Un-reordered metadata words (16 bits each for 16-bit A) in one row of A; 0 when dense.
    [[nodiscard]] int metadata_words_per_row() const { return sparse() ? k_logical / 16 : 0; }
    /// How many values the sparsity selector may take: 0 .. selector_count()-1; 0 when dense.
    [[nodiscard]] int selector_count() const { return sparse() ? 4 / metadata_words_per_row() : 0; }
    /// "m16n8k32"
    [[nodiscard]] std::string shape_name() const;
    /// The whole instruction as PTX spells it, e.g.
    /// "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32".
    [[nodiscard]] std::string ptx_name() const;
};

/// Every form the project executes.
[[nodiscard]] std::span<const MmaForm> mma_forms();

/// The form of a PTX mma instruction name (qualifiers in any order after "mma" / "mma.sp"; with or
/// without
/// ::ordered_metadata). Throws ConfigError naming the part that is wrong and listing the forms.
[[nodiscard]] const MmaForm& parse_mma(std::string_view instruction);

/// The form with these properties, or nullptr.
[[nodiscard]] const MmaForm* find_form(bool sparse, int m, int n, int k_logical, types::DataType d,
                                       types::DataType a, types::DataType b, types::DataType c);

}  // namespace sptc::isa

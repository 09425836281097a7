#include "traces/gemm/nm_operands.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

#include "models/base/error.hpp"
#include "models/isa/extended_metadata.hpp"
#include "models/isa/fragment_map.hpp"
#include "traces/gemm/elements.hpp"

namespace sptc::gemm {
namespace {

using isa::LaneRegister;

constexpr std::size_t kTileRows = 16;

/// Appends the registers of a block in runs.
void append_block(std::vector<std::byte>& out, std::span<const LaneRegister> registers) {
    const std::size_t width = load_width(static_cast<std::uint32_t>(registers.size()));
    for (std::size_t run = 0; run < registers.size(); run += width) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            for (std::size_t i = run; i < run + width; ++i) {
                const auto word = std::as_bytes(std::span(&registers[i][lane], 1));
                out.insert(out.end(), word.begin(), word.end());
            }
        }
    }
}

/// One row of a compressed A in pieces of one instruction.
class StoredRows {
  public:
    StoredRows(const isa::MmaForm& form, const sparsity::Compressed<double>& a)
        : form_(form), a_(a), n_(static_cast<std::size_t>(form.metadata->stored_elements)) {}

    /// [16 x k_stored] values of a row tile in a k-step.
    [[nodiscard]] std::vector<double> values(std::size_t tile, std::size_t k_step) const {
        std::vector<double> out(kTileRows * stored());
        for (std::size_t row = 0; row < kTileRows; ++row) {
            for (std::size_t i = 0; i < stored(); ++i) {
                const std::size_t r = tile * kTileRows + row;
                const std::size_t column = k_step * stored() + i;
                if (r < a_.rows && column < a_.stored_columns) {
                    out[row * stored() + i] = a_.values[r * a_.stored_columns + column];
                }
            }
        }
        return out;
    }

    /// Its metadata, un-reordered.
    [[nodiscard]] std::vector<std::byte> metadata(std::size_t tile, std::size_t k_step) const {
        const auto row_bytes = static_cast<std::size_t>(form_.metadata_bytes_per_row());
        std::vector<std::byte> out;
        for (std::size_t row = 0; row < kTileRows; ++row) {
            sparsity::BitWriter writer;
            for (std::size_t group = 0; group < stored() / n_; ++group) {
                const auto positions =
                    places(tile * kTileRows + row, k_step * stored() + group * n_);
                sparsity::write_group(*form_.metadata->index_format, *form_.metadata->pattern,
                                      positions, writer);
            }
            out.insert(out.end(), writer.bytes().begin(), writer.bytes().end());
            out.resize((row + 1) * row_bytes);
        }
        return out;
    }

  private:
    [[nodiscard]] std::size_t stored() const { return static_cast<std::size_t>(form_.k_stored); }

    [[nodiscard]] std::vector<std::uint8_t> places(std::size_t row, std::size_t column) const {
        std::vector<std::uint8_t> out(n_);
        if (row < a_.rows && column < a_.stored_columns) {
            std::copy_n(
                a_.indices.begin() + static_cast<std::ptrdiff_t>(row * a_.stored_columns + column),
                n_, out.begin());
        } else {
            const int last = form_.metadata->chunk_elements - form_.metadata->stored_elements;
            std::iota(out.begin(), out.end(), static_cast<std::uint8_t>(last));
        }
        return out;
    }

    const isa::MmaForm& form_;
    const sparsity::Compressed<double>& a_;
    std::size_t n_;
};

}  // namespace

ExtendedOperands extended_operands(const KernelPlan& plan, const GemmLayout& layout,
                                   const sparsity::Compressed<double>& a) {
    const isa::MmaForm& form = *plan.form;
    const StoredRows rows(form, a);
    const isa::FragmentMap map(form, isa::Operand::kA);
    const auto k_stored = static_cast<std::size_t>(form.k_stored);
    const std::size_t k_steps = layout.k_padded / static_cast<std::uint32_t>(form.k_logical);
    const std::size_t tiles = layout.m_metadata / kTileRows;
    const std::size_t sharing = plan.e_blocks_copy.row_tiles;
    ExtendedOperands out;
    out.a.reserve(layout.a_bytes);
    out.e.reserve(layout.e_bytes);
    std::vector<LaneRegister> registers(plan.a_registers());
    for (std::size_t k_step = 0; k_step < k_steps; ++k_step) {
        std::vector<LaneRegister> e;
        for (std::size_t tile = 0; tile < tiles; ++tile) {
            map.to_registers(
                element_bytes(form.a, rows.values(tile, k_step), kTileRows, k_stored, k_stored),
                registers);
            append_block(out.a, registers);
            if (tile % sharing == 0) e.assign(plan.e_registers(), LaneRegister{});
            isa::metadata_to_registers(form, static_cast<int>(tile % sharing),
                                       rows.metadata(tile, k_step), e);
            if (tile % sharing == sharing - 1) append_block(out.e, e);
        }
    }
    SPTC_ASSERT(out.a.size() == layout.a_bytes && out.e.size() == layout.e_bytes);
    return out;
}

}  // namespace sptc::gemm

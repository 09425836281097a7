#include "models/api/sptc/mma.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/fragment_map.hpp"
#include "models/numeric/mma_arithmetic.hpp"

namespace sptc {
namespace {

using isa::Operand;
using numeric::OperandFragment;

/// Errors of the models become those of the interface.
template <class Function>
decltype(auto) translating(Function function) {
    try {
        return function();
    } catch (const base::Error& error) {
        throw MmaError(error.what());
    }
}

void require_size(std::string_view operand, std::size_t found, std::size_t count,
                  std::size_t item) {
    if (found == count * item) return;
    throw MmaError(fmt::format("{} has {} bytes: expected {} ({} items of {} bytes)", operand,
                               found, count * item, count, item));
}

}  // namespace

class Mma::Implementation {
  public:
    Implementation(const isa::MmaSpelling& spelling, const MmaOptions& options)
        : ordering_(spelling.ordering),
          strict_(options.metadata == Metadata::kStrict),
          arithmetic_(isa::find_architecture(options.arch), *spelling.form,
                      isa::parse_partition(options.sparse_groups), numeric::choose_simd()),
          form(*spelling.form),
          a(form, Operand::kA),
          b(form, Operand::kB),
          c(form, Operand::kC),
          d(form, Operand::kD),
          e_bytes(static_cast<std::size_t>(form.m * form.metadata_bytes_per_row())) {
        for (int row = 0; row < form.m; ++row) {
            for (int slot = 0; slot < form.slots(); ++slot) select(dense_, row, slot, slot);
        }
    }

    void compute(const MmaBatch& batch) const {
        const std::size_t count = batch.d.size() / d.item_bytes;
        require_size("D", batch.d.size(), count, d.item_bytes);
        require_size("A", batch.a.size(), count, a.item_bytes);
        require_size("B", batch.b.size(), count, b.item_bytes);
        require_size("C", batch.c.size(), count, c.item_bytes);
        require_size("E (metadata)", batch.e.size(), count, e_bytes);
        numeric::SelectedRows rows = dense_;
        for (std::size_t item = 0; item < count; ++item) {
            if (form.sparse()) expand(batch.e.subspan(item * e_bytes, e_bytes), item, rows);
            compute_item(batch, item, rows);
        }
    }

  private:
    static void select(numeric::SelectedRows& rows, int row, int slot, int k) {
        rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot)] =
            static_cast<std::uint8_t>(k);
    }

    /// Which slot-row of B every stored slot meets.
    void expand(std::span<const std::byte> codes, std::size_t item,
                numeric::SelectedRows& rows) const {
        const isa::MetadataFormat& format = *form.metadata;
        const int row_bytes = form.metadata_bytes_per_row();
        for (int row = 0; row < form.m; ++row) {
            for (int chunk = 0; chunk < form.chunks(); ++chunk) {
                const auto pair = std::to_integer<std::uint32_t>(
                    codes[static_cast<std::size_t>(row * row_bytes + chunk / 2)]);
                const std::uint32_t code = (pair >> (4 * (chunk % 2))) & 0xfu;
                if (strict_ && !isa::is_legal_code(format, ordering_, code)) {
                    throw MmaError(fmt::format(
                        "item {}: metadata of row {}, chunk {} is 0x{:X}: expected one of 0x{:X}",
                        item, row, chunk, code,
                        fmt::join(isa::legal_codes(format, ordering_), ", 0x")));
                }
                for (int i = 0; i < format.selects(); ++i) {
                    select(rows, row, chunk * format.selects() + i,
                           chunk * format.choices() + format.select(code, i));
                }
            }
        }
    }

    void compute_item(const MmaBatch& batch, std::size_t item,
                      const numeric::SelectedRows& rows) const {
        const auto matrices = static_cast<std::size_t>(form.matrices());
        OperandFragment a_matrix, b_matrix, c_matrix, d_matrix;
        for (std::size_t i = item * matrices; i < (item + 1) * matrices; ++i) {
            a.load(batch.a, i, a_matrix);
            b.load(batch.b, i, b_matrix);
            c.load(batch.c, i, c_matrix);
            arithmetic_.instruction(a_matrix, b_matrix, rows, c_matrix, d_matrix);
            d.map.to_matrices(d_matrix.registers,
                              batch.d.subspan(i * d.map.bytes(), d.map.bytes()));
        }
    }

    /// One operand: matrices in memory, fragments in the datapath.
    struct OperandMap {
        OperandMap(const isa::MmaForm& form, Operand operand)
            : map(form, operand, isa::FragmentScope::kMatrix),
              item_bytes(map.bytes() * static_cast<std::size_t>(form.matrices())) {}

        void load(std::span<const std::byte> matrices, std::size_t i,
                  OperandFragment& fragment) const {
            map.to_registers(matrices.subspan(i * map.bytes(), map.bytes()), fragment.registers);
        }

        isa::FragmentMap map;
        std::size_t item_bytes;
    };

    isa::MetadataOrdering ordering_;
    bool strict_;
    numeric::MmaArithmetic arithmetic_;
    numeric::SelectedRows dense_{};

  public:
    const isa::MmaForm& form;
    OperandMap a, b, c, d;
    std::size_t e_bytes;
};

Mma::Mma(std::string_view instruction, const MmaOptions& options)
    : implementation_(translating([&] {
          const isa::MmaSpelling spelling = isa::parse_mma(instruction);
          if (spelling.form->extended()) {
              throw MmaError(fmt::format(
                  "'{}': the library computes instructions of real GPUs only", instruction));
          }
          return std::make_unique<const Implementation>(spelling, options);
      })) {}
Mma::Mma(Mma&&) noexcept = default;
Mma& Mma::operator=(Mma&&) noexcept = default;
Mma::~Mma() = default;

int Mma::m() const { return implementation_->form.m; }
int Mma::n() const { return implementation_->form.n; }
int Mma::k() const { return implementation_->form.k_logical; }
int Mma::k_stored() const { return implementation_->form.k_stored; }

std::size_t Mma::a_bytes() const { return implementation_->a.item_bytes; }
std::size_t Mma::b_bytes() const { return implementation_->b.item_bytes; }
std::size_t Mma::c_bytes() const { return implementation_->c.item_bytes; }
std::size_t Mma::d_bytes() const { return implementation_->d.item_bytes; }
std::size_t Mma::e_bytes() const { return implementation_->e_bytes; }

void Mma::compute(const MmaBatch& batch) const { implementation_->compute(batch); }

std::vector<std::string> mma_architectures() {
    std::vector<std::string> names;
    for (const isa::Architecture& row : isa::architectures()) names.emplace_back(row.name);
    return names;
}

std::vector<std::string> mma_instructions(std::string_view arch) {
    const isa::Architecture& architecture =
        translating([&]() -> const isa::Architecture& { return isa::find_architecture(arch); });
    std::vector<std::string> names;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (isa::has_form(architecture, form)) names.push_back(form.ptx_name());
    }
    return names;
}

}  // namespace sptc

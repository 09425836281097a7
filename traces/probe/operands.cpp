#include "traces/probe/operands.hpp"

#include "models/reference/mma.hpp"
#include "traces/probe/element.hpp"

namespace sptc::probe {
namespace {

constexpr int kCodeBits = 4;

std::vector<std::byte> zeros(int elements, int bits) {
    return std::vector<std::byte>(static_cast<std::size_t>(elements * bits / 8));
}

std::size_t index(int row, int columns, int column) {
    return static_cast<std::size_t>(row * columns + column);
}

}  // namespace

Operands zero_operands(const isa::MmaForm& form) {
    const int rows = all_rows(form);
    Operands operands{zeros(rows * form.k_stored, types::bits(form.a)),
                      zeros(form.matrices() * form.k_logical * form.n, types::bits(form.b)),
                      zeros(rows * form.n, types::bits(form.c)),
                      zeros(rows * form.chunks(), kCodeBits)};
    if (!form.sparse()) return operands;
    const auto legal = isa::legal_codes(*form.metadata, isa::MetadataOrdering::kOrdered);
    for (int row = 0; row < rows; ++row) {
        for (int chunk = 0; chunk < form.chunks(); ++chunk) {
            set_code(form, operands, row, chunk, legal.front());
        }
    }
    return operands;
}

int all_rows(const isa::MmaForm& form) { return form.matrices() * form.m; }

void set_a(const isa::MmaForm& form, Operands& operands, int row, int stored, std::uint64_t bits) {
    set_element(operands.a, types::bits(form.a), index(row, form.k_stored, stored), bits);
}

void set_b(const isa::MmaForm& form, Operands& operands, int matrix, int k, int column,
           std::uint64_t bits) {
    set_element(operands.b, types::bits(form.b), index(matrix * form.k_logical + k, form.n, column),
                bits);
}

void set_c(const isa::MmaForm& form, Operands& operands, int row, int column, std::uint64_t bits) {
    set_element(operands.c, types::bits(form.c), index(row, form.n, column), bits);
}

void set_code(const isa::MmaForm& form, Operands& operands, int row, int chunk,
              std::uint32_t code) {
    set_element(operands.e, kCodeBits, index(row, form.chunks(), chunk), code);
}

std::uint32_t code(const isa::MmaForm& form, const Operands& operands, int row, int chunk) {
    return static_cast<std::uint32_t>(
        get_element(operands.e, kCodeBits, index(row, form.chunks(), chunk)));
}

int selected_k(const isa::MmaForm& form, const Operands& operands, int row, int stored) {
    if (!form.sparse()) return stored;
    const isa::MetadataFormat& format = *form.metadata;
    const int chunk = stored / format.stored_elements;
    const int unit = stored % format.stored_elements / format.unit_elements;
    const int choice = format.select(code(form, operands, row, chunk), unit);
    return chunk * format.chunk_elements + choice * format.unit_elements +
           stored % format.unit_elements;
}

std::vector<std::byte> reference_d(const isa::MmaForm& form, const isa::Architecture& architecture,
                                   const Operands& operands, isa::Partition partition) {
    return reference::mma(form, architecture,
                          {.a = operands.a, .b = operands.b, .c = operands.c, .e = operands.e},
                          partition);
}

}  // namespace sptc::probe

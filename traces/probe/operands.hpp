#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"

namespace sptc::probe {

/// The matrices of one instruction, row-major and packed, as reference::mma takes them: A
/// [matrices x M x k_stored], B [matrices x k_logical x N], C [matrices x M x N], E [M x chunks]
/// nibbles.
struct Operands {
    std::vector<std::byte> a, b, c, e;
};

/// All values zero; every metadata code the first legal one.
[[nodiscard]] Operands zero_operands(const isa::MmaForm& form);

/// Rows of A, C and D of all matrices together.
[[nodiscard]] int all_rows(const isa::MmaForm& form);

/// `row` counts the rows of all matrices, `stored` the stored elements of a row.
void set_a(const isa::MmaForm& form, Operands& operands, int row, int stored, std::uint64_t bits);
void set_b(const isa::MmaForm& form, Operands& operands, int matrix, int k, int column,
           std::uint64_t bits);
void set_c(const isa::MmaForm& form, Operands& operands, int row, int column, std::uint64_t bits);
void set_code(const isa::MmaForm& form, Operands& operands, int row, int chunk, std::uint32_t code);
[[nodiscard]] std::uint32_t code(const isa::MmaForm& form, const Operands& operands, int row,
                                 int chunk);

/// The row of B that a stored element of A meets.
[[nodiscard]] int selected_k(const isa::MmaForm& form, const Operands& operands, int row,
                             int stored);

/// D by the reference: [matrices x M x N], packed.
[[nodiscard]] std::vector<std::byte> reference_d(const isa::MmaForm& form,
                                                 const isa::Architecture& architecture,
                                                 const Operands& operands,
                                                 isa::Partition partition = isa::kDefaultPartition);

}  // namespace sptc::probe

#include "models/reference/mma.hpp"

#include "models/base/error.hpp"
#include "models/reference/fused_dot.hpp"
#include "models/reference/metadata.hpp"

namespace sptc::reference {
namespace {

/// [rows x columns] decoded, row-major.
std::vector<Number> decode_matrix(const FloatFormat& format, std::span<const std::byte> bytes,
                                  std::size_t elements) {
    SPTC_ASSERT(bytes.size() == elements * static_cast<std::size_t>(format.bits()) / 8);
    std::vector<Number> numbers(elements);
    for (std::size_t i = 0; i < elements; ++i) {
        numbers[i] = decode(format, load_bits(format, bytes, i));
    }
    return numbers;
}

}  // namespace

std::vector<std::byte> mma(const isa::MmaForm& form, const isa::Arithmetic& arithmetic,
                           const MmaOperands& operands) {
    const GroupRules rules = group_rules(form, arithmetic);
    const auto m = static_cast<std::size_t>(form.m);
    const auto n = static_cast<std::size_t>(form.n);
    const auto k_stored = static_cast<std::size_t>(form.k_stored);
    const auto k_logical = static_cast<std::size_t>(form.k_logical);
    SPTC_ASSERT(!form.sparse() || (form.pattern->n == 2 && form.pattern->m == 4));
    SPTC_ASSERT(operands.c.size() ==
                m * n * static_cast<std::size_t>(rules.accumulator.bits()) / 8);

    const std::vector<Number> a = decode_matrix(rules.a, operands.a, m * k_stored);
    const std::vector<Number> b = decode_matrix(rules.b, operands.b, k_logical * n);
    const std::vector<std::uint8_t> indices = unpack_metadata(operands.e);
    SPTC_ASSERT(indices.size() == (form.sparse() ? m * k_stored : 0));
    std::vector<std::byte> d(m * n * static_cast<std::size_t>(rules.accumulator.bits()) / 8);
    std::vector<Number> selected(k_stored);
    for (std::size_t row = 0; row < m; ++row) {
        const auto a_row = std::span(a).subspan(row * k_stored, k_stored);
        for (std::size_t column = 0; column < n; ++column) {
            for (std::size_t j = 0; j < k_stored; ++j) {
                const std::size_t k = form.sparse() ? 4 * (j / 2) + indices[row * k_stored + j] : j;
                selected[j] = b[k * n + column];
            }
            const std::size_t element = row * n + column;
            const std::uint32_t c = load_bits(rules.accumulator, operands.c, element);
            store_bits(rules.accumulator, d, element, chained_dot_add(rules, a_row, selected, c));
        }
    }
    return d;
}

}  // namespace sptc::reference

#include "models/reference/mma.hpp"

#include <cstdint>

#include "models/base/error.hpp"
#include "models/reference/dot_arithmetic.hpp"
#include "models/reference/metadata.hpp"
#include "models/reference/packed.hpp"

namespace sptc::reference {
namespace {

struct Extents {
    explicit Extents(const isa::MmaForm& form)
        : matrices(static_cast<std::size_t>(form.matrices())),
          m(static_cast<std::size_t>(form.m)),
          n(static_cast<std::size_t>(form.n)),
          k_stored(static_cast<std::size_t>(form.k_stored)),
          k_logical(static_cast<std::size_t>(form.k_logical)) {}

    std::size_t matrices, m, n, k_stored, k_logical;
};

/// [rows x columns] decoded, row-major.
template <class Decode>
std::vector<Number> decode_matrix(types::DataType type, std::span<const std::byte> bytes,
                                  std::size_t elements, Decode decode) {
    std::vector<Number> numbers(elements);
    for (std::size_t i = 0; i < elements; ++i) numbers[i] = decode(load_bits(type, bytes, i));
    return numbers;
}

/// [M x k_stored]: the row of B that each stored element of A meets.
std::vector<std::size_t> selected_rows(const isa::MmaForm& form, std::span<const std::byte> e) {
    const Extents extents(form);
    std::vector<std::uint8_t> places;
    if (form.extended()) {
        places =
            unpack_groups(*form.metadata, e, extents.m, static_cast<std::size_t>(form.chunks()));
    } else if (form.sparse()) {
        places = unpack_metadata(*form.metadata, e);
    }
    std::vector<std::size_t> rows(extents.m * extents.k_stored);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t column = i % extents.k_stored;
        rows[i] = form.sparse() ? logical_column(*form.metadata, column, places[i]) : column;
    }
    return rows;
}

void check_sizes(const isa::MmaForm& form, const MmaOperands& operands) {
    const Extents extents(form);
    const auto [matrices, m, n, k_stored, k_logical] = extents;
    SPTC_ASSERT(operands.a.size() == packed_bytes(form.a, matrices * m * k_stored));
    SPTC_ASSERT(operands.b.size() == packed_bytes(form.b, matrices * k_logical * n));
    SPTC_ASSERT(operands.c.size() == packed_bytes(form.c, matrices * m * n));
    SPTC_ASSERT(operands.e.size() == m * static_cast<std::size_t>(form.metadata_bytes_per_row()));
}

}  // namespace

std::vector<std::byte> mma(const isa::MmaForm& form, const isa::Architecture& architecture,
                           const MmaOperands& operands, isa::Partition partition) {
    check_sizes(form, operands);
    const auto [matrices, m, n, k_stored, k_logical] = Extents(form);
    const DotArithmetic arithmetic(form, architecture, partition);
    const std::vector<Number> a =
        decode_matrix(form.a, operands.a, matrices * m * k_stored,
                      [&](std::uint64_t bits) { return arithmetic.decode_a(bits); });
    const std::vector<Number> b =
        decode_matrix(form.b, operands.b, matrices * k_logical * n,
                      [&](std::uint64_t bits) { return arithmetic.decode_b(bits); });
    const std::vector<std::size_t> row_of_b = selected_rows(form, operands.e);

    std::vector<std::byte> d(packed_bytes(form.d, matrices * m * n));
    std::vector<Number> a_row(k_stored), b_column(k_stored);
    for (std::size_t element = 0; element < matrices * m * n; ++element) {
        const std::size_t column = element % n;
        const std::size_t row = element / n % m;
        const std::size_t matrix = element / n / m;
        for (std::size_t i = 0; i < k_stored; ++i) {
            const std::size_t j = arithmetic.order()[i];
            const std::size_t k = row_of_b[row * k_stored + j];
            a_row[i] = a[(matrix * m + row) * k_stored + j];
            b_column[i] = b[(matrix * k_logical + k) * n + column];
        }
        const std::uint64_t c = load_bits(form.c, operands.c, element);
        store_bits(form.d, d, element, arithmetic.dot_add(a_row, b_column, c));
    }
    return d;
}

}  // namespace sptc::reference

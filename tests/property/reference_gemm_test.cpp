#include "models/reference/gemm.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "models/base/random.hpp"
#include "models/reference/mma.hpp"
#include "models/reference/packed.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;
using types::DataType;

namespace {

using Bytes = std::vector<std::byte>;

/// A random bit pattern: of floats mostly of ordinary size, some of any exponent, zero or special.
std::uint64_t random_bits(base::Random& random, DataType type) {
    const std::uint64_t any = random.bits() >> (64 - types::bits(type));
    const types::DataTypeRow& row = types::row(type);
    if (row.exponent_bits == 0) return any;
    const std::uint64_t sign = any & std::uint64_t{1} << (row.bits - 1);
    const std::uint32_t kind = random.below(1000);
    if (kind < 2) return any;
    if (kind < 60) return sign;
    const int exponent_shift = row.bits - 1 - row.exponent_bits;
    const std::uint64_t bias = (std::uint64_t{1} << (row.exponent_bits - 1)) - 1;
    const std::uint64_t exponent = bias - random.below(kind < 600 ? 4 : 7);
    const std::uint64_t fraction = any & ((std::uint64_t{1} << exponent_shift) - 1);
    return sign | exponent << exponent_shift | fraction;
}

Bytes random_matrix(base::Random& random, DataType type, std::size_t count) {
    Bytes bytes(reference::packed_bytes(type, count));
    for (std::size_t i = 0; i < count; ++i) {
        reference::store_bits(type, bytes, i, random_bits(random, type));
    }
    return bytes;
}

/// A GEMM cut into instruction items by hand, zero-filled where they reach beyond it.
struct Problem {
    const isa::MmaForm& form;
    const isa::Architecture& architecture;
    isa::Partition partition;
    std::size_t m, n, k;
    Bytes a, b, c;
    std::vector<std::uint8_t> indices;
    std::vector<unsigned> codes;  ///< [m x chunks]

    [[nodiscard]] std::size_t chunks() const {
        const auto columns = static_cast<std::size_t>(form.metadata->chunk_elements);
        return (k + columns - 1) / columns;
    }
    [[nodiscard]] std::size_t stored() const {
        if (!form.sparse()) return k;
        return chunks() * static_cast<std::size_t>(form.metadata->stored_elements);
    }

    Problem(const isa::MmaForm& of, const isa::Architecture& on, isa::Partition by,
            std::array<std::size_t, 3> mnk, std::uint64_t seed)
        : form(of), architecture(on), partition(by), m(mnk[0]), n(mnk[1]), k(mnk[2]) {
        base::Random random(seed);
        a = random_matrix(random, form.a, m * stored());
        b = random_matrix(random, form.b, k * n);
        c = random_matrix(random, form.c, m * n);
        if (form.sparse()) choose_indices(random);
    }

    [[nodiscard]] reference::GemmOperands operands() const {
        return {.form = form,
                .architecture = architecture,
                .partition = partition,
                .m = m,
                .n = n,
                .k = k,
                .a = a,
                .lda = stored(),
                .indices = indices,
                .indices_pitch = stored(),
                .b = b,
                .ldb = n,
                .c = c,
                .ldc = n};
    }

    /// D by mma() calls: each instruction's D is the C of the next along k.
    [[nodiscard]] Bytes by_instructions() const {
        Bytes d(c.size());
        const auto item_m = static_cast<std::size_t>(form.m);
        const auto item_n = static_cast<std::size_t>(form.n);
        const auto item_k = static_cast<std::size_t>(form.k_logical);
        for (std::size_t row = 0; row < m; row += item_m) {
            for (std::size_t column = 0; column < n; column += item_n) {
                Bytes tile = cut(c, form.d, {m, n}, {row, column}, {item_m, item_n});
                for (std::size_t depth = 0; depth < k; depth += item_k) {
                    tile = instruction(row, column, depth, tile);
                }
                for (std::size_t i = row; i < std::min(m, row + item_m); ++i) {
                    for (std::size_t j = column; j < std::min(n, column + item_n); ++j) {
                        const std::size_t at = (i - row) * item_n + j - column;
                        reference::store_bits(form.d, d, i * n + j,
                                              reference::load_bits(form.d, tile, at));
                    }
                }
            }
        }
        return d;
    }

  private:
    struct Place {
        std::size_t row, column;
    };

    void choose_indices(base::Random& random) {
        const isa::MetadataFormat& format = *form.metadata;
        const auto legal = isa::legal_codes(format, isa::MetadataOrdering::kAny);
        for (std::size_t chunk = 0; chunk < m * chunks(); ++chunk) {
            codes.push_back(legal[random.below(static_cast<std::uint32_t>(legal.size()))]);
            for (int i = 0; i < format.stored_elements; ++i) {
                const int unit = format.select(codes.back(), i / format.unit_elements);
                indices.push_back(static_cast<std::uint8_t>(unit * format.unit_elements +
                                                            i % format.unit_elements));
            }
        }
    }

    static Bytes cut(const Bytes& matrix, DataType type, Place extents, Place origin, Place size) {
        Bytes tile(reference::packed_bytes(type, size.row * size.column));
        for (std::size_t i = 0; i < size.row && origin.row + i < extents.row; ++i) {
            for (std::size_t j = 0; j < size.column && origin.column + j < extents.column; ++j) {
                const std::size_t from = (origin.row + i) * extents.column + origin.column + j;
                reference::store_bits(type, tile, i * size.column + j,
                                      reference::load_bits(type, matrix, from));
            }
        }
        return tile;
    }

    /// The codes of an instruction's rows; padding takes 0x4, legal in every format.
    [[nodiscard]] Bytes metadata(std::size_t row, std::size_t first_chunk) const {
        const auto item_chunks = static_cast<std::size_t>(form.chunks());
        Bytes e(static_cast<std::size_t>(form.m) * item_chunks / 2);
        for (std::size_t i = 0; i < 2 * e.size(); ++i) {
            const std::size_t at_row = row + i / item_chunks;
            const std::size_t chunk = first_chunk + i % item_chunks;
            const bool inside = at_row < m && chunk < chunks();
            e[i / 2] |= static_cast<std::byte>((inside ? codes[at_row * chunks() + chunk] : 0x4)
                                               << (4 * (i % 2)));
        }
        return e;
    }

    [[nodiscard]] Bytes instruction(std::size_t row, std::size_t column, std::size_t depth,
                                    const Bytes& addend) const {
        const auto item_k = static_cast<std::size_t>(form.k_logical);
        const Place item_a{static_cast<std::size_t>(form.m),
                           static_cast<std::size_t>(form.k_stored)};
        const Place item_b{item_k, static_cast<std::size_t>(form.n)};
        const std::size_t stored_depth = depth / item_k * item_a.column;
        Bytes e;
        if (form.sparse()) {
            e = metadata(row, depth / static_cast<std::size_t>(form.metadata->chunk_elements));
        }
        return first_matrix(reference::mma(
            form, architecture,
            {repeated(cut(a, form.a, {m, stored()}, {row, stored_depth}, item_a)),
             repeated(cut(b, form.b, {k, n}, {depth, column}, item_b)), repeated(addend), e},
            partition));
    }

    /// Of a form with several matrices, all are the same here.
    [[nodiscard]] Bytes repeated(const Bytes& matrix) const {
        Bytes matrices;
        for (int i = 0; i < form.matrices(); ++i) {
            matrices.insert(matrices.end(), matrix.begin(), matrix.end());
        }
        return matrices;
    }
    [[nodiscard]] Bytes first_matrix(Bytes matrices) const {
        matrices.resize(matrices.size() / static_cast<std::size_t>(form.matrices()));
        return matrices;
    }
};

/// Calls use(form, architecture, partition) for what a GEMM can be made of.
template <class Use>
void for_each_arithmetic(Use use) {
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (form.c != form.d) continue;
        for (const isa::Architecture& architecture : isa::architectures()) {
            if (!isa::has_form(architecture, form)) continue;
            // Beside the default, one that changes the order; the others change group sizes only.
            use(form, architecture, isa::kDefaultPartition);
            if (form.sparse()) use(form, architecture, isa::Partition::kSlotParity);
        }
    }
}

}  // namespace

TEST_CASE("reference gemm: every form gives the bits of its instructions one after another") {
    std::uint64_t seed = 1;
    for_each_arithmetic([&](const isa::MmaForm& form, const isa::Architecture& architecture,
                            isa::Partition partition) {
        // A whole instruction and a half along K, ragged everywhere; and the smallest GEMM.
        const auto ragged_k = static_cast<std::size_t>(form.k_logical * 3 / 2 + 1);
        for (const auto& mnk : {std::array<std::size_t, 3>{17, 9, ragged_k}, {1, 1, 1}}) {
            INFO(architecture.name << " " << form.ptx_name() << " K=" << mnk[2]);
            const Problem problem(form, architecture, partition, mnk, ++seed);
            const reference::GemmReference gemm(problem.operands());
            const auto check = gemm.check(problem.by_instructions(), problem.n, 1);
            CHECK(check.elements == problem.m * problem.n);
            CHECK(check.mismatches == 0);
        }
    });
}

TEST_CASE("reference gemm: the check is the same for any number of threads") {
    const isa::MmaForm& form =
        test::form_of("mma.sp.sync.aligned.m16n8k32.row.col.f16.f16.f16.f16");
    const Problem problem(form, isa::find_architecture("sm_80"), isa::kDefaultPartition,
                          {33, 17, 65}, 42);
    const reference::GemmReference gemm(problem.operands());
    Bytes d = problem.by_instructions();
    for (std::size_t i = 0; i < d.size(); i += 97) d[i] ^= std::byte{1};
    const auto one = gemm.check(d, problem.n, 1);
    CHECK(one.mismatches > 0);
    for (const unsigned threads : {2u, 5u}) {
        const auto many = gemm.check(d, problem.n, threads);
        CHECK(many.mismatches == one.mismatches);
        CHECK(many.first->row == one.first->row);
        CHECK(many.first->column == one.first->column);
        CHECK(many.max_relative_error == one.max_relative_error);
        CHECK(many.max_scaled_error == one.max_scaled_error);
    }
}

#include "models/reference/gemm.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "models/base/random.hpp"
#include "models/reference/mma.hpp"

using namespace sptc;

namespace {

using Bytes = std::vector<std::byte>;

/// A random bit pattern of an f16 or f32: mostly of ordinary size, some of any exponent, zero or
/// special.
std::uint32_t random_bits(base::Random& random, const reference::FloatFormat& format) {
    const auto any = static_cast<std::uint32_t>(random.bits());
    const std::uint32_t mask = format.sign_bit() | (format.sign_bit() - 1);
    const std::uint32_t one = format.infinity() >> 1 & format.infinity();
    const std::uint32_t kind = random.below(1000);
    if (kind < 2) return any & mask;
    if (kind < 60) return any & format.sign_bit();
    const std::uint32_t fraction = any & ((1u << format.fraction_bits) - 1);
    const std::uint32_t exponent = random.below(kind < 600 ? 4 : 12) << format.fraction_bits;
    return (any & format.sign_bit()) | (one - exponent + fraction);
}

Bytes random_matrix(base::Random& random, const reference::FloatFormat& format, std::size_t count) {
    Bytes bytes(count * static_cast<std::size_t>(format.bits()) / 8);
    for (std::size_t i = 0; i < count; ++i) {
        reference::store_bits(format, bytes, i, random_bits(random, format));
    }
    return bytes;
}

/// A GEMM cut into instruction items by hand, zero-filled where they reach beyond it.
struct Problem {
    const isa::MmaForm& form;
    std::size_t m, n, k;
    Bytes a, b, c;
    std::vector<std::uint8_t> indices;

    [[nodiscard]] std::size_t stored() const { return form.sparse() ? (k + 3) / 4 * 2 : k; }

    Problem(const isa::MmaForm& of, std::size_t rows, std::size_t columns, std::size_t depth,
            std::uint64_t seed)
        : form(of), m(rows), n(columns), k(depth) {
        base::Random random(seed);
        a = random_matrix(random, reference::float_format(form.a), m * stored());
        b = random_matrix(random, reference::float_format(form.b), k * n);
        c = random_matrix(random, reference::float_format(form.c), m * n);
        for (std::size_t i = 0; form.sparse() && i < m * stored(); i += 2) {
            const std::uint32_t first = random.below(3);
            indices.push_back(static_cast<std::uint8_t>(first));
            indices.push_back(static_cast<std::uint8_t>(first + 1 + random.below(3 - first)));
        }
    }

    [[nodiscard]] reference::GemmOperands operands() const {
        return {.form = form,
                .arithmetic = isa::find_arithmetic("sm_80"),
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
        const auto& accumulator = reference::float_format(form.d);
        Bytes d(c.size());
        const auto item_m = static_cast<std::size_t>(form.m);
        const auto item_n = static_cast<std::size_t>(form.n);
        const auto item_k = static_cast<std::size_t>(form.k_logical);
        for (std::size_t row = 0; row < m; row += item_m) {
            for (std::size_t column = 0; column < n; column += item_n) {
                Bytes tile = cut(c, accumulator, {m, n}, {row, column}, {item_m, item_n});
                for (std::size_t depth = 0; depth < k; depth += item_k) {
                    tile = instruction(row, column, depth, tile);
                }
                for (std::size_t i = row; i < std::min(m, row + item_m); ++i) {
                    for (std::size_t j = column; j < std::min(n, column + item_n); ++j) {
                        const std::size_t at = (i - row) * item_n + j - column;
                        reference::store_bits(accumulator, d, i * n + j,
                                              reference::load_bits(accumulator, tile, at));
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

    static Bytes cut(const Bytes& matrix, const reference::FloatFormat& format, Place extents,
                     Place origin, Place size) {
        Bytes tile(size.row * size.column * static_cast<std::size_t>(format.bits()) / 8);
        for (std::size_t i = 0; i < size.row && origin.row + i < extents.row; ++i) {
            for (std::size_t j = 0; j < size.column && origin.column + j < extents.column; ++j) {
                const std::size_t from = (origin.row + i) * extents.column + origin.column + j;
                reference::store_bits(format, tile, i * size.column + j,
                                      reference::load_bits(format, matrix, from));
            }
        }
        return tile;
    }

    [[nodiscard]] Bytes instruction(std::size_t row, std::size_t column, std::size_t depth,
                                    const Bytes& addend) const {
        const auto item_m = static_cast<std::size_t>(form.m);
        const auto item_stored = static_cast<std::size_t>(form.k_stored);
        const std::size_t from = form.sparse() ? depth / 2 : depth;
        Bytes e(form.sparse() ? item_m * item_stored / 4 : 0);
        for (std::size_t i = 0; form.sparse() && i < item_m * item_stored; ++i) {
            const std::size_t at_row = row + i / item_stored;
            const std::size_t at = from + i % item_stored;
            // Padding takes the pair (0, 1), the smallest legal one.
            const unsigned index = at_row < m && at < stored() ? indices[at_row * stored() + at]
                                                               : static_cast<unsigned>(i % 2);
            e[i / 4] |= static_cast<std::byte>(index << (2 * (i % 4)));
        }
        const Place item_b{static_cast<std::size_t>(form.k_logical),
                           static_cast<std::size_t>(form.n)};
        return reference::mma(
            form, isa::find_arithmetic("sm_80"),
            {cut(a, reference::float_format(form.a), {m, stored()}, {row, from},
                 {item_m, item_stored}),
             cut(b, reference::float_format(form.b), {k, n}, {depth, column}, item_b), addend, e});
    }
};

}  // namespace

TEST_CASE("reference gemm: every form gives the bits of its instructions one after another") {
    std::uint64_t seed = 1;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        for (const auto [m, n, k] :
             {std::array<std::size_t, 3>{16, 8, 64}, {33, 17, 65}, {5, 20, 131}, {1, 1, 1}}) {
            INFO(form.ptx_name() << " " << m << "x" << n << "x" << k);
            const Problem problem(form, m, n, k, ++seed);
            const reference::GemmReference gemm(problem.operands());
            const auto check = gemm.check(problem.by_instructions(), n);
            CHECK(check.elements == m * n);
            CHECK(check.mismatches == 0);
            CHECK(check.non_finite < check.elements);
        }
    }
}

TEST_CASE("reference gemm: the check is the same for any number of threads") {
    const Problem problem(isa::mma_forms().back(), 33, 17, 65, 42);
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

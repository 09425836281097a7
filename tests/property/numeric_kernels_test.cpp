// The two ways of numeric::MmaArithmetic give the same bits: whole instructions with the fast
// kernels of every SIMD level, and group by group, one element after another.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "models/numeric/mma_arithmetic.hpp"
#include "tests/support/numeric_case.hpp"

using namespace sptc;

namespace {

std::vector<numeric::Simd> levels() {
    std::vector<numeric::Simd> result;
    for (const auto level :
         {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
        if (numeric::supported(level)) result.push_back(level);
    }
    return result;
}

/// D, group by group; every group in two column ranges, the later one first.
numeric::OperandFragment by_groups(const numeric::MmaArithmetic& arithmetic,
                                   const test::NumericCase& operands) {
    numeric::OperandFragment d{};
    for (int group = 0; group < arithmetic.rule().groups; ++group) {
        for (const numeric::ColumnRange columns : {numeric::ColumnRange{3, 5}, {0, 3}}) {
            arithmetic.group(group, columns, operands.a, operands.b, operands.rows, operands.c, d);
        }
    }
    return d;
}

/// Empty, or the first element in which two results differ.
std::string difference(const isa::MmaForm& form, const numeric::OperandFragment& expected,
                       const numeric::OperandFragment& got) {
    const int bits = types::bits(form.d);
    for (int row = 0; row < form.m; ++row) {
        for (int column = 0; column < form.n; ++column) {
            const auto place = numeric::c_place(bits, row, column);
            const std::uint64_t x = numeric::element(expected, place, bits);
            const std::uint64_t y = numeric::element(got, place, bits);
            if (x != y) return fmt::format("D[{}][{}] is {:x}, not {:x}", row, column, y, x);
        }
    }
    return {};
}

void check(const isa::Architecture& architecture, const isa::MmaForm& form,
           isa::Partition partition, int cases_per_kind, std::uint64_t seed) {
    std::vector<numeric::MmaArithmetic> arithmetics;
    for (const numeric::Simd level : levels()) {
        arithmetics.emplace_back(architecture, form, partition, level);
    }
    base::Random random(seed);
    for (const test::Values values : test::kValues) {
        for (int i = 0; i < cases_per_kind; ++i) {
            const test::NumericCase operands = test::random_case(form, values, random);
            const numeric::OperandFragment expected = by_groups(arithmetics.front(), operands);
            for (std::size_t level = 0; level < arithmetics.size(); ++level) {
                numeric::OperandFragment d{};
                arithmetics[level].instruction(operands.a, operands.b, operands.rows, operands.c,
                                               d);
                const std::string wrong = difference(form, expected, d);
                if (wrong.empty()) continue;
                FAIL_CHECK(fmt::format("{} {} partition {} level {} values {} case {}: {}",
                                       architecture.name, form.ptx_name(),
                                       static_cast<int>(partition), numeric::name(levels()[level]),
                                       static_cast<int>(values), i, wrong));
                return;
            }
        }
    }
}

void check_all(int cases_per_kind) {
    std::uint64_t seed = 0;
    for (const isa::Architecture& architecture : isa::architectures()) {
        for (const isa::MmaForm& form : isa::mma_forms()) {
            if (!isa::has_form(architecture, form)) continue;
            for (const isa::PartitionRow& row : isa::partitions()) {
                const bool matters = form.sparse() && form.dot == isa::DotKind::kFloat;
                if (!matters && row.partition != isa::kDefaultPartition) continue;
                check(architecture, form, row.partition, cases_per_kind, ++seed);
            }
        }
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("numeric: fast kernels and the element-by-element arithmetic give the same bits") {
    check_all(1);
}

TEST_CASE("numeric: many random instructions give the same bits in both ways", "[.slow]") {
    check_all(30);
}

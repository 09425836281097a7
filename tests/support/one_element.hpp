#pragma once
#include <catch2/catch.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/isa/mma.hpp"
#include "models/numeric/mma_arithmetic.hpp"

namespace sptc::test {

/// One element of D of one instruction, everything else being zero.
struct OneElement {
    std::string_view architecture;
    std::string_view instruction;  ///< as PTX spells it
    isa::Partition partition = isa::kDefaultPartition;

    /// D[row][column] for one row of A, one column of B and one element of C, all as raw bits and
    /// filled up with zeros. Slot s of A meets row s of B. Checks that all levels and the
    /// group-by-group way agree.
    [[nodiscard]] std::uint64_t operator()(const std::vector<std::uint64_t>& a,
                                           const std::vector<std::uint64_t>& b,
                                           std::uint64_t c) const {
        const isa::MmaForm& form = *isa::parse_mma(instruction).form;
        const int row = form.m - 3;
        const int column = 5;
        const int ab_bits = types::bits(form.a);
        const int c_bits = types::bits(form.c);
        const int d_bits = types::bits(form.d);
        const auto d_place = numeric::c_place(d_bits, row, column);

        numeric::OperandFragment a_fragment{};
        numeric::OperandFragment b_fragment{};
        numeric::OperandFragment c_fragment{};
        numeric::SelectedRows rows{};
        for (auto& selects : rows.row) {
            for (std::size_t slot = 0; slot < selects.size(); ++slot) {
                selects[slot] = static_cast<std::uint8_t>(slot);
            }
        }
        for (std::size_t k = 0; k < a.size(); ++k) {
            const auto place = numeric::a_place(form.m, ab_bits, row, static_cast<int>(k));
            numeric::set_element(a_fragment, place, ab_bits, a[k]);
        }
        for (std::size_t k = 0; k < b.size(); ++k) {
            const auto place = numeric::b_place(ab_bits, static_cast<int>(k), column);
            numeric::set_element(b_fragment, place, ab_bits, b[k]);
        }
        numeric::set_element(c_fragment, numeric::c_place(c_bits, row, column), c_bits, c);

        std::vector<std::uint64_t> results;
        for (const auto level :
             {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
            if (!numeric::supported(level)) continue;
            const numeric::MmaArithmetic arithmetic(isa::find_architecture(architecture), form,
                                                    partition, level);
            numeric::OperandFragment d{};
            arithmetic.instruction(a_fragment, b_fragment, rows, c_fragment, d);
            results.push_back(numeric::element(d, d_place, d_bits));
            d = {};
            for (int group = 0; group < arithmetic.rule().groups; ++group) {
                arithmetic.group(group, {column, 1}, a_fragment, b_fragment, rows, c_fragment, d);
            }
            results.push_back(numeric::element(d, d_place, d_bits));
        }
        for (const std::uint64_t result : results) CHECK(result == results.front());
        return results.front();
    }
};

}  // namespace sptc::test

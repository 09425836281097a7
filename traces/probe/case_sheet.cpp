#include "traces/probe/case_sheet.hpp"

#include "traces/probe/element.hpp"

namespace sptc::probe {

void CaseSheet::begin_instruction(const std::vector<std::uint64_t>& b) {
    const isa::MmaForm& form = *probe_.kernel.form;
    Operands operands = zero_operands(form);
    if (form.sparse()) {
        const auto codes = isa::legal_codes(*form.metadata, probe_.kernel.ordering);
        for (int row = 0; row < form.m; ++row) {
            for (int chunk = 0; chunk < form.chunks(); ++chunk) {
                const std::size_t turn =
                    probe_.instructions.size() + static_cast<std::size_t>(chunk);
                set_code(form, operands, row, chunk, codes[turn % codes.size()]);
            }
        }
    }
    for (int stored = 0; stored < form.k_stored; ++stored) {
        const int k = selected_k(form, operands, 0, stored);
        for (int matrix = 0; matrix < form.matrices(); ++matrix) {
            for (int column = 0; column < form.n; ++column) {
                set_b(form, operands, matrix, k, column, b[static_cast<std::size_t>(stored)]);
            }
        }
    }
    probe_.instructions.push_back(std::move(operands));
    b_ = b;
    rows_used_ = 0;
}

void CaseSheet::add(const Case& one) {
    const isa::MmaForm& form = *probe_.kernel.form;
    std::vector<std::uint64_t> b(static_cast<std::size_t>(form.k_stored));
    for (const Term& term : one.terms) b[static_cast<std::size_t>(term.stored)] = term.b;
    if (b != b_ || rows_used_ == all_rows(form)) begin_instruction(b);

    const int row = rows_used_++;
    Operands& operands = probe_.instructions.back();
    for (const Term& term : one.terms) set_a(form, operands, row, term.stored, term.a);
    for (int column = 0; column < form.n; ++column) set_c(form, operands, row, column, one.c);
    const Place place{probe_.instructions.size() - 1, row};
    probe_.cases.push_back({place.first, place.second, one.label});
    for (const auto& [hypothesis, d] : one.stated) stated_[hypothesis][place] = d;
}

void CaseSheet::add_hypothesis(std::string_view name, std::string statement) {
    const isa::MmaForm& form = *probe_.kernel.form;
    auto predict = [&form, architecture = architecture_, stated = stated_[name]](
                       std::size_t instruction, const Operands& operands) {
        auto d = reference_d(form, architecture, operands);
        const auto begin = stated.lower_bound({instruction, 0});
        const auto end = stated.lower_bound({instruction + 1, 0});
        for (auto row = begin; row != end; ++row) {
            for (int column = 0; column < form.n; ++column) {
                const auto index = static_cast<std::size_t>(row->first.second * form.n + column);
                set_element(d, types::bits(form.d), index, row->second);
            }
        }
        return d;
    };
    probe_.hypotheses.push_back({std::string(name), std::move(statement), std::move(predict)});
}

}  // namespace sptc::probe

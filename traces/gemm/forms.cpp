#include "traces/gemm/forms.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/isa/extended_form.hpp"

namespace sptc::gemm {
namespace {

using types::DataType;

constexpr int kArchitecture = 80;
constexpr int kStepBits = 256;  // of a row of A

// One spelling for each: integers wrap, b1 counts the ones of "and", f64 rounds to nearest.
bool is_kernel_form(const isa::MmaForm& form) {
    return form.k_stored * types::bits(form.a) == kStepBits && form.n == 8 && !form.saturating &&
           form.matrices() == 1 && form.c == form.d && form.dot != isa::DotKind::kXorPopc &&
           form.rounding == isa::Rounding::kNearestEven &&
           form.first_architecture <= kArchitecture && form.last_architecture >= kArchitecture &&
           (form.m == 16 || form.dot == isa::DotKind::kF64);
}

std::string_view pattern_of(const isa::MmaForm& form) {
    return form.sparse() ? form.metadata->pattern->name : "dense";
}

std::string known_kernels() {
    std::string text;
    for (const isa::MmaForm* form : kernel_forms()) {
        text += fmt::format("\n  {} x {} -> {}, {}: {}", types::name(form->a), types::name(form->b),
                            types::name(form->d), pattern_of(*form), form->ptx_name());
    }
    return text;
}

void require_b_layout(const GemmProblem& problem) {
    if (problem.b_layout != BLayout::kRow || default_b_layout(problem.input) == BLayout::kRow) {
        return;
    }
    throw base::ConfigError(fmt::format(
        "no GEMM kernel for a row-major B of {}: ldmatrix transposes 16-bit elements only; "
        "expected a column-major B (K contiguous)",
        types::name(problem.input)));
}

}  // namespace

std::vector<const isa::MmaForm*> kernel_forms() {
    std::vector<const isa::MmaForm*> forms;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (is_kernel_form(form)) forms.push_back(&form);
    }
    return forms;
}

const isa::MmaForm& form_of(const GemmProblem& problem) {
    if (problem.is_extended()) {
        require_b_layout(problem);
        return isa::extended_form({problem.extended->pattern, problem.extended->format,
                                   problem.input, problem.b_type(), problem.accumulator});
    }
    for (const isa::MmaForm* form : kernel_forms()) {
        if (form->a != problem.input || form->b != problem.b_type() ||
            form->d != problem.accumulator || form->sparse() != problem.sparse) {
            continue;
        }
        require_b_layout(problem);
        return *form;
    }
    throw base::ConfigError(fmt::format(
        "no GEMM kernel for {} x {} inputs and {} accumulators, {}: expected one of{}",
        types::name(problem.input), types::name(problem.b_type()), types::name(problem.accumulator),
        problem.sparse ? "sparse" : "dense", known_kernels()));
}

std::uint32_t metadata_block_rows(const isa::MmaForm& form) {
    return form.metadata_word_bytes() == 2 ? 32 : 16;
}

}  // namespace sptc::gemm

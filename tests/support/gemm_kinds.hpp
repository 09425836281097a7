#pragma once
#include <vector>

#include "traces/gemm/forms.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::test {

/// A problem of every combination of types, pattern and layout of B that has a kernel.
inline std::vector<gemm::GemmProblem> gemm_kinds(std::uint32_t m, std::uint32_t n,
                                                 std::uint32_t k) {
    std::vector<gemm::GemmProblem> kinds;
    for (const isa::MmaForm* form : gemm::kernel_forms()) {
        gemm::GemmProblem problem{.m = m,
                                  .n = n,
                                  .k = k,
                                  .input = form->a,
                                  .accumulator = form->d,
                                  .sparse = form->sparse(),
                                  .b_layout = gemm::BLayout::kColumn,
                                  .b_input = form->b};
        kinds.push_back(problem);
        if (gemm::default_b_layout(form->a) == gemm::BLayout::kColumn) continue;
        problem.b_layout = gemm::BLayout::kRow;
        kinds.push_back(problem);
    }
    return kinds;
}

}  // namespace sptc::test

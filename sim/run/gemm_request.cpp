#include "sim/run/gemm_request.hpp"

#include "models/types/value.hpp"
#include "traces/gemm/forms.hpp"

namespace sptc::run {
namespace {

// To a floating-point type; what an integer type takes is checked with the kernel.
double rounded(types::DataType type, double value) {
    if (types::is_integer(type)) return value;
    return types::value_of(type, types::nearest_bits(type, value));
}

}  // namespace

types::DataType default_accumulator(types::DataType input) {
    if (types::is_integer(input)) return types::DataType::kS32;
    return input == types::DataType::kF64 ? types::DataType::kF64 : types::DataType::kF32;
}

const sparsity::Pattern* hardware_pattern(types::DataType input) {
    for (const isa::MmaForm* form : gemm::kernel_forms()) {
        if (form->a == input && form->sparse()) return form->metadata->pattern;
    }
    return nullptr;
}

std::optional<gemm::ExtendedPattern> extended_pattern(const GemmRequest& request) {
    if (request.pattern == nullptr) return std::nullopt;
    const bool own = request.pattern == hardware_pattern(request.type);
    if (own && !request.index_format) return std::nullopt;
    const sparsity::IndexFormat usual = request.gpu.sm.tensor_core.flexible.index_format;
    return gemm::ExtendedPattern{request.pattern, request.index_format.value_or(usual)};
}

gemm::GemmProblem problem_of(const GemmRequest& request, std::uint32_t m, std::uint32_t n,
                             std::uint32_t k) {
    gemm::GemmProblem problem{
        .m = m,
        .n = n,
        .k = k,
        .input = request.type,
        .accumulator = request.accumulator.value_or(default_accumulator(request.type)),
        .sparse = request.pattern != nullptr,
        .extended = extended_pattern(request),
        .has_c = !request.c_file.empty() && request.beta != 0,
        .b_layout = request.b_layout.value_or(gemm::default_b_layout(request.type)),
        .b_input = request.b_type,
        .epilogue = {},
        .split_k = request.split_k};
    gemm::Epilogue& epilogue = problem.epilogue;
    gemm::set_steps(epilogue, request.epilogue);
    epilogue.scaled = request.alpha != 1 || (problem.has_c && request.beta != 1);
    const types::DataType computed =
        problem.accumulator == types::DataType::kF16 ? types::DataType::kF32 : problem.accumulator;
    epilogue.alpha = rounded(computed, request.alpha);
    epilogue.beta = rounded(computed, request.beta);
    epilogue.scale = rounded(types::DataType::kF32, request.requant_scale);
    return problem;
}

}  // namespace sptc::run

#pragma once
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::test {

/// The GEMM of `problem` on the whole A100, its D held against the reference; no dense baseline.
inline run::GemmRequest checked_gemm(const gemm::GemmProblem& problem) {
    run::GemmRequest request;
    request.gpu = run::load_gpu("a100");
    request.m = problem.m;
    request.n = problem.n;
    request.k = problem.k;
    request.type = problem.input;
    request.b_type = problem.b_input;
    request.accumulator = problem.accumulator;
    request.b_layout = problem.b_layout;
    if (problem.sparse) request.pattern = run::hardware_pattern(problem.input);
    request.with_dense_baseline = false;
    request.values = launch::Values::kOn;
    request.check = true;
    request.sms = gpu::SimulatedSms::kAll;
    return request;
}

}  // namespace sptc::test

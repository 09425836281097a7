// Golden numbers: pasted from the simulator, so that a change that moves them is noticed. When one
// moves, the commit says which, by how much and why.
#include <catch2/catch.hpp>

#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;

namespace {

struct Golden {
    std::uint32_t m, n, k;
    bool sparse;
    gpu::SimulatedSms sms;
    base::Cycle cycles;
    std::uint64_t warp_instructions;
    std::uint64_t l2_read_bytes;
    std::uint64_t hbm_read_bytes;
};

constexpr auto kAll = gpu::SimulatedSms::kAll;
constexpr auto kOne = gpu::SimulatedSms::kRepresentative;

const Golden kGolden[] = {
    {512, 512, 512, true, kAll, 5584, 365568, 6553600, 819200},
    {512, 512, 512, false, kAll, 6839, 406784, 8388608, 1048576},
    {257, 129, 515, true, kAll, 4106, 114896, 2474784, 308864},
    {257, 129, 515, false, kAll, 4478, 168356, 3151744, 407392},
    {2048, 2048, 512, true, kOne, 31181, 32316, 52428800, 3276800},
    {2048, 2048, 512, false, kOne, 37607, 39216, 67108864, 4194304},
    {33, 17, 65, true, kAll, 1948, 2252, 11520, 8384},
};

}  // namespace

TEST_CASE("golden: cycles and counts of GEMMs on the A100 have not moved") {
    for (const Golden& golden : kGolden) {
        run::GemmRequest request;
        request.gpu = run::load_gpu("a100");
        request.m = golden.m;
        request.n = golden.n;
        request.k = golden.k;
        if (golden.sparse) request.pattern = &sparsity::find_pattern("2:4");
        request.with_dense_baseline = false;
        request.sms = golden.sms;
        const gpu::KernelResult result = run::run_gemm(request).kernel.simulation;
        CAPTURE(golden.m, golden.n, golden.k, golden.sparse, golden.sms == kAll);
        CHECK(result.cycles == golden.cycles);
        CHECK(result.warp_instructions == golden.warp_instructions);
        CHECK(result.l2_read_bytes == golden.l2_read_bytes);
        CHECK(result.hbm_read_bytes == golden.hbm_read_bytes);
    }
}

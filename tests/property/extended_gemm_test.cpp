#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;
using Catch::Contains;
using enum types::DataType;

namespace {

run::GemmRequest request_of(const char* pattern, types::DataType type) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100-flexible-nm");
    r.m = 70;
    r.n = 40;
    r.k = 203;  // ragged in every extent
    r.type = type;
    r.pattern = &sparsity::find_pattern(pattern);
    r.index_format = sparsity::IndexFormat::kCoordinate;
    r.with_dense_baseline = false;
    r.values = launch::Values::kOn;
    r.check = true;
    r.sms = gpu::SimulatedSms::kAll;
    return r;
}

void require_exact(const run::GemmRequest& request) {
    INFO(request.pattern->name << " " << types::name(request.type));
    const run::GemmResult result = run::run_gemm(request);
    REQUIRE(result.check);
    CHECK(result.check->elements == 70 * 40);
    CHECK(result.check->mismatches == 0);
}

}  // namespace

TEST_CASE("extended gemm: every named pattern is exact for every type, ragged shapes too") {
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        for (const types::DataType type : {kF16, kBf16, kTf32, kS8}) {
            require_exact(request_of(std::string(pattern.name).c_str(), type));
        }
    }
}

TEST_CASE("extended gemm: every index format and layout of B, odd patterns, epilogues") {
    for (const char* pattern : {"3:7", "1:32", "8:9", "1:1", "5:5"}) {
        for (const sparsity::IndexFormatRow& row : sparsity::index_formats()) {
            run::GemmRequest request = request_of(pattern, kF16);
            request.index_format = row.format;
            request.b_layout = gemm::BLayout::kColumn;
            request.epilogue = "bias+relu";
            require_exact(request);
        }
    }
    run::GemmRequest mixed = request_of("1:8", kS8);
    mixed.b_type = kU8;
    require_exact(mixed);
}

TEST_CASE("extended gemm: cycles are the same with values off") {
    run::GemmRequest request = request_of("2:6", kF16);
    const auto on = run::run_gemm(request).kernel.simulation.cycles;
    request.values = launch::Values::kOff;
    request.check = false;
    CHECK(run::run_gemm(request).kernel.simulation.cycles == on);
}

TEST_CASE("extended gemm: bitmask metadata of a sparse pattern moves more bytes") {
    run::GemmRequest request = request_of("1:16", kF16);
    const auto coordinate = run::run_gemm(request).kernel.simulation.shared_fill_bytes;
    request.index_format = sparsity::IndexFormat::kBitmask;
    CHECK(run::run_gemm(request).kernel.simulation.shared_fill_bytes > coordinate);
}

TEST_CASE("extended gemm: a GPU without the datapath says which description has one") {
    run::GemmRequest request = request_of("1:4", kF16);
    request.gpu = run::load_gpu("a100");
    CHECK_THROWS_WITH(run::run_gemm(request),
                      Contains("has no datapath for f16 on GPU 'a100-sxm4-40gb'") &&
                          Contains("a100-flexible-nm"));
    request.gpu = run::load_gpu("a100-flexible-nm");
    request.split_k = 2;
    CHECK_THROWS_WITH(run::run_gemm(request), Contains("split-K with an extended N:M pattern"));
}

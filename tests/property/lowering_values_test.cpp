// Lowering changes cycles and registers, never values.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/file.hpp"
#include "models/base/random.hpp"
#include "sim/run/gemm_run.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/launch_run.hpp"
#include "tests/support/ptx_run.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/lowering/lowering.hpp"

using namespace sptc;
using launch::Values;
using lowering::Lowering;

namespace {

/// A kernel of random operations over few names, with guards, a divergent branch and a loop.
std::string random_kernel(std::uint64_t seed) {
    base::Random random(seed);
    const auto pick = [&](std::uint32_t count) { return random.below(count); };
    const auto reg = [&] { return fmt::format("%r{}", pick(10)); };
    const auto wide = [&] { return fmt::format("%d{}", pick(4)); };
    const auto real = [&] { return fmt::format("%f{}", pick(4)); };
    const auto source = [&] {
        return pick(3) == 0 ? fmt::format("{}", pick(3) == 0 ? 0 : pick(70)) : reg();
    };
    const auto operation = [&]() -> std::string {
        static constexpr std::string_view kBinary[] = {
            "add.s32", "add.u32",    "sub.s32", "mul.lo.s32", "and.b32", "or.b32",
            "xor.b32", "min.u32",    "max.s32", "shl.b32",    "shr.u32", "mul.lo.u32",
            "shr.s32", "mul.hi.u32", "rem.u32", "div.s32"};
        static constexpr std::string_view kWide[] = {"add.s64", "sub.s64", "mul.lo.s64", "and.b64"};
        static constexpr std::string_view kReal[] = {"add.f32", "mul.f32", "sub.f32", "add.rn.f32",
                                                     "mul.rn.f32"};
        switch (pick(14)) {
            case 0:
                return fmt::format("mov.u32 {}, {};", reg(), source());
            case 1:
                return fmt::format("mad.lo.s32 {}, {}, {}, {};", reg(), reg(), source(), reg());
            case 2:
                return fmt::format("setp.lt.s32 %p{}, {}, {};", pick(3), reg(), source());
            case 3:
                return fmt::format("and.pred %p{}, %p{}, %p{};", pick(3), pick(3), pick(3));
            case 4:
                return fmt::format("selp.b32 {}, {}, {}, %p{};", reg(), reg(), source(), pick(3));
            case 5:
                return fmt::format("mul.wide.u32 {}, {}, {};", wide(), reg(), source());
            case 6:
                return fmt::format("{} {}, {}, {};", kWide[pick(4)], wide(), wide(), wide());
            case 7:
                return fmt::format("cvt.u32.u64 {}, {};", reg(), wide());
            case 8:
                return fmt::format("cvt.{} {}, {};", pick(2) != 0 ? "u64.u32" : "s64.s32", wide(),
                                   reg());
            case 9:
                return fmt::format("shl.b64 {}, {}, {};", wide(), wide(), pick(5));
            case 10:
                return fmt::format("{} {}, {}, {};", kReal[pick(5)], real(), real(), real());
            case 11:
                if (pick(2) != 0) return fmt::format("cvt.rn.f32.u32 {}, {};", real(), reg());
                return fmt::format("mov.b32 {}, {};", reg(), real());
            default:
                return fmt::format("{} {}, {}, {};", kBinary[pick(16)], reg(), reg(), source());
        }
    };
    const auto sequence = [&](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            if (pick(4) == 0) {
                text += fmt::format("@{}%p{} ", pick(2) != 0 ? "!" : "", pick(3));
            }
            text += operation() + "\n";
        }
        return text;
    };
    std::string body = "mov.u32 %r0, %tid.x;\nld.param.u32 %r1, [n];\nmov.u32 %r2, %ntid.x;\n";
    body += sequence(12);
    body += "@%p0 bra A;\n" + sequence(6) + "A:\n" + sequence(3);
    body += fmt::format("mov.u32 %i, 0;\nB:\n{}add.u32 %i, %i, 1;\nsetp.lt.u32 %q, %i, {};\n",
                        sequence(8), pick(2) == 0 ? "%r1" : fmt::format("{}", 1 + pick(6)));
    // The trip count must not depend on what the body did to %r1.
    body += "setp.lt.and.u32 %q, %i, 9, %q;\n@%q bra B;\n" + sequence(8);
    body += "@%p1 bra C;\n" + sequence(5) + "bra D;\nC:\n" + sequence(5) + "D:\n";
    for (int i = 1; i < 10; ++i) body += fmt::format("xor.b32 %r0, %r0, %r{};\n", i);
    for (int i = 0; i < 4; ++i) {
        body += fmt::format("cvt.u32.u64 %r1, %d{0};\nmov.b32 %r2, %f{0};\n", i);
        body += "mad.lo.u32 %r0, %r0, 31, %r1;\nmad.lo.u32 %r0, %r0, 31, %r2;\n";
    }
    return std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 out, .param .u32 n)
{
    .reg .pred %p<3>, %q;
    .reg .b32 %r<10>, %i, %t;
    .reg .f32 %f<4>;
    .reg .b64 %d<4>, %out, %offset;
)" + body + R"(
    ld.param.u64 %out, [out];
    cvta.to.global.u64 %out, %out;
    mov.u32 %t, %tid.x;
    mul.wide.u32 %offset, %t, 4;
    add.s64 %out, %out, %offset;
    st.global.u32 [%out], %r0;
    ret;
}
)";
}

std::vector<std::uint32_t> execute(const std::string& text, Lowering lowering) {
    test::KernelRun run(text);
    run.lowering = lowering;
    run.output("out", 32 * 4).scalar("u32", 5).run();
    return run.content<std::uint32_t>("out");
}

void check_random_kernels(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const std::string text = random_kernel(seed);
        INFO("seed " << seed << "\n" << text);
        REQUIRE(execute(text, Lowering::kOn) == execute(text, Lowering::kOff));
    }
}

run::GemmRequest request(std::uint32_t m, std::uint32_t n, std::uint32_t k, bool sparse) {
    run::GemmRequest r;
    r.gpu = run::load_gpu("a100");
    r.m = m;
    r.n = n;
    r.k = k;
    if (sparse) r.pattern = &sparsity::find_pattern("2:4");
    r.with_dense_baseline = false;
    r.sms = gpu::SimulatedSms::kAll;
    r.lowering = Lowering::kOn;
    return r;
}

}  // namespace

TEST_CASE("lowering: random kernels give the same bits with lowering on and off") {
    check_random_kernels(1, 200);
}

TEST_CASE("lowering: many random kernels give the same bits with lowering on and off", "[.slow]") {
    check_random_kernels(1000, 5000);
}

TEST_CASE("lowering: generated GEMMs equal the reference, and cycles need no values") {
    const bool sparse = GENERATE(true, false);
    const auto accumulator = GENERATE(types::DataType::kF32, types::DataType::kF16);
    CAPTURE(sparse, types::name(accumulator));
    run::GemmRequest r = request(129, 65, 200, sparse);
    r.accumulator = accumulator;
    r.values = Values::kOn;
    r.check = true;
    const run::GemmResult on = run::run_gemm(r);
    REQUIRE(on.check);
    CHECK(on.check->mismatches == 0);
    r.values = Values::kOff;
    r.check = false;
    const run::GemmResult off = run::run_gemm(r);
    CHECK(off.kernel.simulation.cycles == on.kernel.simulation.cycles);
    CHECK(off.kernel.simulation.issued == on.kernel.simulation.issued);
    CHECK(run::run_gemm(r).kernel.simulation.cycles == on.kernel.simulation.cycles);
}

TEST_CASE("lowering: one representative SM sends the traffic of the other ones too") {
    run::GemmRequest r = request(1024, 1024, 256, true);
    const auto all = run::run_gemm(r).kernel.simulation;
    r.sms = gpu::SimulatedSms::kRepresentative;
    const auto one = run::run_gemm(r).kernel.simulation;
    CHECK(one.l2_read_bytes == all.l2_read_bytes);
    const double ratio = static_cast<double>(one.cycles) / static_cast<double>(all.cycles);
    CHECK(std::abs(ratio - 1) < 0.03);
}

TEST_CASE("lowering: kernels of nvcc write the same outputs with lowering on and off") {
    const std::string name = GENERATE("mma_sp_chain_1", "mma_sp_chain_2");
    CAPTURE(name);
    std::vector<std::byte> sums[2];
    for (const Lowering lowering : {Lowering::kOff, Lowering::kOn}) {
        const test::TemporaryDirectory directory;
        run::LaunchRequest r;
        r.gpu = run::load_gpu("a100");
        r.ptx_file = "tests/kernels/" + name + ".ptx";
        r.launch_file = "tests/kernels/" + name + ".launch.json";
        r.lowering = lowering;
        r.out_directory = directory.path().string();
        (void)run::run_launch(r);
        // The other output holds clocks, which are what lowering changes.
        sums[lowering == Lowering::kOn ? 1 : 0] = base::read_bytes(directory.path() / "sums.npy");
    }
    CHECK(sums[0] == sums[1]);
}

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/exactness.hpp"
#include "traces/ptx/opcode_key.hpp"

using namespace sptc;
using Values = std::vector<std::uint64_t>;

TEST_CASE("ptx: exactness tells approximations and what ptxas may contract from the rest") {
    const auto program = ptx::load_program(
        std::string(test::kPtxHeader) +
            ".visible .entry k() {\n.reg .b16 %h<4>; .reg .b32 %r<4>; .reg .b64 %d<4>;\n"
            "mul.f32 %r0, %r1, %r2; add.ftz.f32 %r0, %r1, %r2; mul.rn.f32 %r0, %r1, %r2;\n"
            "sub.f64 %d0, %d1, %d2; fma.rn.f32 %r0, %r1, %r2, %r3; mul.f16x2 %r0, %r1, %r2;\n"
            "ex2.approx.ftz.f32 %r0, %r1; div.full.f32 %r0, %r1, %r2; div.rn.f32 %r0, %r1, %r2;\n"
            "sqrt.rn.f32 %r0, %r1; tanh.approx.f16 %h0, %h1; add.s32 %r0, %r1, %r2;\n"
            "cvt.rn.f16.f32 %h0, %r1; ret;\n}",
        "k.ptx", "");
    using enum ptx::Exactness;
    const std::vector<ptx::Exactness> expected{kMayBeContracted, kMayBeContracted,
                                               kExact,           kMayBeContracted,
                                               kExact,           kMayBeContracted,
                                               kApproximate,     kApproximate,
                                               kExact,           kExact,
                                               kApproximate,     kExact,
                                               kExact,           kExact};
    auto found = ptx::exactness(*program);
    found.resize(expected.size());  // without the exit that ends every kernel
    CHECK(found == expected);
}

TEST_CASE("ptx: an opcode's key does not depend on the order of its qualifiers, but on its types") {
    CHECK(ptx::opcode_key("cvt.sat.rn.f16.f32") == ptx::opcode_key("cvt.rn.sat.f16.f32"));
    CHECK(ptx::opcode_key("prmt.b32.f4e") == ptx::opcode_key("prmt.f4e.b32"));
    CHECK(ptx::opcode_key("cvt.rn.f32.s32") != ptx::opcode_key("cvt.rn.s32.f32"));
    CHECK(ptx::opcode_key("add.rn.rn.f32") != ptx::opcode_key("add.rn.f32"));
    CHECK(test::evaluate("add.sat.s32 %d32, %a32, %b32;", {{0x7fffffff, 1}}) == Values{0x7fffffff});
    CHECK(test::evaluate("fma.ftz.rn.f32 %d32, %a32, %b32, %c32;", {{1, 1, 0}}) == Values{0});
}

TEST_CASE("ptx: an instruction of a later architecture is refused by an earlier one") {
    const auto program =
        ptx::load_program(test::evaluation_kernel("add.f32 %d32, %a32, %b32;\n"
                                                  "min.xorsign.abs.f32 %d32, %a32, %b32;"),
                          "k.ptx", "");
    CHECK_THROWS_WITH(ptx::require_forms(*program, isa::find_architecture("sm_80")),
                      Catch::Contains("'min.xorsign.abs.f32' needs sm_86, found sm_80"));
    CHECK_NOTHROW(ptx::require_forms(*program, isa::find_architecture("sm_89")));
}

TEST_CASE("ptx: special registers of sizes and grids hold what the launch says") {
    const auto of = [](const std::string& text) { return test::evaluate(text, {{}, {}}); };
    CHECK(of("mov.u32 %d32, %tid.w;") == Values{0, 0});
    CHECK(of("mov.u16 %d16, %ntid.x;") == Values{32, 32});
    CHECK(of("mov.u16 %d16, %laneid;") == Values{0, 1});
    CHECK(of("mov.u64 %d64, %gridid;") == Values{1, 1});
    CHECK(of("mov.u32 %d32, %total_smem_size;") == Values{0, 0});
    CHECK(of("mov.u32 %d32, %nwarpid;") == Values{1, 1});
    test::KernelRun run(std::string(test::kPtxHeader) +
                        ".visible .entry k(.param .u64 out) {\n.reg .b32 %r<2>; .reg .b64 %d;\n"
                        ".shared .align 4 .b8 fixed[100];\n"
                        "ld.param.u64 %d, [out]; mov.u32 %r0, %dynamic_smem_size;\n"
                        "st.global.u32 [%d], %r0; mov.u32 %r1, %total_smem_size;\n"
                        "st.global.u32 [%d+4], %r1; ret;\n}");
    run.launch.dynamic_shared_bytes = 300;
    run.output("out", 8).run();
    // Static variables take 112 bytes, a multiple of 16: 412 bytes are four units of 128.
    CHECK(run.content<std::uint32_t>("out") == std::vector<std::uint32_t>{300, 512});
}

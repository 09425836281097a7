#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/exactness.hpp"
#include "traces/ptx/opcode_key.hpp"
#include "traces/ptx/output_exactness.hpp"

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

namespace {

/// The doubt about each of the buffers x, y, z after kernels that take their addresses.
std::string doubt_about(const ptx::OutputExactness& exactness, const std::string& buffer) {
    const ptx::Cause* cause = exactness.doubt(buffer);
    return cause == nullptr ? "exact" : ptx::cause_text(*cause);
}

/// Adds a launch of a kernel of x, y, z. Line 7 is the first of `body`.
void add_kernel(ptx::OutputExactness& exactness, const std::string& body) {
    const auto program = ptx::load_program(
        std::string(test::kPtxHeader) +
            ".visible .entry k(.param .u64 x, .param .u64 y, .param .u64 z) {\n"
            ".reg .pred %p; .reg .b32 %f<6>; .reg .b64 %x, %y, %z; .shared .b32 s;"
            "ld.param.u64 %x, [x]; ld.param.u64 %y, [y]; ld.param.u64 %z, [z];"
            "cvta.to.global.u64 %x, %x; cvta.to.global.u64 %y, %y;\n" +
            body + "\nret;\n}",
        "k.ptx", "");
    launch::KernelLaunch launch;
    std::vector<launch::Buffer> buffers;
    for (const std::string name : {"x", "y", "z"}) {
        launch.arguments.push_back(launch::BufferArgument{name, 0});
        buffers.emplace_back();
        buffers.back().name = name;
        buffers.back().bytes = 256;
    }
    exactness.add(*program, launch, buffers);
}

std::string doubts_of(const std::string& body) {
    ptx::OutputExactness exactness;
    add_kernel(exactness, body);
    return doubt_about(exactness, "x") + "; " + doubt_about(exactness, "y") + "; " +
           doubt_about(exactness, "z");
}

}  // namespace

TEST_CASE("ptx: an output is exact unless an open operation flows into it") {
    CHECK(doubts_of("ld.global.f32 %f0, [%x]; fma.rn.f32 %f1, %f0, %f0, %f0; st.global.f32 [%y], "
                    "%f1;") == "exact; exact; exact");
    CHECK(doubts_of("ld.global.f32 %f0, [%x];\nex2.approx.f32 %f1, %f0; st.global.f32 [%y+4], %f1; "
                    "st.global.f32 [%z], %f0;") ==
          "exact; k.ptx:8 'ex2.approx.f32' is approximate; exact");
    CHECK(doubts_of("ld.global.f32 %f0, [%x];\nred.global.add.f32 [%y], %f0;") ==
          "exact; k.ptx:8 'red.global.add.f32' adds floats in the order in which atomics arrive; "
          "exact");
    CHECK(doubts_of("red.global.add.u32 [%y], 1;") == "exact; exact; exact");
    CHECK(doubts_of("mov.u32 %f0, %clock; st.global.b32 [%z], %f0;") ==
          "exact; exact; k.ptx:7 'mov.u32' reads a clock");
}

TEST_CASE("ptx: a product and a sum may be contracted only when the sum reads the product") {
    const std::string apart =
        "mul.f32 %f1, %f0, %f0; st.global.f32 [%x], %f1; add.f32 %f2, %f0, "
        "%f0; st.global.f32 [%y], %f2;";
    CHECK(doubts_of(apart) == "exact; exact; exact");
    CHECK(doubts_of("mul.f32 %f1, %f0, %f0; mov.f32 %f3, %f1;\nadd.f32 %f2, %f3, %f0; "
                    "st.global.f32 [%x], %f1; st.global.f32 [%y], %f2;") ==
          "exact; k.ptx:8 'add.f32' has no rounding: ptxas may contract it; exact");
    CHECK(doubts_of("mul.rn.f32 %f1, %f0, %f0; add.f32 %f2, %f1, %f0; st.global.f32 [%y], %f2;") ==
          "exact; exact; exact");
}

TEST_CASE("ptx: doubt flows through shared memory, addresses, guards, branches and launches") {
    const std::string approximate = "ex2.approx.f32 %f1, %f0; ";
    const std::string doubt = "k.ptx:7 'ex2.approx.f32' is approximate";
    CHECK(doubts_of(approximate + "st.shared.f32 [s], %f1; ld.shared.f32 %f2, [s]; st.global.f32 "
                                  "[%x], %f2;") == doubt + "; exact; exact");
    CHECK(doubts_of(approximate + "setp.gt.f32 %p, %f1, %f0; @%p st.global.f32 [%x], %f0;") ==
          doubt + "; exact; exact");
    CHECK(doubts_of(approximate + "setp.gt.f32 %p, %f1, %f0; @%p bra L; st.global.f32 [%x], %f0; "
                                  "L:") == doubt + "; exact; exact");
    // %z held the third address: what it points to now is what it was written with last.
    CHECK(doubts_of(approximate + "cvt.u64.u32 %z, %f1; add.u64 %z, %z, %x; st.global.f32 [%z], "
                                  "%f0;") == doubt + "; exact; exact");
    CHECK(doubts_of(approximate + "ld.global.u64 %z, [%x]; st.global.f32 [%z], %f1;") ==
          doubt + "; " + doubt + "; " + doubt);
    ptx::OutputExactness launches;
    add_kernel(launches, approximate + "st.global.f32 [%x], %f1;");
    add_kernel(launches, "ld.global.f32 %f0, [%x]; st.global.f32 [%y], %f0;");
    CHECK(doubt_about(launches, "y") == doubt);
    CHECK(doubt_about(launches, "z") == "exact");
}

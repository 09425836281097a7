#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/liveness.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/slice.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

std::shared_ptr<const ptx::Program> load(const std::string& body) {
    return ptx::load_program(std::string(test::kPtxHeader) +
                                 ".entry k(.param .u64 in) {\n"
                                 ".shared .align 16 .b8 tile[1024];\n.reg .pred %p<4>;\n"
                                 ".reg .b32 %r<32>;\n.reg .b64 %rd<8>;\n" +
                                 body + "\n}",
                             "k.ptx", "");
}

constexpr const char* kMma =
    "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%r0,%r1,%r2,%r3}, {%r4,%r5,%r6,%r7}, "
    "{%r8,%r9}, {%r0,%r1,%r2,%r3};\n";

}  // namespace

TEST_CASE("ptx slice: it holds exactly what addresses, guards and branches depend on") {
    const auto program = load(R"(ld.param.u64 %rd0, [in];
mov.u32 %r0, %tid.x;
mul.wide.u32 %rd1, %r0, 4;
add.u64 %rd2, %rd0, %rd1;
mov.u32 %r1, 5;
mul.lo.u32 %r2, %r1, %r1;
st.global.u32 [%rd2], %r2;
setp.lt.u32 %p0, %r0, 3;
setp.lt.u32 %p1, %r0, 4;
selp.u32 %r3, 1, 2, %p1;
@%p0 st.global.u32 [%rd2], %r3;)");
    const ptx::Slice slice = ptx::compute_slice(*program, ptx::Viewer::kSm);
    const std::vector<bool> expected{true,  true, true,  true,  false, false,
                                     false, true, false, false, false, false};
    CHECK(slice.executes == expected);
    CHECK_FALSE(slice.loads_global);
}

TEST_CASE("ptx slice: cp.async sizes and barrier operands belong to it") {
    const auto program = load(R"(mov.u32 %r0, 8;
mov.u32 %r1, 1;
cp.async.cg.shared.global [tile], [%rd0], 16, %r0;
bar.sync %r1;)");
    const ptx::Slice slice = ptx::compute_slice(*program, ptx::Viewer::kSm);
    CHECK(slice.executes[0]);
    CHECK(slice.executes[1]);
}

TEST_CASE("ptx slice: an acquire load that decides a branch wants what releases store") {
    const std::string body = R"(ld.param.u64 %rd0, [in];
mov.u32 %r1, 5;
mov.u32 %r2, 6;
st.global.u32 [%rd0+4], %r2;
st.release.gpu.global.u32 [%rd0], %r1;
ld.acquire.gpu.global.u32 %r0, [%rd0];
)";
    const ptx::Slice waits = ptx::compute_slice(
        *load(body + "setp.ne.u32 %p0, %r0, 5;\n@%p0 st.global.u32 [%rd0], 0;"), ptx::Viewer::kSm);
    CHECK(waits.acquires == 5u + 1);  // the fence of the release is an op too
    CHECK(waits.executes[1]);
    CHECK_FALSE(waits.executes[2]);
    CHECK_FALSE(waits.executes[3]);
    const ptx::Slice ignores = ptx::compute_slice(*load(body), ptx::Viewer::kSm);
    CHECK_FALSE(ignores.acquires);
    CHECK_FALSE(ignores.executes[1]);
    CHECK_THROWS_WITH(
        ptx::compute_slice(*load(std::string("ld.param.u64 %rd0, [in];\n") + kMma +
                                 "st.release.gpu.global.u32 [%rd0], %r0;\n"
                                 "ld.acquire.gpu.global.u32 %r9, [%rd0];\n"
                                 "setp.ne.u32 %p0, %r9, 5;\n@%p0 st.global.u32 [%rd0], 0;"),
                           ptx::Viewer::kSm),
        Contains("turn values on") && Contains("mma.sync"));
}

TEST_CASE("ptx slice: the memory system sees no shared address and no barrier operand") {
    const auto program = load(R"(ld.param.u64 %rd0, [in];
mov.u32 %r0, tile;
mov.u32 %r1, 8;
mov.u32 %r2, 1;
setp.eq.u32 %p0, %r1, 8;
setp.eq.u32 %p1, %r1, 8;
setp.eq.u32 %p2, %r1, 8;
cp.async.cg.shared.global [%r0], [%rd0], 16, %r1;
@%p0 cp.async.cg.shared.global [%r0], [%rd0], 16;
@%p1 st.shared.u32 [%r0], %r1;
bar.sync %r2;
@%p2 bra L;
L: ret;)");
    const auto executes = [&](ptx::Viewer viewer) {
        std::vector<bool> all = ptx::compute_slice(*program, viewer).executes;
        all.resize(7);
        return all;
    };
    CHECK(executes(ptx::Viewer::kSm) ==
          std::vector<bool>{true, true, true, true, true, true, true});
    CHECK(executes(ptx::Viewer::kMemorySystem) ==
          std::vector<bool>{true, false, true, false, true, false, true});
}

TEST_CASE("ptx slice: an mma, shared load or ldmatrix inside it is an error with its line") {
    const auto slice = [](const std::string& body) {
        (void)ptx::compute_slice(*load(body), ptx::Viewer::kSm);
    };
    const std::string use = "cvt.u64.u32 %rd0, %r0;\nst.global.u32 [%rd0], %r1;";
    CHECK_THROWS_WITH(slice(kMma + use), Contains("k.ptx:10: 'mma.sync") && Contains("'%r0'") &&
                                             Contains("turn values on"));
    CHECK_THROWS_WITH(slice("ld.shared.u32 %r0, [tile];\n" + use),
                      Contains("k.ptx:10: 'ld.shared"));
    CHECK_THROWS_WITH(slice("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r0}, [tile];\n" + use),
                      Contains("k.ptx:10: 'ldmatrix"));
    CHECK_THROWS_WITH(
        slice("ld.shared.u32 %r0, [tile];\nsetp.eq.u32 %p0, %r0, 0;\n@%p0 bra L;\nL: ret;"),
        Contains("k.ptx:10"));
    CHECK_NOTHROW(slice(kMma + std::string("st.global.u32 [%rd0], %r0;")));
}

TEST_CASE("ptx slice: a load that decides an address reads its buffer, when that has content") {
    const std::string text = std::string(test::kPtxHeader) + R"(
.entry k(.param .u64 indices, .param .u64 out) {
    .reg .b32 %r<4>;
    .reg .b64 %rd<4>;
    ld.param.u64 %rd0, [indices];
    ld.param.u64 %rd1, [out];
    ld.global.u32 %r0, [%rd0];
    mad.wide.u32 %rd2, %r0, 4, %rd1;
    st.global.u32 [%rd2], %r0;
    st.global.u32 [%rd0], %r0;
})";
    KernelRun run(text, 1);
    run.values = launch::Values::kOff;
    run.buffer("indices", std::vector<std::uint32_t>{3}).output("out", 16);
    std::vector<std::uint64_t> stores;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        if (done.instruction->operation == isa::Operation::kStoreGlobal) {
            stores.push_back(done.addresses[0]);
        }
    };
    run.run();
    REQUIRE(stores.size() == 2);
    CHECK(stores[0] == run.memory->address("out") + 12);

    // The buffer was stored to without values: what a second run would load is unknown.
    const auto again = ptx::make_source(ptx::load_program(text, "t.ptx", ""), run.launch,
                                        *run.memory, launch::Values::kOff);
    CHECK_THROWS_WITH(test::run_functionally(*again),
                      Contains("t.ptx:11: 'ld.global.u32'") && Contains("turn values on"));

    run.launch.buffers[0].data.clear();
    CHECK_THROWS_WITH(run.run(), Contains("has no initial content"));
}

TEST_CASE("ptx: with values off an mma shows no operands and keeps its mask") {
    const std::string text =
        std::string(test::kPtxHeader) + ".entry k() {\n.reg .b32 %r<16>;\n" + kMma + "}";
    for (auto values : {launch::Values::kOn, launch::Values::kOff}) {
        KernelRun run(text);
        run.values = values;
        int seen = 0;
        run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
            if (done.instruction->operation != isa::Operation::kMma) return;
            ++seen;
            CHECK(done.active_mask == 0xffffffff);
            CHECK(done.operands.present() == (values == launch::Values::kOn));
            CHECK(done.instruction->mma->k_stored == 16);
        };
        run.run();
        CHECK(seen == 1);
    }
}

TEST_CASE("ptx: whoever computes an mma sees its registers in operand order and writes D") {
    const std::string text = std::string(test::kPtxHeader) + R"(.entry k(.param .u64 out) {
    .reg .b32 %r<32>;
    .reg .b64 %rd<2>;
    mov.u32 %r0, 10; mov.u32 %r1, 11; mov.u32 %r2, 12; mov.u32 %r3, 13;
    mov.u32 %r4, 20; mov.u32 %r5, 21; mov.u32 %r6, 22; mov.u32 %r7, 23;
    mov.u32 %r8, 30; mov.u32 %r9, 31; mov.u32 %r10, 32; mov.u32 %r11, 33;
    mov.u32 %r12, 99;
    mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32
        {%r16, %r17, %r18, %r19}, {%r0, %r1, %r2, %r3}, {%r4, %r5, %r6, %r7},
        {%r8, %r9, %r10, %r11}, %r12, 1;
    ld.param.u64 %rd0, [out];
    st.global.v4.u32 [%rd0], {%r16, %r17, %r18, %r19};
})";
    KernelRun run(text);
    run.options.mma = [](const isa::Instruction& instruction, const isa::MmaOperands& operands) {
        CHECK(instruction.selector == 1);
        for (std::uint32_t i = 0; i < 4; ++i) {
            CHECK((*operands.a[i])[31] == 10 + i);
            CHECK((*operands.b[i])[0] == 20 + i);
            CHECK((*operands.c[i])[5] == 30 + i);
            operands.d[i]->fill(1000 + i);
        }
        REQUIRE(operands.e != nullptr);
        CHECK((*operands.e)[3] == 99);
    };
    run.output("out", 16).run();
    CHECK(run.content<std::uint32_t>("out") == std::vector<std::uint32_t>{1000, 1001, 1002, 1003});
}

TEST_CASE("ptx: mma and ldmatrix refuse part of a warp, but may be skipped by all of it") {
    const auto run = [](const std::string& guard, const std::string& instruction,
                        std::uint32_t threads) {
        KernelRun kernel(std::string(test::kPtxHeader) +
                             ".entry k() {\n.shared .align 16 .b8 tile[1024];\n.reg .pred %p;\n"
                             ".reg .b32 %r<32>;\nmov.u32 %r31, %tid.x;\n" +
                             guard + "\n@%p " + instruction + "\n}",
                         threads);
        kernel.run();
    };
    const std::string matrix = "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r0}, [tile];";
    for (const std::string& instruction : {std::string(kMma), matrix}) {
        CHECK_THROWS_WITH(run("setp.lt.u32 %p, %r31, 5;", instruction, 32),
                          Contains("test.ptx:11") && Contains("needs all 32 lanes"));
        CHECK_THROWS_WITH(run("setp.lt.u32 %p, %r31, 99;", instruction, 16),
                          Contains("needs all 32 lanes"));
        CHECK_NOTHROW(run("setp.lt.u32 %p, %r31, 0;", instruction, 32));
        CHECK_NOTHROW(run("setp.lt.u32 %p, %r31, 99;", instruction, 32));
    }
}

TEST_CASE("ptx: the register estimate is the most values that live at once") {
    const auto live = [](const std::string& body) {
        return ptx::maximum_live_registers(*load(body));
    };
    // %rd0 (2 registers) and %r0 live together; the predicate does not count.
    CHECK(live("ld.param.u64 %rd0, [in];\nmov.u32 %r0, 1;\nsetp.eq.u32 %p0, %r0, 1;\n"
               "@%p0 st.global.u32 [%rd0], %r0;") == 3);
    // %r0 dies before %r1 is born.
    CHECK(live("mov.u32 %r0, 1;\nst.shared.u32 [tile], %r0;\nmov.u32 %r1, 1;\n"
               "st.shared.u32 [tile], %r1;") == 1);
    // %r1 lives around the loop although the loop reads it only after it.
    CHECK(live("mov.u32 %r0, 0;\nmov.u32 %r1, 7;\nL: add.u32 %r0, %r0, 1;\n"
               "setp.lt.u32 %p0, %r0, 9;\n@%p0 bra L;\nst.shared.u32 [tile], %r1;") == 2);
    // Both guarded writes give one value: it does not live before the first.
    CHECK(live("mov.u32 %r0, 1;\nst.shared.u32 [tile], %r0;\nsetp.eq.u32 %p0, 1, 1;\n"
               "@%p0 mov.u32 %r1, 1;\n@!%p0 mov.u32 %r1, 2;\nst.shared.u32 [tile], %r1;") == 1);
    CHECK(load("mov.u32 %r0, 1;\nst.shared.u32 [tile], %r0;")->estimated_registers ==
          1 + ptx::kRegisterMargin);
}

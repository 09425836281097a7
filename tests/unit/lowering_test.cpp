#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/ptx_run.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/lowering/table.hpp"

using namespace sptc;

namespace {

constexpr std::string_view kBegin = R"(.visible .entry k(.param .u64 out, .param .u32 n)
{
    .reg .pred %p<9>;
    .reg .b16 %h<9>;
    .reg .b32 %r<30>;
    .reg .f32 %f<9>;
    .reg .b64 %rd<30>;
    ld.param.u64 %rd1, [out];
    ld.param.u32 %r1, [n];
    mov.u32 %r2, %tid.x;
)";

std::string kernel(const std::string& body) {
    return std::string(test::kPtxHeader) + std::string(kBegin) + body + "ret;\n}\n";
}

std::shared_ptr<const ptx::Program> lowered(const std::string& body) {
    return lowering::lower(ptx::load_program(kernel(body), "k.ptx", ""));
}

std::vector<std::uint32_t> run(const std::string& body, lowering::Lowering lowering) {
    test::KernelRun run(kernel(body));
    run.lowering = lowering;
    run.output("out", 32 * 8).scalar("u32", 7).run();
    return run.content<std::uint32_t>("out");
}

void check_same_bits(const std::string& body) {
    CAPTURE(body);
    CHECK(run(body, lowering::Lowering::kOn) == run(body, lowering::Lowering::kOff));
}

std::ptrdiff_t count(const ptx::Program& program, std::string_view machine) {
    return std::count(program.machine_names.begin(), program.machine_names.end(), machine);
}

/// Stores %r9 of every lane.
constexpr std::string_view kStore = R"(
    cvta.to.global.u64 %rd2, %rd1;
    mul.wide.u32 %rd3, %r2, 4;
    add.s64 %rd4, %rd2, %rd3;
    st.global.u32 [%rd4], %r9;
)";

std::string store(const std::string& body) { return body + std::string(kStore); }

}  // namespace

TEST_CASE("lowering: mul.wide and add.s64 on a parameter are one IMAD.WIDE and no load") {
    const std::string body = store("add.s32 %r9, %r2, 5;\n");
    const auto program = lowered(body);
    // As ptxas 13: MOV R1; ULDC.64; S2R; IMAD.WIDE.U32 (and MOV of the 4); IADD3; STG; EXIT.
    CHECK(count(*program, "IMAD.WIDE.U32") == 1);
    CHECK(count(*program, "IADD3") == 1);
    CHECK(program->ops.size() == 7);
    CHECK(program->preloads.size() == 1);
    check_same_bits(body);
}

TEST_CASE("lowering: copies, dead results and sums with zero leave no operation") {
    const std::string body = store(R"(
        mov.u32 %r3, %r2;
        add.u32 %r4, %r3, 0;
        mul.lo.u32 %r5, %r4, 77;
        mov.u32 %r6, 3;
        add.u32 %r7, %r6, 4;
        add.u32 %r9, %r4, %r7;
    )");
    const auto program = lowered(body);
    CHECK(count(*program, "MOV") == 1);  // the stack pointer
    CHECK(count(*program, "IMAD") == 0);
    CHECK(count(*program, "IADD3") == 1);
    check_same_bits(body);
}

TEST_CASE("lowering: a copy whose source changes before the use stays") {
    const std::string body = store(R"(
        mov.u32 %r3, %r2;
        mov.u32 %r4, 0;
    LOOP:
        mov.u32 %r9, %r3;
        add.u32 %r3, %r3, 3;
        add.u32 %r4, %r4, 1;
        setp.lt.u32 %p1, %r4, %r1;
        @%p1 bra LOOP;
    )");
    check_same_bits(body);
    CHECK(run(body, lowering::Lowering::kOn)[5] == 5 + 3 * 6);
}

TEST_CASE("lowering: names that are used again for other values are told apart") {
    check_same_bits(store(R"(
        add.u32 %r3, %r2, 1;
        mul.lo.u32 %r4, %r3, 3;
        setp.gt.u32 %p1, %r2, 10;
        @%p1 add.u32 %r3, %r2, 100;
        add.u32 %r5, %r3, %r4;
        mov.u32 %r3, 9;
        @!%p1 mov.u32 %r5, %r3;
        xor.b32 %r9, %r5, %r3;
    )"));
}

TEST_CASE("lowering: a register that no path has written is still zero") {
    const std::string body = store(R"(
        setp.gt.u32 %p1, %r2, 10;
        @%p1 bra SKIP;
        mov.u32 %r3, %r2;
        add.u32 %r20, %r3, 1;
    SKIP:
        add.u32 %r9, %r20, %r21;
    )");
    check_same_bits(body);
    CHECK(run(body, lowering::Lowering::kOn)[31] == 0);
}

TEST_CASE("lowering: constant offsets move into addresses, at 32 and at 64 bits") {
    const std::string body = R"(
        cvta.to.global.u64 %rd2, %rd1;
        mul.wide.u32 %rd3, %r2, 4;
        add.s64 %rd4, %rd2, %rd3;
        add.s64 %rd5, %rd4, 64;
        add.s64 %rd6, %rd5, -64;
        st.global.u32 [%rd6+0], %r2;
    )";
    const auto program = lowered(body);
    CHECK(count(*program, "IADD3.X") == 0);
    check_same_bits(body);
}

TEST_CASE("lowering: pairs of operations become one and give the bits of two") {
    const std::string body = store(R"(
        cvt.rn.f32.u32 %f1, %r2;
        mul.f32 %f2, %f1, 0f3DCCCCCD;
        add.f32 %f3, %f2, 0f3F99999A;
        mov.b32 %r3, %f3;
        mul.lo.s32 %r4, %r2, %r1;
        add.s32 %r5, %r4, %r3;
        and.b32 %r6, %r5, 4095;
        xor.b32 %r9, %r6, %r2;
    )");
    const auto program = lowered(body);
    CHECK(count(*program, "FMUL") + count(*program, "FADD") == 2);  // two immediates do not fit
    CHECK(count(*program, "IMAD") == 1);
    CHECK(count(*program, "LOP3.LUT") == 1);
    check_same_bits(body);
}

TEST_CASE("lowering: mul.f32 and add.f32 are one FFMA whose executed value has two roundings") {
    const std::string body = store(R"(
        cvt.rn.f32.u32 %f1, %r2;
        add.f32 %f4, %f1, 0f3F99999A;
        mul.f32 %f2, %f4, %f4;
        add.f32 %f3, %f2, %f1;
        mov.b32 %r9, %f3;
    )");
    CHECK(count(*lowered(body), "FFMA") == 1);
    check_same_bits(body);
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
        const auto x = static_cast<float>(lane);
        const float sum = x + 1.2f;
        const float square = sum * sum;
        const float result = square + x;
        CHECK(run(body, lowering::Lowering::kOn)[lane] == std::bit_cast<std::uint32_t>(result));
    }
}

TEST_CASE("lowering: explicit roundings are not contracted") {
    const std::string body = store(R"(
        cvt.rn.f32.u32 %f1, %r2;
        mul.rn.f32 %f2, %f1, %f1;
        add.rn.f32 %f3, %f2, %f1;
        mov.b32 %r9, %f3;
    )");
    CHECK(count(*lowered(body), "FFMA") == 0);
    check_same_bits(body);
}

TEST_CASE("lowering: 64-bit sums are two operations, the second of which waits for the first") {
    const std::string body = store(R"(
        cvt.u64.u32 %rd7, %r2;
        add.s64 %rd8, %rd7, %rd1;
        add.s64 %rd9, %rd8, %rd7;
        cvt.u32.u64 %r9, %rd9;
    )");
    const auto program = lowered(body);
    CHECK(count(*program, "IADD3.X") == 2);
    const auto at =
        std::find(program->machine_names.begin(), program->machine_names.end(), "IADD3.X") -
        program->machine_names.begin();
    const auto& low = program->instructions[static_cast<std::size_t>(at) - 1];
    const auto& high = program->instructions[static_cast<std::size_t>(at)];
    REQUIRE(low.writes.size() == 1);
    CHECK(std::find(high.reads.begin(), high.reads.end(), low.writes[0]) != high.reads.end());
    check_same_bits(body);
}

TEST_CASE("lowering: stores, clocks and barriers stay") {
    const std::string body = R"(
        mov.u32 %r3, %clock;
        bar.sync 0;
        bar.warp.sync -1;
        membar.gl;
    )";
    const auto program = lowered(body);
    CHECK(count(*program, "CS2R") == 1);
    CHECK(count(*program, "BAR.SYNC") == 1);
    CHECK(count(*program, "WARPSYNC") == 1);
    CHECK(count(*program, "MEMBAR") == 1);
}

TEST_CASE("lowering: the result is the same in every run") {
    const std::string body = store("mul.lo.u32 %r3, %r2, %r1;\nadd.u32 %r9, %r3, %r2;\n");
    CHECK(lowering::lowered_listing(*lowered(body)) == lowering::lowered_listing(*lowered(body)));
}

TEST_CASE("lowering: the table finds the row of the longest description first") {
    CHECK(lowering::find_expansion("mul.lo.s64")->machine == "IMAD IMAD.WIDE.U32 IMAD IADD3");
    CHECK(lowering::find_expansion("mul.lo.s32")->machine == "IMAD");
    CHECK(lowering::find_expansion("selp.b64")->machine == "SEL SEL");
    CHECK(lowering::find_expansion("setp.lt.s64")->machine == "ISETP ISETP.EX");
    CHECK(lowering::find_expansion("setp.lt.f64")->machine == "DSETP");
    CHECK(lowering::find_expansion("no.such") == nullptr);
}

TEST_CASE("lowering: a short loop with a known number of trips is repeated in place") {
    const auto body = [](std::string_view trips) {
        return store(fmt::format(R"(
        mov.u32 %r3, 0;
        mov.u32 %r9, %r2;
    LOOP:
        mad.lo.u32 %r9, %r9, 3, %r1;
        add.u32 %r3, %r3, 1;
        setp.lt.u32 %p1, %r3, {};
        @%p1 bra LOOP;
    )",
                                 trips));
    };
    CHECK(count(*lowered(body("3")), "BRA") == 0);
    CHECK(count(*lowered(body("3")), "IMAD") == 3);
    CHECK(count(*lowered(body("%r1")), "BRA") == 1);
    CHECK(count(*lowered(body("30")), "BRA") == 1);
    check_same_bits(body("3"));
    check_same_bits(body("1"));
    check_same_bits(body("%r1"));
    check_same_bits(body("30"));
}

TEST_CASE("lowering: what a loop only carries is computed again behind it") {
    const std::string body = store(R"(
        add.u32 %r5, %r2, 77;
        mov.u32 %r3, 0;
        mov.u32 %r9, %r2;
    LOOP:
        mad.lo.u32 %r9, %r9, 3, %r1;
        add.u32 %r3, %r3, 1;
        setp.lt.u32 %p1, %r3, %r1;
        @%p1 bra LOOP;
        xor.b32 %r9, %r9, %r5;
    )");
    const auto program = lowered(body);
    const auto branch =
        std::find(program->machine_names.begin(), program->machine_names.end(), "BRA");
    REQUIRE(branch != program->machine_names.end());
    CHECK(std::count(branch, program->machine_names.end(), "S2R") == 1);
    check_same_bits(body);
}

TEST_CASE("lowering: loads pass loads and arithmetic, stores stay in order with both") {
    const std::string body = R"(
        cvta.to.global.u64 %rd2, %rd1;
        mul.wide.u32 %rd3, %r2, 8;
        add.s64 %rd4, %rd2, %rd3;
        st.global.u32 [%rd4], %r2;
        ld.global.u32 %r3, [%rd4];
        mul.lo.u32 %r4, %r3, 5;
        mul.lo.u32 %r5, %r4, 7;
        ld.global.u32 %r6, [%rd4+4];
        add.u32 %r7, %r5, %r6;
        st.global.u32 [%rd4], %r7;
    )";
    const auto program = lowered(body);
    std::vector<std::string> order;
    for (const std::string& name : program->machine_names) {
        if (name == "STG.E" || name == "LDG.E" || name == "IMAD") order.push_back(name);
    }
    CHECK(order == std::vector<std::string>{"STG.E", "LDG.E", "LDG.E", "IMAD", "IMAD", "STG.E"});
    check_same_bits(body);
}

TEST_CASE("lowering: the scheduler moves nothing over a barrier, a fence or a clock") {
    for (const std::string wall : {"bar.sync 0;", "membar.gl;", "mov.u32 %r8, %clock;"}) {
        const auto program = lowered(store(
            "mul.lo.u32 %r3, %r2, %r1;\nmul.lo.u32 %r4, %r3, %r3;\n" + wall +
            "\nmul.lo.u32 %r5, %r2, %r2;\n" + "add.u32 %r6, %r4, %r5;\nxor.b32 %r9, %r6, %r1;\n"));
        CAPTURE(wall, lowering::lowered_listing(*program));
        const auto& all = program->instructions;
        const auto at = std::find_if(all.begin(), all.end(), [](const isa::Instruction& op) {
            return op.operation == isa::Operation::kBarrier ||
                   op.operation == isa::Operation::kMemoryFence ||
                   op.operation == isa::Operation::kReadClock;
        });
        REQUIRE(at != all.end());
        const auto line_before = [&](const isa::Instruction& op) { return op.line < at->line; };
        const auto line_after = [&](const isa::Instruction& op) { return op.line > at->line; };
        CHECK(std::none_of(all.begin(), at, line_after));
        CHECK(std::none_of(at, all.end(), line_before));
    }
}

TEST_CASE("lowering: fragments out of place are moved, fragments of one ldmatrix are not") {
    const auto body = [](std::string_view b) {
        return fmt::format(R"(
        mov.u32 %r3, 0;
        ldmatrix.sync.aligned.m8n8.x4.shared.b16 {{%r10, %r11, %r12, %r13}}, [%r3];
        ldmatrix.sync.aligned.m8n8.x4.shared.b16 {{%r14, %r15, %r16, %r17}}, [%r3+512];
        mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {{%f1, %f2, %f3, %f4}},
            {{%r10, %r11, %r12, %r13}}, {}, {{%f1, %f2, %f3, %f4}};
        st.shared.f32 [%r3], %f1;
    )",
                           b);
    };
    const auto moves = [&](std::string_view b) {
        const auto program = lowered(body(b));
        return std::count_if(program->texts.begin(), program->texts.end(),
                             [](const std::string& text) { return text.ends_with("(fragment)"); });
    };
    CHECK(moves("{%r14, %r15}") == 0);
    CHECK(moves("{%r16, %r17}") == 0);
    CHECK(moves("{%r15, %r16}") == 2);  // not at an even register
    CHECK(moves("{%r14, %r14}") > 0);
}

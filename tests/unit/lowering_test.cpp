#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/lowering_kernel.hpp"
#include "traces/lowering/table.hpp"

using namespace sptc;
using test::check_same_bits;
using test::count;
using test::lowered;
using test::run;
using test::store;

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
        bar.warp.sync 3;
        membar.gl;
    )";
    const auto program = lowered(body);
    CHECK(count(*program, "CS2R") == 1);
    CHECK(count(*program, "BAR.SYNC") == 1);
    CHECK(count(*program, "NOP") == 1);  // of all lanes
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

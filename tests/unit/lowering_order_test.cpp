#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/lowering_kernel.hpp"

using namespace sptc;
using test::check_same_bits;
using test::count;
using test::lowered;
using test::store;

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

#include <catch2/catch.hpp>
#include <numeric>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;

namespace {

/// A kernel with buffers `in` and `out`, thread number in %r0, their addresses in %in and %out.
std::string kernel(const std::string& body, const std::string& shared = "") {
    return std::string(test::kPtxHeader) + shared +
           R"(.visible .entry k(.param .u64 in, .param .u64 out)
{
    .reg .pred %p<4>;
    .reg .b16 %h<4>;
    .reg .b32 %r<20>;
    .reg .b64 %in, %out, %rd<8>;
    ld.param.u64 %in, [in];
    ld.param.u64 %out, [out];
    mov.u32 %r0, %tid.x;
)" + body + R"(
    ret;
}
)";
}

std::vector<std::uint32_t> counting(std::size_t count) {
    std::vector<std::uint32_t> words(count);
    std::iota(words.begin(), words.end(), 0x1000u);
    return words;
}

constexpr const char* kDynamic = ".extern .shared .align 16 .b8 smem[];\n";

}  // namespace

TEST_CASE("ptx: vector loads and stores move consecutive elements") {
    KernelRun run(kernel(R"(
    mad.wide.u32 %rd0, %r0, 16, %in;
    ld.global.nc.v4.u32 {%r1, %r2, %r3, %r4}, [%rd0];
    mad.wide.u32 %rd1, %r0, 16, %out;
    st.global.v2.b32 [%rd1+8], {%r1, %r2};
    st.global.v2.b32 [%rd1], {%r3, %r4};)"));
    run.buffer("in", counting(128)).output("out", 512).run();
    const auto out = run.content<std::uint32_t>("out");
    for (std::uint32_t i = 0; i < 128; ++i) CHECK(out[i] == 0x1000 + (i ^ 2u));
}

TEST_CASE("ptx: narrow loads extend as their type says") {
    KernelRun run(kernel(R"(
    ld.global.s8 %r1, [%in];
    ld.global.u8 %r2, [%in];
    ld.global.s16 %r3, [%in];
    ld.global.s8 %rd2, [%in];
    ld.global.b16 %h0, [%in];
    st.global.u32 [%out], %r1;
    st.global.u32 [%out+4], %r2;
    st.global.u32 [%out+8], %r3;
    st.global.u32 [%out+12], 0;
    st.global.u16 [%out+12], %h0;
    st.global.u64 [%out+16], %rd2;
    st.global.u8 [%out+24], %r3;)"),
                  1);
    run.buffer("in", std::vector<std::uint16_t>{0x80f0}).output("out", 32).run();
    const auto out = run.content<std::uint32_t>("out");
    CHECK(out == std::vector<std::uint32_t>{0xfffffff0, 0xf0, 0xffff80f0, 0x80f0, 0xfffffff0,
                                            0xffffffff, 0xf0, 0});
}

TEST_CASE("ptx: shared variables lie one after another and the dynamic part follows") {
    KernelRun run(kernel(R"(
    .shared .align 4 .b8 first[10];
    .shared .align 8 .b64 second;
    mov.u32 %r1, first;
    mov.u32 %r2, second;
    mov.u32 %r3, smem;
    mov.u64 %rd1, second;
    st.global.v2.u32 [%out], {%r1, %r2};
    st.global.u32 [%out+8], %r3;
    st.shared.u32 [smem+4], 99;
    ld.shared.u32 %r4, [%r3+4];
    st.global.u32 [%out+12], %r4;)",
                         kDynamic),
                  1);
    run.launch.dynamic_shared_bytes = 64;
    run.buffer("in", counting(1)).output("out", 16);
    const auto source = run.source();
    CHECK(source->shape().shared_bytes_per_cta == 32 + 64);
    run.run();
    CHECK(run.content<std::uint32_t>("out") == std::vector<std::uint32_t>{0, 16, 32, 99});
}

TEST_CASE("ptx: ld.param reads every type at its offset") {
    const std::string text = std::string(test::kPtxHeader) + R"(
.visible .entry k(.param .u64 .ptr .global .align 8 out, .param .u16 small, .param .u32 word, .param .f32 real,
                  .param .s8 tiny, .param .u64 wide)
{
    .reg .b16 %h0;
    .reg .b32 %r<5>;
    .reg .b64 %rd<3>;
    ld.param.u64 %rd0, [out];
    ld.param.u16 %h0, [small];
    cvt.u32.u16 %r0, %h0;
    ld.param.u32 %r1, [word];
    ld.param.f32 %r2, [real];
    ld.param.s8 %r3, [tiny];
    ld.param.u32 %r4, [wide+4];
    st.global.v4.u32 [%rd0], {%r0, %r1, %r2, %r3};
    st.global.u32 [%rd0+16], %r4;
})";
    KernelRun run(text, 1);
    run.output("out", 20)
        .scalar("u16", 0x1234)
        .scalar("s32", 7)
        .scalar("f32", 0x3f800000)
        .scalar("s8", 0xff)
        .scalar("u64", 0x1122334455667788)
        .run();
    CHECK(run.content<std::uint32_t>("out") ==
          std::vector<std::uint32_t>{0x1234, 7, 0x3f800000, 0xffffffff, 0x11223344});
}

TEST_CASE("ptx: ldmatrix gives lane l row l/4 and columns 2(l%4), 2(l%4)+1 of each matrix") {
    const bool transposed = GENERATE(false, true);
    const unsigned matrices = GENERATE(1u, 2u, 4u);
    const std::string list = matrices == 1   ? "{%r4}"
                             : matrices == 2 ? "{%r4, %r5}"
                                             : "{%r4, %r5, %r6, %r7}";
    std::string stores;
    for (unsigned i = 0; i < matrices; ++i) {
        stores += "st.global.u32 [%rd2+" + std::to_string(128 * i) + "], %r" +
                  std::to_string(4 + i) + ";\n";
    }
    // 32 rows of 8 halves, each at its own place: row r at byte 16 * (r ^ 5).
    KernelRun run(kernel(R"(
    mad.wide.u32 %rd0, %r0, 16, %in;
    ld.global.v4.u32 {%r8, %r9, %r10, %r11}, [%rd0];
    xor.b32 %r1, %r0, 5;
    shl.b32 %r1, %r1, 4;
    mov.u32 %r2, smem;
    add.u32 %r1, %r1, %r2;
    st.shared.v4.u32 [%r1], {%r8, %r9, %r10, %r11};
    bar.warp.sync 0xffffffff;
    ldmatrix.sync.aligned.m8n8.x)" +
                             std::to_string(matrices) + (transposed ? ".trans" : "") +
                             ".shared.b16 " + list + R"(, [%r1];
    mad.wide.u32 %rd2, %r0, 4, %out;
)" + stores,
                         kDynamic));
    run.launch.dynamic_shared_bytes = 512;
    std::vector<std::uint16_t> halves(256);
    for (std::size_t i = 0; i < halves.size(); ++i)
        halves[i] = static_cast<std::uint16_t>(0x100 + i);
    run.buffer("in", halves).output("out", 512).run();
    const auto out = run.content<std::uint32_t>("out");
    for (std::uint32_t matrix = 0; matrix < matrices; ++matrix) {
        for (std::uint32_t lane = 0; lane < 32; ++lane) {
            const std::uint32_t g = lane / 4;
            const std::uint32_t t = lane % 4;
            const auto element = [&](std::uint32_t row, std::uint32_t column) -> std::uint32_t {
                return halves[8 * (8 * matrix + row) + column];
            };
            const std::uint32_t low = transposed ? element(2 * t, g) : element(g, 2 * t);
            const std::uint32_t high = transposed ? element(2 * t + 1, g) : element(g, 2 * t + 1);
            CHECK(out[32 * matrix + lane] == (low | (high << 16)));
        }
    }
}

TEST_CASE("ptx: cp.async changes shared memory when it lands and fills the rest with zeros") {
    const std::string body = R"(
    shl.b32 %r1, %r0, 4;
    mov.u32 %r2, smem;
    add.u32 %r1, %r1, %r2;
    st.shared.u32 [%r1], 0xdead;
    st.shared.u32 [%r1+12], 0xdead;
    mad.wide.u32 %rd0, %r0, 16, %in;
    and.b32 %r3, %r0, 15;
    min.u32 %r3, %r3, 12;
    setp.lt.u32 %p0, %r0, 16;
    @%p0 cp.async.cg.shared.global.L2::128B [%r1], [%rd0], 16, %r3;
    @!%p0 cp.async.ca.shared.global [%r1], [%rd0], 16;
    cp.async.commit_group;
    ld.shared.u32 %r5, [%r1];
    cp.async.wait_group 0;
    ld.shared.v4.u32 {%r6, %r7, %r8, %r9}, [%r1];
    mad.wide.u32 %rd1, %r0, 32, %out;
    st.global.u32 [%rd1], %r5;
    st.global.v4.u32 [%rd1+16], {%r6, %r7, %r8, %r9};)";
    KernelRun run(kernel(body, kDynamic));
    run.launch.dynamic_shared_bytes = 512;
    std::vector<std::uint8_t> bytes(512, 0xab);
    run.buffer("in", bytes).output("out", 1024).run();
    const auto out = run.content<std::uint8_t>("out");
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
        const std::uint8_t* row = out.data() + 32 * lane;
        CHECK((row[0] == 0xad && row[1] == 0xde));  // not landed before the wait
        const std::uint32_t copied = lane < 16 ? std::min(lane & 15u, 12u) : 16u;
        for (std::uint32_t i = 0; i < 16; ++i) CHECK(row[16 + i] == (i < copied ? 0xab : 0));
    }
}

TEST_CASE("ptx: wait_group leaves the youngest groups in flight, wait_all covers open copies") {
    const std::string body = R"(
    mov.u32 %r1, smem;
    cp.async.ca.shared.global [%r1], [%in], 4;
    cp.async.commit_group;
    cp.async.ca.shared.global [%r1+4], [%in+4], 4;
    cp.async.commit_group;
    cp.async.ca.shared.global [%r1+8], [%in+8], 4;
    cp.async.wait_group 1;
    ld.shared.v2.u32 {%r2, %r3}, [%r1];
    st.global.v2.u32 [%out], {%r2, %r3};
    cp.async.wait_all;
    ld.shared.u32 %r4, [%r1+4];
    ld.shared.u32 %r5, [%r1+8];
    st.global.v2.u32 [%out+8], {%r4, %r5};)";
    KernelRun run(kernel(body, kDynamic), 1);
    run.launch.dynamic_shared_bytes = 16;
    run.buffer("in", counting(4)).output("out", 16).run();
    CHECK(run.content<std::uint32_t>("out") ==
          std::vector<std::uint32_t>{0x1000, 0, 0x1001, 0x1002});
}

TEST_CASE("ptx: a cp.async that reads nothing may have any source address") {
    KernelRun run(kernel(R"(
    mov.u32 %r1, smem;
    st.shared.u32 [%r1], 5;
    mov.u64 %rd0, 3;
    cp.async.ca.shared.global [%r1], [%rd0], 4, 0;
    cp.async.wait_all;
    ld.shared.u32 %r2, [%r1];
    st.global.u32 [%out], %r2;)",
                         kDynamic),
                  1);
    run.launch.dynamic_shared_bytes = 16;
    run.buffer("in", counting(1)).buffer("out", counting(1)).run();
    CHECK(run.content<std::uint32_t>("out") == std::vector<std::uint32_t>{0});
}

TEST_CASE("ptx: faults name line, CTA, warp, lane, address and buffer; values off finds them too") {
    const auto values = GENERATE(launch::Values::kOn, launch::Values::kOff);
    const auto fault = [&](const std::string& body) {
        KernelRun run(kernel(body, kDynamic), 64);
        run.launch.dynamic_shared_bytes = 64;
        run.values = values;
        run.launch.grid = {2, 1, 1};
        run.buffer("in", counting(64)).output("out", 256);
        try {
            run.run();
        } catch (const base::MemoryFault& problem) {
            return std::string(problem.what());
        }
        return std::string("no fault");
    };
    CHECK(fault("mad.wide.u32 %rd0, %r0, 8, %in;\nld.global.u32 %r1, [%rd0];") ==
          "test.ptx:16: 'ld.global.u32' (CTA 0, warp 1, lane 0): 4 bytes at address "
          "0x7f0000000100: 0 bytes past the end of buffer 'in' (256 bytes)");
    CHECK_THAT(fault("st.global.u32 [%out-4], %r0;"),
               Contains("lane 0): 4 bytes at address 0x7f00001ffffc: 4 bytes before the start of "
                        "buffer 'out'"));
    CHECK_THAT(fault("st.global.u64 [%in+252], %rd0;"),
               Contains("misaligned, expected a multiple of 8"));
    CHECK_THAT(fault("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%in+8];"),
               Contains("misaligned, expected a multiple of 16"));
    CHECK_THAT(fault("ld.global.u64 %rd0, [%in+256];"), Contains("0 bytes past the end"));
    CHECK_THAT(fault("mov.u32 %r1, smem;\nst.shared.u32 [%r1+64], %r1;"),
               Contains("'st.shared.u32' (CTA 0, warp 0, lane 0): 4 bytes at address 0x40: outside "
                        "the CTA's 64 bytes of shared memory"));
    CHECK_THAT(fault("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r1}, [smem+8];"),
               Contains("misaligned, expected a multiple of 16"));
    CHECK_THAT(fault("cp.async.cg.shared.global [smem+56], [%in], 16;"), Contains("misaligned"));
    CHECK_THAT(fault("cp.async.cg.shared.global [smem], [%in+256], 16;"),
               Contains("past the end of buffer 'in'"));
    CHECK_THAT(fault("cp.async.cg.shared.global [smem], [%in+248], 16, 8;"),
               Contains("misaligned"));
    CHECK_THAT(fault("setp.lt.u32 %p0, %r0, 0;\n@%p0 st.global.u32 [0], %r0;"),
               Contains("no fault"));
}

TEST_CASE("ptx: a cp.async that asks for more bytes than it copies is an error") {
    KernelRun run(kernel("cp.async.ca.shared.global [smem], [%in], 4, 5;", kDynamic), 1);
    run.launch.dynamic_shared_bytes = 16;
    run.buffer("in", counting(4)).output("out", 16);
    CHECK_THROWS_WITH(run.run(), Contains("test.ptx:15") && Contains("source size 5"));
}

TEST_CASE("ptx: arguments must fit the parameters") {
    const auto problem = [](auto&& arrange) {
        KernelRun run(kernel(""), 1);
        arrange(run);
        try {
            (void)run.source();
        } catch (const base::ConfigError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(problem([](KernelRun& run) { run.output("in", 4); }) ==
          "launch of 'k': 1 arguments, expected 2");
    CHECK(problem([](KernelRun& run) { run.output("in", 4).scalar("u32", 1); }) ==
          "launch of 'k': parameter 1 ('out') has type .u64, found an argument of type u32");
    CHECK(problem([](KernelRun& run) { run.output("in", 4).scalar("b64", 1); }).empty());
}

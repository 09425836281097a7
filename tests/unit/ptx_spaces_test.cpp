// State spaces: constant, module, local and generic memory, and parameters by address.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/thread_kernel.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;
using test::of_threads;

namespace {

KernelRun prepared(const std::string& module, const std::string& body) {
    KernelRun run(
        test::thread_kernel(module, body, ", .param .u32 a, .param .u32 b, .param .u64 c"));
    run.output("out", 128).scalar("u32", 11).scalar("u32", 22).scalar("u64", 0x400000003ull);
    return run;
}

std::vector<std::uint32_t> run(const std::string& module, const std::string& body) {
    return test::run_threads(prepared(module, body));
}

}  // namespace

TEST_CASE("ptx: .const and .global tables hold their initialisers, and zeros behind them") {
    const std::string module = R"(
.const .align 4 .u32 table[8] = {1, 2, 3, 5, 8, 13};
.const .align 4 .b8 bytes[8] = {0xff, 0, 0, 0, 7};
.const .f32 reals[2] = {1.5, 0f40000000};
.global .u32 rows[2][3] = {{10, 11}, {20, 21, 22}};
.global .align 8 .u64 pointers[2] = {generic(rows)+12, rows};
.global .s16 small[3] = {-1, 2, -3};
)";
    CHECK(run(module, R"(
    and.b32 %r2, %r1, 7;
    mov.u64 %rd2, table;
    mad.wide.u32 %rd2, %r2, 4, %rd2;
    ld.const.u32 %r0, [%rd2];)") == of_threads([](std::uint32_t lane) {
              constexpr std::array<std::uint32_t, 8> kTable{1, 2, 3, 5, 8, 13, 0, 0};
              return kTable[lane % 8];
          }));
    CHECK(run(module, "ld.const.u32 %r0, [bytes+4];")[0] == 7);
    CHECK(run(module, "ld.const.f32 %f0, [reals+4]; cvt.rzi.u32.f32 %r0, %f0;")[0] == 2);
    CHECK(run(module, "ld.global.u32 %r0, [rows+8];")[0] == 0);
    CHECK(run(module, "ld.global.u64 %rd2, [pointers]; ld.u32 %r0, [%rd2+4];")[0] == 21);
    CHECK(run(module, "ld.global.u64 %rd2, [pointers+8]; ld.global.u32 %r0, [%rd2+4];")[0] == 11);
    CHECK(run(module, "ld.global.s16 %r0, [small+4];")[0] == 0xfffffffdu);
}

TEST_CASE("ptx: a .global variable keeps what a CTA stores for the next CTA and launch") {
    KernelRun run = prepared(".global .u32 counter = 5;", R"(
    ld.global.u32 %r0, [counter];
    add.u32 %r2, %r0, 1;
    st.global.u32 [counter], %r2;)");
    run.launch.grid = {3, 1, 1};
    run.run();
    CHECK(run.content<std::uint32_t>("out")[0] == 7);
    // A second launch on the same memory.
    const auto again = ptx::make_source(ptx::load_program(run.ptx, "test.ptx", ""), run.launch,
                                        *run.memory, run.values);
    test::run_functionally(*again, run.options);
    CHECK(run.content<std::uint32_t>("out")[0] == 10);
}

TEST_CASE("ptx: every thread has its own local memory") {
    KernelRun run = prepared("", R"(
    .local .align 16 .b8 depot[64];
    mov.u64 %rd2, depot;
    add.u32 %r2, %r1, 100;
    st.local.v4.u32 [%rd2+16], {%r1, %r2, %r1, %r2};
    and.b32 %r3, %r1, 3;
    mad.wide.u32 %rd3, %r3, 4, %rd2;
    ld.local.u32 %r0, [%rd3+16];)");
    std::vector<std::uint64_t> addresses;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        if (done.instruction->operation == isa::Operation::kStoreGlobal && addresses.empty()) {
            addresses.assign(done.addresses.begin(), done.addresses.end());
        }
    };
    run.run();
    CHECK(run.content<std::uint32_t>("out") ==
          of_threads([](std::uint32_t lane) { return lane + (lane % 2) * 100; }));
    // The memory system sees neighbouring bytes at one local address.
    for (std::uint64_t lane = 1; lane < 32; ++lane) {
        CHECK(addresses[lane] == addresses[0] + 16 * lane);
    }
}

TEST_CASE("ptx: one generic load may meet every state space") {
    // Lanes 0 to 4 read global, shared, local, constant and parameter memory.
    CHECK(run(".global .u32 g = 1; .const .u32 c_ = 4;", R"(
    .shared .u32 s;
    .local .u32 l;
    mov.u32 %r2, 2;
    st.shared.u32 [s], %r2;
    mov.u32 %r2, 3;
    st.local.u32 [l], %r2;
    mov.u64 %rd2, g;
    cvta.global.u64 %rd3, %rd2;
    setp.eq.u32 %p0, %r1, 1;
    @%p0 cvta.shared.u64 %rd3, s;
    setp.eq.u32 %p0, %r1, 2;
    @%p0 mov.u64 %rd2, l;
    @%p0 cvta.local.u64 %rd3, %rd2;
    setp.eq.u32 %p0, %r1, 3;
    @%p0 cvta.const.u64 %rd3, c_;
    setp.eq.u32 %p0, %r1, 4;
    @%p0 mov.b64 %rd2, a;
    @%p0 cvta.param.u64 %rd3, %rd2;
    ld.u32 %r0, [%rd3];)") == of_threads([](std::uint32_t lane) {
              constexpr std::array<std::uint32_t, 5> kValues{1, 2, 3, 4, 11};
              return lane < 5 ? kValues[lane] : 1;
          }));
}

TEST_CASE("ptx: the SM sees a generic access as one of the memory that it meets") {
    for (const bool shared : {true, false}) {
        KernelRun run = prepared("", fmt::format(R"(
    .shared .u32 s[32];
    mov.u64 %rd2, s;
    cvta.shared.u64 %rd3, %rd2;
    mad.wide.u32 %rd3, %r1, 4, %rd3;
    {}
    st.u32 [%rd3], %r1;
    ld.u32 %r0, [%rd3];)",
                                                 shared ? "" : "mov.u64 %rd3, %rd1;"));
        std::vector<isa::Operation> operations;
        std::vector<std::uint64_t> addresses;
        run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
            if (!isa::is_memory(done.instruction->operation)) return;
            operations.push_back(done.instruction->operation);
            addresses.push_back(done.addresses[3]);
        };
        for (const auto values : {launch::Values::kOn, launch::Values::kOff}) {
            operations.clear();
            addresses.clear();
            run.values = values;
            run.run();
            using isa::Operation;
            CHECK(operations == (shared
                                     ? std::vector{Operation::kStoreShared, Operation::kLoadShared,
                                                   Operation::kStoreGlobal}
                                     : std::vector{Operation::kStoreGlobal, Operation::kLoadGlobal,
                                                   Operation::kStoreGlobal}));
            CHECK(addresses[1] == (shared ? 12 : run.memory->address("out") + 12));
        }
    }
}

TEST_CASE("ptx: a generic atomic finds global and shared memory") {
    KernelRun run = prepared(".global .u32 g = 5;", R"(
    .shared .u32 s;
    mov.u32 %r2, 100;
    st.shared.u32 [s], %r2;
    bar.sync 0;
    cvta.global.u64 %rd3, g;
    setp.gt.u32 %p0, %r1, 7;
    @%p0 cvta.shared.u64 %rd3, s;
    atom.add.u32 %r3, [%rd3], 2;
    bar.sync 0;
    ld.global.u32 %r0, [g];
    ld.shared.u32 %r2, [s];
    mad.lo.u32 %r0, %r0, 1000, %r2;)");
    run.run();
    CHECK(run.content<std::uint32_t>("out")[0] == (5 + 8 * 2) * 1000 + 100 + 24 * 2);
}

TEST_CASE("ptx: isspacep and cvta.to agree with cvta") {
    CHECK(run("", R"(
    .shared .u32 pad;
    .shared .u32 s;
    mov.u64 %rd2, s;
    cvta.shared.u64 %rd3, %rd2;
    isspacep.shared %p0, %rd3;
    isspacep.global %p1, %rd3;
    isspacep.local %p2, %rd3;
    cvta.to.shared.u64 %rd4, %rd3;
    cvt.u32.u64 %r0, %rd4;
    @%p0 add.u32 %r0, %r0, 100;
    @%p1 add.u32 %r0, %r0, 1000;
    @%p2 add.u32 %r0, %r0, 10000;
    isspacep.global %p3, %rd0;
    @%p3 add.u32 %r0, %r0, 100000;)")[0] == 100104);
}

TEST_CASE("ptx: parameters can be read through their address, by lane and in vectors") {
    // Offsets: out 0, a 8, b 12, c 16.
    CHECK(run("", R"(
    mov.b64 %rd2, c;
    and.b32 %r2, %r1, 1;
    mad.wide.u32 %rd2, %r2, 4, %rd2;
    ld.param.u32 %r0, [%rd2+-8];
    ld.param.v2.u32 {%r3, %r4}, [c];
    mad.lo.u32 %r0, %r3, 100, %r0;
    mad.lo.u32 %r0, %r4, 10000, %r0;)") ==
          of_threads([](std::uint32_t lane) { return (lane % 2 == 0 ? 11u : 22u) + 300 + 40000; }));
    CHECK_THROWS_WITH(run("", "mov.b64 %rd2, c; ld.param.u32 %r0, [%rd2+8];"),
                      Contains("4 bytes at address 0x18: outside the kernel's 24 bytes of "
                               "parameters"));
}

TEST_CASE("ptx: qualifiers of caches and ordering change no value") {
    CHECK(run("", R"(
    createpolicy.fractional.L2::evict_first.b64 %rd5, 1.0;
    st.relaxed.gpu.global.u32 [%rd1], %r1;
    st.global.L1::no_allocate.u32 [%rd1], %r1;
    st.volatile.global.u32 [%rd1], %r1;
    st.release.sys.global.u32 [%rd1], %r1;
    st.global.L2::cache_hint.u32 [%rd1], %r1, %rd5;
    prefetch.global.L2 [%rd1];
    prefetchu.L1 [%rd1];
    ld.global.nc.L1::evict_last.L2::128B.u32 %r0, [%rd1];
    ld.acquire.gpu.global.u32 %r2, [%rd1];
    add.u32 %r0, %r0, %r2;
    ld.global.L1::no_allocate.L2::cache_hint.u32 %r2, [%rd1], %rd5;
    add.u32 %r0, %r0, %r2;
    ld.volatile.global.u32 %r2, [%rd1];
    add.u32 %r0, %r0, %r2;
    ldu.global.u32 %r2, [%rd1];
    add.u32 %r0, %r0, %r2;)") == of_threads([](std::uint32_t lane) { return 5 * lane; }));
}

TEST_CASE("ptx: accesses outside local, constant and module memory are faults") {
    CHECK_THROWS_WITH(run("", ".local .b8 l[16]; mov.u64 %rd2, l; ld.local.u32 %r0, [%rd2+16];"),
                      Contains("outside the thread's 16 bytes of local memory"));
    CHECK_THROWS_WITH(run(".const .u32 t[4];", "mov.u64 %rd2, t; ld.const.u32 %r0, [%rd2+16];"),
                      Contains("outside the kernel's 16 bytes of constant memory"));
    CHECK_THROWS_WITH(run(".global .u32 g[4];", "mov.u64 %rd2, g; ld.global.u32 %r0, [%rd2+16];"),
                      Contains("0 bytes past the end of buffer '.global g' (16 bytes)"));
    CHECK_THROWS_WITH(
        run(".const .u32 t;", "mov.u64 %rd2, t; cvta.const.u64 %rd2, %rd2; st.u32 [%rd2], %r0;"),
        Contains("cannot be written"));
}

TEST_CASE("ptx: declarations that cannot be are refused with their position") {
    const auto problem = [](const std::string& module, const std::string& body = "") {
        try {
            run(module, body);
        } catch (const base::KernelError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK_THAT(problem(".global .u32 x[2] = {1, 2, 3};"),
               Contains("test.ptx:5:21: 3 values for 2 elements of 'x'"));
    CHECK_THAT(problem(".global .u32 x = y;"), Contains("an address needs an element of 64 bits"));
    CHECK_THAT(problem(".global .u64 x = y;", "ld.global.u64 %rd2, [x];"),
               Contains("'y' is no .global or .const variable"));
    CHECK_THAT(problem(".shared .u32 x = 1;"), Contains("only .global and .const variables"));
    CHECK_THAT(problem(".const .b8 x[70000];"), Contains("more than 65536 bytes of constant"));
    CHECK_THAT(problem(".global .u32 x; .global .u32 x;"), Contains("'x' is declared twice"));
    CHECK_THAT(problem(".extern .global .u32 x;", "ld.global.u32 %r0, [x];"),
               Contains("'x' is defined in another module"));
    CHECK_THAT(problem(".global .u32 x;", "ld.shared.u32 %r0, [x];"),
               Contains("'x' does not lie in the state space that 'ld.shared.u32' names"));
}

TEST_CASE("ptx slice: loads of constants, parameters and local memory decide addresses") {
    // The address of the store depends on all three; the stored value on none.
    KernelRun run = prepared(".const .u32 t[2] = {4, 8};", R"(
    .local .align 8 .b8 l[16];
    mov.u64 %rd2, l;
    ld.const.u32 %r2, [t+4];
    st.local.u32 [%rd2+4], %r2;
    ld.local.u32 %r3, [%rd2+4];
    mov.b64 %rd3, a;
    ld.param.u32 %r4, [%rd3];
    add.u32 %r3, %r3, %r4;
    add.u32 %r3, %r3, -7;
    mul.wide.u32 %rd4, %r3, 4;
    add.u64 %rd1, %rd0, %rd4;)");
    run.launch.block = {1, 1, 1};
    run.values = launch::Values::kOff;
    std::uint64_t stored = 0;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        if (done.instruction->operation == isa::Operation::kStoreGlobal) stored = done.addresses[0];
    };
    run.run();
    CHECK(stored == run.memory->address("out") + 4 * (8 + 11 - 7));
}

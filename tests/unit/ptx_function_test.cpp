// Functions: calls, frames, recursion, printf and assert.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/thread_kernel.hpp"
#include "traces/ptx/liveness.hpp"
#include "traces/ptx/program.hpp"

using namespace sptc;
using Catch::Contains;
using test::KernelRun;
using test::of_threads;

namespace {

KernelRun prepared(const std::string& module, const std::string& body) {
    KernelRun run(test::thread_kernel(module, body));
    run.output("out", 128);
    return run;
}

std::vector<std::uint32_t> run(const std::string& module, const std::string& body) {
    return test::run_threads(prepared(module, body));
}

/// %r0 = name(argument), as nvcc writes it.
std::string call(const std::string& name, const std::string& argument) {
    return fmt::format(R"(
    {{ // callseq 0, 0
    .reg .b32 temp_param_reg;
    .param .b32 param0;
    st.param.b32 [param0+0], {1};
    .param .b32 retval0;
    call.uni (retval0), 
    {0}, 
    (
    param0
    );
    ld.param.b32 %r0, [retval0+0];
    }} // callseq 0
)",
                       name, argument);
}

// What nvcc 13 writes for int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
constexpr std::string_view kFibonacci = R"(
.func  (.param .b32 func_retval0) _Z3fibi(
	.param .b32 _Z3fibi_param_0
)
{
	.reg .pred 	%p<2>;
	.reg .b32 	%r<9>;

	ld.param.u32 	%r8, [_Z3fibi_param_0];
	setp.lt.s32 	%p1, %r8, 2;
	@%p1 bra 	$L__BB0_2;

	add.s32 	%r4, %r8, -1;
	{ // callseq 0, 0
	.reg .b32 temp_param_reg;
	.param .b32 param0;
	st.param.b32 	[param0+0], %r4;
	.param .b32 retval0;
	call.uni (retval0), 
	_Z3fibi, 
	(
	param0
	);
	ld.param.b32 	%r5, [retval0+0];
	} // callseq 0
	add.s32 	%r6, %r8, -2;
	{ // callseq 1, 0
	.reg .b32 temp_param_reg;
	.param .b32 param0;
	st.param.b32 	[param0+0], %r6;
	.param .b32 retval0;
	call.uni (retval0), 
	_Z3fibi, 
	(
	param0
	);
	ld.param.b32 	%r7, [retval0+0];
	} // callseq 1
	add.s32 	%r8, %r7, %r5;

$L__BB0_2:
	st.param.b32 	[func_retval0+0], %r8;
	ret;
}
)";

constexpr std::string_view kPrintf = R"(
.extern .func  (.param .b32 func_retval0) vprintf
(
	.param .b64 vprintf_param_0,
	.param .b64 vprintf_param_1
)
;
.extern .func __assertfail
(
	.param .b64 __assertfail_param_0,
	.param .b64 __assertfail_param_1,
	.param .b32 __assertfail_param_2,
	.param .b64 __assertfail_param_3,
	.param .b64 __assertfail_param_4
)
;
)";

}  // namespace

TEST_CASE("ptx: a recursive function keeps the registers of every call") {
    CHECK(run(std::string(kFibonacci), "and.b32 %r2, %r1, 15;" + call("_Z3fibi", "%r2")) ==
          of_threads([](std::uint32_t lane) {
              std::uint32_t a = 0;
              std::uint32_t b = 1;
              for (std::uint32_t i = 0; i < lane % 16; ++i) a = std::exchange(b, a + b);
              return a;
          }));
}

TEST_CASE("ptx: calls that nest too deep are an error with the limit") {
    CHECK_THROWS_WITH(run(R"(
.func (.param .b32 r) down(.param .b32 n)
{
    .reg .b32 %x;
    ld.param.b32 %x, [n];
    { .param .b32 a; .param .b32 b; st.param.b32 [a], %x; call (b), down, (a);
      ld.param.b32 %x, [b]; }
    st.param.b32 [r], %x;
    ret;
})",
                          call("down", "%r1")),
                      Contains("test.ptx:10: 'call'") && Contains("lane 0 calls 'down'") &&
                          Contains("the limits are 1024 calls"));
}

TEST_CASE("ptx: functions pass structs by value and may change and address their copy") {
    // The callee adds 1 to element i of its copy, by address, and returns the struct.
    CHECK(run(R"(
.func (.param .align 16 .b8 result[16]) bump(.param .align 16 .b8 s[16], .param .b32 i)
{
    .reg .b32 %x<3>;
    .reg .b64 %a<4>;
    mov.b64 %a0, s;
    cvta.local.u64 %a1, %a0;
    cvta.to.local.u64 %a2, %a1;
    ld.param.u32 %x0, [i];
    mad.wide.u32 %a3, %x0, 4, %a2;
    ld.local.u32 %x1, [%a3];
    add.u32 %x1, %x1, 1;
    st.local.u32 [%a3], %x1;
    ld.local.v2.u32 {%x1, %x2}, [%a2];
    st.param.v2.b32 [result+0], {%x1, %x2};
    ld.local.v2.u32 {%x1, %x2}, [%a2+8];
    st.param.v2.b32 [result+8], {%x1, %x2};
    ret;
})",
              R"(
    .param .align 16 .b8 s[16];
    .param .b32 i;
    .param .align 16 .b8 t[16];
    mov.u32 %r2, 10;
    st.param.v2.b32 [s+0], {%r2, %r1};
    mov.u32 %r2, 30;
    st.param.v2.b32 [s+8], {%r2, %r1};
    and.b32 %r3, %r1, 3;
    st.param.b32 [i], %r3;
    call.uni (t), bump, (s, i);
    ld.param.v4.b32 {%r4, %r5, %r6, %r7}, [t];
    mad.lo.u32 %r0, %r4, 1000, %r5;
    mad.lo.u32 %r0, %r6, 1000, %r0;
    add.u32 %r0, %r0, %r7;)") == of_threads([](std::uint32_t lane) {
              std::array<std::uint32_t, 4> s{10, lane, 30, lane};
              ++s[lane % 4];
              return s[0] * 1000 + s[1] + s[2] * 1000 + s[3];
          }));
}

TEST_CASE("ptx: lanes call different functions, or none, and exit within them") {
    CHECK(run(R"(
.func leave(.param .b32 n)
{
    .reg .pred %p;
    .reg .b32 %x;
    ld.param.b32 %x, [n];
    setp.gt.u32 %p, %x, 20;
    @%p exit;
    ret;
}
.func (.param .b32 r) twice(.param .b32 n)
{
    .reg .b32 %x;
    ld.param.b32 %x, [n];
    add.u32 %x, %x, %x;
    st.param.b32 [r], %x;
})",
              R"(
    .param .b32 n;
    .param .b32 d;
    st.param.b32 [n], %r1;
    setp.lt.u32 %p0, %r1, 8;
    @%p0 call (d), twice, (n);
    @%p0 ld.param.b32 %r0, [d];
    @!%p0 call leave, (n);
    bar.sync 0;
    add.u32 %r0, %r0, 1;)") == of_threads([](std::uint32_t lane) {
              return lane < 8 ? 2 * lane + 1 : lane > 20 ? 0 : 1;
          }));
}

TEST_CASE("ptx: wrong calls are refused with their position") {
    const auto problem = [](const std::string& module, const std::string& body) {
        try {
            run(module, body);
        } catch (const base::KernelError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const std::string f = ".func (.param .b32 r) f(.param .b32 a) { ret; }";
    CHECK_THAT(problem(f, "call f;"), Contains("0 arguments, expected 1"));
    CHECK_THAT(problem(f, ".param .b64 x; .param .b32 y; call (y), f, (x);"),
               Contains("'x' has 8 bytes, but 'a' has 4"));
    CHECK_THAT(problem(f, ".param .b32 y; call (y), f, (%r1);"),
               Contains("'%r1' is no .param variable"));
    CHECK_THAT(problem("", "call nothing;"),
               Contains("function 'nothing' has no definition here; the simulator provides "
                        "vprintf and __assertfail"));
    CHECK_THAT(problem(f,
                       "P: .callprototype _ (.param .b32 _); .param .b32 x; "
                       "call %rd2, (x), P;"),
               Contains("indirect calls are not supported"));
    CHECK_THAT(problem(f, "mov.u64 %rd2, f;"), Contains("nor a variable"));
    CHECK_THAT(problem(f + f, ""), Contains("function 'f' is defined twice"));
}

TEST_CASE("ptx: printf prints in the order of the lanes, as C does") {
    KernelRun run = prepared(std::string(kPrintf) + R"(
.global .align 1 .b8 text[3] = {97, 98, 0};
.global .align 1 .b8 format[64] = {37, 100, 32, 37, 117, 32, 37, 120, 32, 37, 108, 108, 100, 32,
 37, 46, 50, 102, 32, 37, 53, 115, 124, 37, 99, 32, 37, 37, 10};
)",
                             R"(
    .local .align 8 .b8 depot[48];
    mov.u64 %rd2, depot;
    cvta.local.u64 %rd3, %rd2;
    sub.u32 %r2, %r1, 1;
    st.local.u32 [%rd2], %r2;
    st.local.u32 [%rd2+4], %r2;
    mov.u32 %r3, 255;
    st.local.u32 [%rd2+8], %r3;
    mov.u64 %rd4, -1099511627776;
    st.local.u64 [%rd2+16], %rd4;
    mov.f64 %rd4, 0d4004000000000000;
    st.local.f64 [%rd2+24], %rd4;
    mov.u64 %rd4, text;
    cvta.global.u64 %rd4, %rd4;
    st.local.u64 [%rd2+32], %rd4;
    mov.u32 %r3, 122;
    st.local.u32 [%rd2+40], %r3;
    mov.u64 %rd5, format;
    cvta.global.u64 %rd5, %rd5;
    { .param .b64 param0; st.param.b64 [param0+0], %rd5;
      .param .b64 param1; st.param.b64 [param1+0], %rd3;
      .param .b32 retval0;
      call.uni (retval0), vprintf, (param0, param1);
      ld.param.b32 %r0, [retval0+0]; })");
    run.launch.block = {2, 1, 1};
    run.run();
    CHECK(run.printed->lines() ==
          std::vector<std::string>{"-1 4294967295 ff -1099511627776 2.50    ab|z %",
                                   "0 0 ff -1099511627776 2.50    ab|z %"});
    CHECK(run.content<std::uint32_t>("out")[0] == 7);
}

TEST_CASE("ptx: what is printed beyond the bound is counted") {
    ptx::PrintBuffer printed(2);
    printed.append("a\nb");
    printed.append("c\nd\ne\n");
    CHECK(printed.lines() == std::vector<std::string>{"a", "bc"});
    CHECK(printed.dropped() == 2);
}

TEST_CASE("ptx: a failed assertion names its text, file and line") {
    const std::string module = std::string(kPrintf) + R"(
.global .align 1 .b8 what[6] = {97, 32, 62, 32, 98};
.global .align 1 .b8 file[5] = {120, 46, 99, 117};
.global .align 1 .b8 where[2] = {107};
)";
    const std::string body = R"(
    setp.ne.u32 %p0, %r1, 6;
    @%p0 bra FINE;
    mov.u64 %rd2, what; cvta.global.u64 %rd2, %rd2;
    mov.u64 %rd3, file; cvta.global.u64 %rd3, %rd3;
    mov.u64 %rd4, where; cvta.global.u64 %rd4, %rd4;
    { .param .b64 param0; st.param.b64 [param0+0], %rd2;
      .param .b64 param1; st.param.b64 [param1+0], %rd3;
      .param .b32 param2; st.param.b32 [param2+0], 13;
      .param .b64 param3; st.param.b64 [param3+0], %rd4;
      .param .b64 param4; st.param.b64 [param4+0], 1;
      call.uni __assertfail, (param0, param1, param2, param3, param4); }
FINE:)";
    CHECK_THROWS_WITH(run(module, body),
                      Contains("lane 6: assertion 'a > b' failed in x.cu:13, function 'k'"));
    KernelRun off = prepared(module, body);
    off.values = launch::Values::kOff;
    CHECK_THROWS_WITH(off.run(), Contains("an assertion fails (turn values on to see which)"));
}

TEST_CASE("ptx slice: what a function returns decides an address") {
    KernelRun run = prepared(std::string(kFibonacci), "mov.u32 %r2, 6;" + call("_Z3fibi", "%r2") +
                                                          "mul.wide.u32 %rd4, %r0, 4;"
                                                          "add.u64 %rd1, %rd0, %rd4;");
    run.launch.block = {1, 1, 1};
    run.values = launch::Values::kOff;
    std::uint64_t stored = 0;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        if (done.instruction->operation == isa::Operation::kStoreGlobal) stored = done.addresses[0];
    };
    run.run();
    CHECK(stored == run.memory->address("out") + 4 * 8);
    // The traffic of a CTA that is not simulated is the same.
    const auto source = run.source();
    const auto traffic = source->start_traffic(0, 0);
    CHECK(traffic->next(0, 0)->addresses[0] == stored);
    CHECK(traffic->next(0, 0) == nullptr);
}

TEST_CASE("ptx: nested scopes shadow names, and names may have thousands of characters") {
    const std::string name = "%" + std::string(5000, 'x');
    CHECK(run("", fmt::format(R"(
    .reg .b32 {0};
    mov.u32 {0}, 5;
    {{ .reg .b32 {0}; .reg .b32 %r<3>;
      mov.u32 {0}, 7; mov.u32 %r0, 100;
      {{ .reg .b32 {0}; mov.u32 {0}, 9; }}
      add.u32 %r9, {0}, %r0; }}
    add.u32 %r0, %r9, {0};)",
                              name))[0] == 112);
}

TEST_CASE("ptx: errors name the line of the source that .loc says") {
    CHECK_THROWS_WITH(run(".file 1 \"/home/someone/gemm.cu\"\n", "\n.loc 1 77 5\ntrap;"),
                      Contains("test.ptx:20 (gemm.cu:77): 'trap'"));
}

TEST_CASE("ptx: functions that the entry does not reach count for nothing") {
    const auto program = ptx::load_program(
        test::thread_kernel(".shared .b8 big[1000]; .func unused() { .reg .b32 %x; frobnicate; }",
                            ""),
        "k.ptx", "");
    CHECK(program->functions.size() == 1);
    CHECK(program->static_shared_bytes == 0);
    CHECK_FALSE(program->needs_stacks());
}

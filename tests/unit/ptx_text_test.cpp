#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/lexer.hpp"
#include "traces/ptx/parser.hpp"
#include "traces/ptx/program.hpp"

using namespace sptc;
using Catch::Contains;

namespace {

const std::string kHeader(test::kPtxHeader);  // 4 lines

/// The message of loading a whole text.
std::string problem(const std::string& text, const std::string& entry = "") {
    try {
        (void)ptx::load_program(text, "k.ptx", entry);
    } catch (const base::KernelError& error) {
        return error.what();
    }
    return "";
}

/// The message of loading a kernel with this body; its first line is line 6.
std::string body_problem(const std::string& body) {
    return problem(kHeader + ".visible .entry k(.param .u64 a) {\n" + body + "\n}");
}

const std::string kRegisters =
    ".reg .pred %p; .reg .b16 %h; .reg .b32 %r<8>; .reg .b64 %rd<2>;\n";  // one line

}  // namespace

TEST_CASE("ptx lexer: tokens carry their text, value and position") {
    const auto tokens =
        ptx::tokenize("mov.u32 %r1, 0x1F; // note\n /* a\n b */ $L:\n1.5 0f3F800000 010 -7U", "f");
    using enum ptx::TokenKind;
    const auto check = [&](std::size_t i, ptx::TokenKind kind, std::string_view text,
                           std::uint32_t line, std::uint32_t column) {
        CAPTURE(i);
        CHECK(tokens.at(i).kind == kind);
        CHECK(tokens.at(i).text == text);
        CHECK(tokens.at(i).position.line == line);
        CHECK(tokens.at(i).position.column == column);
    };
    check(0, kWord, "mov.u32", 1, 1);
    check(1, kWord, "%r1", 1, 9);
    check(2, kPunctuation, ",", 1, 12);
    check(3, kInteger, "0x1F", 1, 14);
    check(5, kWord, "$L", 3, 7);
    check(7, kDouble, "1.5", 4, 1);
    check(8, kFloat, "0f3F800000", 4, 5);
    check(9, kInteger, "010", 4, 16);
    check(11, kInteger, "7U", 4, 21);
    CHECK(tokens[3].bits == 0x1f);
    CHECK(tokens[8].bits == 0x3f800000);
    CHECK(tokens[9].bits == 8);  // octal
    CHECK(tokens.back().kind == kEnd);
}

TEST_CASE("ptx lexer: qualifiers join an opcode, directives stay apart") {
    const auto tokens = ptx::tokenize(".reg.b32 mma.sp::ordered_metadata.sync.aligned", "f");
    REQUIRE(tokens.size() == 4);
    CHECK(tokens[0].text == ".reg");
    CHECK(tokens[1].text == ".b32");
    CHECK(tokens[2].text == "mma.sp::ordered_metadata.sync.aligned");
}

TEST_CASE("ptx lexer: what is no token is an error with its position") {
    const auto lex = [](const std::string& text) { (void)ptx::tokenize(text, "k.ptx"); };
    CHECK_THROWS_WITH(lex("a\n  `"), "k.ptx:2:3: unexpected character '`'");
    CHECK_THROWS_WITH(lex("\x01"), "k.ptx:1:1: unexpected byte 0x01");
    CHECK_THROWS_WITH(lex("a /* b"), "k.ptx:1:3: comment without an end");
    CHECK_THROWS_WITH(lex("\"a\nb\""), "k.ptx:1:1: string without an end");
    CHECK_THROWS_WITH(lex("0xZZ"), "k.ptx:1:1: malformed number '0xZZ'");
    CHECK_THROWS_WITH(lex("0f3F80"), "k.ptx:1:1: malformed number '0f3F80'");
    CHECK_THROWS_WITH(lex("99999999999999999999"), Contains("malformed number"));
}

TEST_CASE("ptx parser: structure errors name position, what was found and what was expected") {
    CHECK(problem("") == "k.ptx:1:1: has no .entry");
    CHECK(problem(".entry k {}") ==
          "k.ptx:1:1: found '.entry', expected '.version' at the beginning of a PTX file");
    CHECK(problem(kHeader + ".visible .entry k() {") ==
          "k.ptx:5:22: the file ends, expected an instruction, a label, .reg, .shared, .local, "
          ".const, "
          ".global, .param or '}'");
    CHECK_THAT(problem(kHeader + ".alias f, g;"), Contains("k.ptx:5:1: found '.alias'"));
    CHECK(problem(".version 8.5\n.target sm_80\n.address_size 32") ==
          "k.ptx:3:15: found '32', expected '64': only 64-bit addresses are supported");
    CHECK(body_problem("mov.u32 %r1 %r2;") == "k.ptx:6:13: found '%r2', expected ';'");
    CHECK(body_problem("ret") == "k.ptx:7:1: found '}', expected a register, a number or a name");
    CHECK(problem(kHeader + ".entry a() { ret; }\n.entry b() { ret; }", "c") ==
          "k.ptx:1:1: no entry 'c'; expected one of a, b");
    CHECK(problem(kHeader + ".entry a() { ret; }\n.entry b() { ret; }", "b").empty());
}

TEST_CASE("ptx parser: debug information, pragmas and performance directives are skipped") {
    CHECK(problem(kHeader + R"(
.file 1 "kernel.cu"
.visible .entry k(
    .param .u64 a
)
.maxntid 256, 1, 1
.minnctapersm 2
{
    .loc 1 10 5
    .pragma "nounroll";
    ret;
}
.section .debug_info { .b8 1, 2 }
)")
              .empty());
}

TEST_CASE("ptx parser: scopes hide registers and labels") {
    const std::string text = kHeader + R"(.visible .entry k(.param .u64 out)
{
    .reg .b32 %r<2>;
    .reg .b64 %rd0;
    mov.u32 %r0, 1;
    { .reg .b32 %r0; mov.u32 %r0, 2; bra DONE; mov.u32 %r0, 3; DONE: mov.u32 %r1, %r0; }
    { bra DONE; DONE: add.u32 %r1, %r1, %r0; }
    ld.param.u64 %rd0, [out];
    st.global.u32 [%rd0], %r1;
})";
    test::KernelRun run(text, 1);
    run.output("out", 4).run();
    CHECK(run.content<std::uint32_t>("out") == std::vector<std::uint32_t>{3});
}

TEST_CASE("ptx: unsupported instructions are named with what is supported nearby") {
    const auto of = [](const std::string& text) { return body_problem(kRegisters + text); };
    CHECK_THAT(of("add.sat.u32 %r1, %r2, %r3;"),
               Contains("k.ptx:7:1: unsupported instruction 'add.sat.u32'; supported nearby: "
                        "add.u32, add.sat.s32"));
    CHECK_THAT(of("  frobnicate.b32 %r1;"),
               Contains("k.ptx:7:3: unsupported instruction 'frobnicate.b32'; supported nearby: "
                        "abs, activemask, add"));
    CHECK_THAT(of("ld.global.b128 %r1, [%rd0];"),
               Contains("unsupported instruction 'ld.global.b128'") && Contains("b64 u64 s64"));
    CHECK_THAT(of("st.const.u32 [%rd0], %r1;"), Contains("cannot be written"));
    CHECK_THAT(of("bar.arrive.acquire 0, 32;"),
               Contains("supported nearby: {bar,barrier}[.cta].sync"));
    CHECK_THAT(of("mma.sync.aligned.m16n8k4.row.col.f32.f16.f16.f32 {%r0},{%r1},{%r2},{%r3};"),
               Contains("k.ptx:7:1: unsupported instruction 'mma.sync") &&
                   Contains("no such form") && Contains("m16n8k16"));
    CHECK_THAT(of("mma.sp.sptc::n5m4.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 "
                  "{%r0},{%r1},{%r2},{%r3},%r4,0;"),
               Contains("n5m4"));
}

TEST_CASE("ptx: wrong operands are named with their position") {
    const auto of = [](const std::string& text) { return body_problem(kRegisters + text); };
    CHECK(of("add.u32 %r1, %r2;") == "k.ptx:7:1: 'add.u32' has 2 operands, expected 3");
    CHECK(of("add.u32 %r1, %r2, %rd0;") ==
          "k.ptx:7:19: '%rd0' is a 64-bit register, but 'add.u32' needs a 32-bit register here");
    CHECK(of("add.u32 %r1, %r2, %r8;") ==
          "k.ptx:7:19: '%r8' is not a declared register (special "
          "registers are read with mov)");
    CHECK(of("add.u32 %r1, %r2, 0x100000000;") == "k.ptx:7:19: needs more than 32 bits");
    CHECK(of("add.f32 %r1, %r2, 1;") ==
          "k.ptx:7:19: '1': expected a floating-point number such as 1.0 or 0f3F800000");
    CHECK(of("@%r1 ret;") == "k.ptx:7:2: '%r1' is not a predicate register");
    CHECK(of("bra NOWHERE;") == "k.ptx:7:5: no label 'NOWHERE'");
    CHECK(of("A: A: ret;") == "k.ptx:7:4: label 'A' is defined twice");
    CHECK(of("ld.param.u64 %rd0, [b];") == "k.ptx:7:21: 'b' is neither a register nor a variable");
    CHECK(of("ld.param.u64 %rd0, [a+4];") ==
          "k.ptx:7:20: bytes 4 to 11 of parameter 'a', which has 8");
    CHECK(of("ld.global.v4.u64 {%rd0,%rd0,%rd0,%rd0}, [%rd0];") ==
          "k.ptx:7:1: 'ld.global.v4.u64' moves 32 bytes per lane, expected at most 16");
    CHECK(of("ld.global.v2.u32 {%r0}, [%rd0];") == "k.ptx:7:18: 1 registers, expected 2");
    CHECK(of("ld.global.u64 %r0, [%rd0];") ==
          "k.ptx:7:15: '%r0' has 32 bits, but 'ld.global.u64' needs 64");
    CHECK(of("cp.async.cg.shared.global [%r0], [%rd0], 8;") ==
          "k.ptx:7:42: copy size 8, expected 16");
    CHECK_THAT(of("mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%r0,%r0,%r0,%r0}, "
                  "{%r0,%r0,%r0,%r0}, {%r0,%r0,%r0,%r0}, {%r0,%r0,%r0,%r0}, %r1, 2;"),
               Contains("'2': expected an integer constant from 0 to 1"));
    CHECK_THAT(of("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%r0,%r0,%r0,%r0}, "
                  "{%r0,%r0}, {%r0,%r0}, {%r0,%r0,%r0,%r0};"),
               Contains("A has 2 registers, expected 4"));
    CHECK(of(".reg .b32 %r<4>;") == "k.ptx:7:11: register '%r' is declared twice");
    CHECK(of(".reg .b8 %c;") ==
          "k.ptx:7:10: registers cannot have type '.b8': expected .pred or a "
          "type of 16, 32 or 64 bits");
    CHECK(of("mov.u32 %r1, %tid.v;") ==
          "k.ptx:7:14: '%tid.v' is neither a register, a special "
          "register nor a variable");
    CHECK(of("mov.u32 %r1, %clock64;") == "k.ptx:7:14: %clock64 is read with mov.u64");
}

TEST_CASE("ptx: more than 65535 used registers are an error, declared ones are not") {
    const auto with = [](int used) {
        std::string body = ".reg .b32 %r<100000>;\n";
        for (int i = 0; i < used; ++i) body += "mov.u32 %r" + std::to_string(i) + ", 0;\n";
        return body_problem(body);
    };
    CHECK(with(1).empty());
    CHECK(with(65535).empty());
    CHECK(with(65536) == "k.ptx:65542:9: the kernel uses more than 65535 virtual registers");
}

TEST_CASE("ptx: an instruction tells the SM what it reads, writes and moves") {
    const auto program = ptx::load_program(
        kHeader + ".entry k(.param .u64 a) {\n" + kRegisters +
            "@%p st.global.v2.b32 [%rd0+8], {%r1, %r1};\nmad.lo.u32 %r2, %r2, %r3, %r2;\n"
            "cp.async.wait_group 3;\n}",
        "k.ptx", "");
    REQUIRE(program->instructions.size() == 4);  // and the exit at the end
    const auto names = [&](std::span<const isa::RegisterId> ids) {
        std::vector<std::string> list;
        for (isa::RegisterId id : ids) list.push_back(program->registers[id].name);
        return list;
    };
    const isa::Instruction& store = program->instructions[0];
    CHECK(store.operation == isa::Operation::kStoreGlobal);
    CHECK(store.line == 7);
    CHECK(store.bytes_per_lane == 8);
    CHECK(names(store.reads) == std::vector<std::string>{"%p", "%rd0", "%r1"});
    CHECK(names(store.address_reads) == std::vector<std::string>{"%rd0"});
    CHECK(store.writes.empty());
    const isa::Instruction& mad = program->instructions[1];
    CHECK(mad.operation == isa::Operation::kIntegerMultiply);
    CHECK(names(mad.reads) == std::vector<std::string>{"%r2", "%r3"});
    CHECK(names(mad.writes) == std::vector<std::string>{"%r2"});
    CHECK(program->instructions[2].pending_groups == 3);
    CHECK(program->instructions[3].operation == isa::Operation::kExit);
}

// What the simulator accepts is PTX: NVIDIA's assembler accepts it too. Skipped where ptxas is not
// on the PATH.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"
#include "tests/support/ptx_run.hpp"
#include "tests/support/ptxas.hpp"
#include "traces/ptx/instruction_table.hpp"

using namespace sptc;
using test::assemble;
using test::has_ptxas;

namespace {

std::string kernel(const std::string& body, std::string_view arch = "sm_80") {
    return ".version 8.5\n.target " + std::string(arch) +
           "\n.address_size 64\n"
           ".extern .shared .align 16 .b8 smem[];\n"
           ".visible .entry k(.param .u64 a, .param .u32 b, .param .f32 c)\n{\n"
           ".reg .pred %p<4>;\n.reg .b16 %h<4>;\n.reg .b32 %r<20>;\n.reg .b64 %rd<4>;\n"
           ".shared .align 8 .b8 fixed[64];\n" +
           body + "ret;\n}\n";
}

/// Both must accept a body.
void check_body(const std::string& body, std::string_view arch = "sm_80") {
    const std::string text = kernel(body, arch);
    INFO(text);
    CHECK_NOTHROW((void)ptx::load_program(text, "k.ptx", ""));
    CHECK(assemble(text, arch) == "");
}

std::string operand_of(ptx::Slot slot) {
    using enum ptx::Slot;
    switch (slot) {
        case kWritePredicate:
            return "%p0";
        case kReadPredicate:
            return "%p1";
        case kWrite16:
            return "%h0";
        case kRead16:
            return "%h1";
        case kWrite64:
            return "%rd0";
        case kRead64:
        case kReadF64:
            return "%rd1";
        case kWrite32:
            return "%r0";
        default:
            return "%r1";
    }
}

}  // namespace

TEST_CASE("ptxas: it refuses what is no instruction") {
    if (!has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    CHECK_THAT(assemble(kernel("add.u32 %r0, %r1;\n")), Catch::Contains("add"));
}

TEST_CASE("ptxas: it accepts every row of the instruction table with the operands of its pattern") {
    if (!has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    std::map<int, std::string> bodies;  // by the architecture that has the row first
    for (std::string_view word : ptx::row_words()) {
        for (std::string_view name : ptx::rows_like(word)) {
            const ptx::InstructionRow& row = *ptx::find_row(name);
            std::string line = std::string(name);
            std::string separator = " ";
            for (std::size_t i = 0; i < row.pattern.size(); ++i) {
                if (row.pattern[i] == ptx::Slot::kNone) break;
                // The truth table of lop3 must be a number.
                line +=
                    separator + (word == "lop3" && i == 4 ? "0x96" : operand_of(row.pattern[i]));
                separator = ", ";
            }
            bodies[std::max(row.first_architecture, 80)] += line + ";\n";
        }
    }
    for (const auto& [architecture, body] : bodies) {
        check_body(body, "sm_" + std::to_string(architecture));
        if (architecture == 80) continue;
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < body.size(); at = body.find('\n', at) + 1) {
            lines.push_back(body.substr(at, body.find('\n', at) - at));
        }
        INFO("sm_80 has none of the rows that say sm_" << architecture);
        const auto accepted =
            test::accepted_lines(kernel("").substr(0, kernel("").rfind("ret;")), lines, "sm_80");
        CHECK(std::count(accepted.begin(), accepted.end(), true) == 0);
    }
}

TEST_CASE("ptxas: it accepts what the decoders accept") {
    if (!has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    check_body(R"(
mov.u32 %r0, %tid.x; mov.u32 %r0, %ntid.y; mov.u32 %r0, %ctaid.z; mov.u32 %r0, %nctaid.x;
mov.u32 %r0, %laneid; mov.u32 %r0, %warpid; mov.u32 %r0, %smid; mov.u32 %r0, %nsmid;
mov.u32 %r0, %clock; mov.u64 %rd0, %clock64; mov.u64 %rd0, %globaltimer; mov.u32 %r0, %lanemask_lt;
mov.u32 %r0, smem; mov.u64 %rd0, fixed; mov.u32 %r0, WARP_SZ;
mov.b32 %r0, {%h0, %h1}; mov.b32 {%h0, %h1}, %r0; mov.b64 %rd0, {%r0, %r1}; mov.b64 {%r0, %r1}, %rd0;
mov.f32 %r0, 0f3F800000; mov.f32 %r0, 1.5; mov.b16 %h0, 5;
)");
    check_body(R"(
cvt.u64.u32 %rd0, %r0; cvt.s64.s32 %rd0, %r0; cvt.u32.u64 %r0, %rd0; cvt.u16.u32 %h0, %r0;
cvt.s32.s8 %r0, %r1; cvt.s32.s16 %r0, %h0; cvt.sat.u8.s32 %r0, %r1;
cvta.to.global.u64 %rd0, %rd1; cvta.to.shared.u64 %rd0, %rd1; cvta.shared.u64 %rd0, %rd1;
setp.lt.and.u32 %p0, %r0, %r1, %p1; setp.ge.or.f32 %p0|%p2, %r0, %r1, !%p1;
)");
    check_body(R"(
ld.param.u64 %rd0, [a]; ld.param.u32 %r0, [b]; ld.param.f32 %r1, [c]; ld.param.u32 %r2, [a+4];
ld.global.u8 %r0, [%rd0]; ld.global.s8 %rd1, [%rd0]; ld.global.nc.v4.f32 {%r0,%r1,%r2,%r3}, [%rd0+16];
ld.global.ca.L2::128B.b64 %rd1, [%rd0+-8]; ld.volatile.global.u32 %r0, [%rd0];
ld.shared.v2.b32 {%r0,%r1}, [%r2]; ld.shared.b16 %h0, [smem+2]; ld.shared.u32 %r0, [%rd0];
st.global.v4.b32 [%rd0], {%r0,%r1,%r2,%r3}; st.global.cs.u16 [%rd0], %h0; st.global.u32 [%rd0], 5;
st.shared.u8 [%r0+3], %r1; st.shared.v2.b64 [fixed], {%rd0, %rd1};
)");
    check_body(R"(
cp.async.ca.shared.global [%r0], [%rd0], 4; cp.async.cg.shared.global.L2::128B [%r0+16], [%rd0+16], 16;
cp.async.cg.shared.global [smem], [%rd0], 16, %r1; cp.async.commit_group; cp.async.wait_group 2;
cp.async.wait_all;
ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r0}, [%r4];
ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r0,%r1}, [%r4+16];
ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0,%r1,%r2,%r3}, [smem+32];
bar.sync 0; bar.sync 1, 64; barrier.sync 2; bar.warp.sync 0xffffffff; barrier.sync.aligned %r1, %r2;
membar.cta; membar.gl; fence.sc.gpu; fence.acq_rel.sys;
@%p0 bra L; @!%p1 bra.uni L;
L: @%p0 exit;
)");
}

namespace {

/// A kernel with one mma of every given form, in the version that knows all of them.
std::string mma_kernel(const std::vector<const isa::MmaForm*>& forms, std::string_view arch) {
    const auto list = [](std::string_view reg, int count) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) {
            text += (i == 0 ? "" : ", ") + std::string(reg) + std::to_string(i);
        }
        return text + "}";
    };
    std::string body;
    for (const isa::MmaForm* form : forms) {
        const bool f64 = form->dot == isa::DotKind::kF64;
        const int words = f64 ? 2 : 1;
        const auto of_type = [&](types::DataType type, int registers) {
            const std::string_view reg = f64 ? "%d" : type == types::DataType::kF32 ? "%f" : "%r";
            return list(reg, registers / words);
        };
        body += form->ptx_name() + " " + of_type(form->d, form->d_registers()) + ", " +
                list(f64 ? "%d" : "%r", form->a_registers() / words) + ", " +
                list(f64 ? "%d" : "%r", form->b_registers() / words) + ", " +
                of_type(form->c, form->c_registers()) + (form->sparse() ? ", %r9, 0;\n" : ";\n");
    }
    return ".version 8.7\n.target " + std::string(arch) +
           "\n.address_size 64\n.visible .entry k()\n{\n.reg .b32 %r<20>;\n.reg .f32 %f<20>;\n"
           ".reg .f64 %d<20>;\n" +
           body + "ret;\n}\n";
}

}  // namespace

TEST_CASE("ptxas: it accepts every mma form of every architecture, and no form it lacks") {
    if (!has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    for (const isa::Architecture& architecture : isa::architectures()) {
        if (architecture.number < 75) continue;  // newer assemblers have dropped Volta
        std::vector<const isa::MmaForm*> forms;
        for (const isa::MmaForm& form : isa::mma_forms()) {
            if (isa::has_form(architecture, form)) forms.push_back(&form);
        }
        const std::string text = mma_kernel(forms, architecture.name);
        INFO(text);
        CHECK_NOTHROW((void)ptx::load_program(text, "k.ptx", ""));
        CHECK(assemble(text, architecture.name) == "");
        for (const isa::MmaForm& form : isa::mma_forms()) {
            if (architecture.number >= form.first_architecture) continue;
            INFO(architecture.name << " " << form.ptx_name());
            CHECK(assemble(mma_kernel({&form}, architecture.name), architecture.name) != "");
        }
    }
}

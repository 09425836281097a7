// Warp-level, synchronising, atomic and wmma instructions: the simulator accepts what ptxas accepts
// for sm_80, spelling by spelling. Skipped where ptxas is not on the PATH. Generic addresses are
// left out here.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"
#include "tests/support/ptxas.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;

namespace {

using Lines = std::vector<std::string>;

/// The text before the instruction. PTX 8.7 knows the instructions of later GPUs.
std::string head() {
    return ".version 8.7\n.target sm_80\n.address_size 64\n"
           ".visible .entry k(.param .u64 out)\n{\n"
           ".reg .pred %p<4>;\n.reg .b16 %h<4>;\n.reg .b32 %r<24>;\n.reg .b64 %rd<8>;\n"
           ".reg .f32 %f<24>;\n.reg .f64 %fd<8>;\n.shared .align 32 .b8 sm[64];\n";
}

bool accepts(const std::string& instruction) {
    try {
        (void)ptx::load_program(head() + instruction + "\nret;\n}\n", "k.ptx", "");
        return true;
    } catch (const base::KernelError&) {
        return false;
    }
}

void check_agreement(const Lines& instructions) {
    if (!test::has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    const std::vector<bool> accepted = test::accepted_lines(head(), instructions);
    std::size_t both = 0;
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        CAPTURE(instructions[i]);
        CHECK(accepts(instructions[i]) == accepted[i]);
        both += accepted[i] ? 1 : 0;
    }
    CHECK(both > 0);
    CHECK(both < instructions.size());
}

/// A register of a type: number `i` of its kind.
std::string reg(std::string_view type, int i) {
    const std::string_view prefix = type.ends_with("x2") || type.ends_with("32") ? "%r"
                                    : type.ends_with("64")                       ? "%rd"
                                    : type.ends_with("16")                       ? "%h"
                                                                                 : "%r";
    if (type == "f32") return fmt::format("%f{}", i);
    if (type == "f64") return fmt::format("%fd{}", i);
    return fmt::format("{}{}", prefix, i);
}

std::string list(std::string_view prefix, int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += fmt::format("{}{}{}", i == 0 ? "" : ", ", prefix, i);
    return text + "}";
}

}  // namespace

TEST_CASE("ptxas: of all operations and types of atom and red it accepts the simulator's") {
    Lines lines;
    for (const std::string operation :
         {"add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec"}) {
        for (const std::string type : {"u32", "s32", "u64", "s64", "b16", "b32", "b64", "f16",
                                       "f16x2", "bf16", "bf16x2", "f32", "f64"}) {
            for (const std::string noftz : {"", ".noftz"}) {
                const std::string name = operation + noftz + "." + type;
                const std::string sources =
                    operation == "cas" ? reg(type, 1) + ", " + reg(type, 2) : reg(type, 1);
                lines.push_back(
                    fmt::format("atom.global.{} {}, [%rd1], {};", name, reg(type, 0), sources));
                lines.push_back(fmt::format("red.shared.{} [%rd1], {};", name, sources));
            }
        }
    }
    check_agreement(lines);
}

TEST_CASE("ptxas: of the orders, scopes and spaces of atom it accepts the simulator's") {
    Lines lines;
    for (const std::string order :
         {"", ".relaxed", ".acquire", ".release", ".acq_rel", ".sc", ".volatile"}) {
        for (const std::string scope : {"", ".cta", ".cluster", ".gpu", ".sys"}) {
            for (const std::string space : {".global", ".shared", ".shared::cta", ".local"}) {
                lines.push_back("atom" + order + scope + space + ".add.u32 %r0, [%rd1], 1;");
            }
        }
    }
    lines.insert(lines.end(),
                 {"atom.add.global.u32 %r0, [%rd1], 1;", "atom.global.u32.add %r0, [%rd1], 1;",
                  "atom.global.add.L2::cache_hint.u32 %r0, [%rd1], 1, %rd2;",
                  "atom.global.add.u32 _, [%rd1], 1;", "red.global.add.v2.f32 [%rd1], {%f0, %f1};",
                  "red.global.add.u32 [%rd1], 1;", "red.global.add.u32 %r0, [%rd1], 1;"});
    check_agreement(lines);
}

TEST_CASE("ptxas: of shuffles, votes, matches and reductions it accepts the simulator's") {
    Lines lines;
    for (const std::string mode : {"up", "down", "bfly", "idx", "left"}) {
        for (const std::string type : {"b32", "u32", "b64"}) {
            lines.push_back("shfl.sync." + mode + "." + type + " %r0, %r1, 1, 31, -1;");
            lines.push_back("shfl." + type + "." + mode + ".sync %r0|%p0, %r1, %r2, %r3, %r4;");
            lines.push_back("shfl." + mode + "." + type + " %r0, %r1, 1, 31;");
        }
    }
    for (const std::string mode : {"all", "any", "uni"}) {
        lines.push_back("vote.sync." + mode + ".pred %p0, !%p1, -1;");
        lines.push_back("vote." + mode + ".pred %p0, %p1;");
        lines.push_back("vote." + mode + ".sync.pred %p0, %p1, %r0;");
        lines.push_back("vote.sync." + mode + ".b32 %r0, %p1, -1;");
    }
    for (const std::string mode : {"any", "all"}) {
        for (const std::string type : {"b32", "b64", "u32"}) {
            const std::string source = reg(type, 1);
            lines.push_back("match." + mode + ".sync." + type + " %r0, " + source + ", -1;");
            lines.push_back("match.sync." + mode + "." + type + " %r0|%p0, " + source + ", -1;");
        }
    }
    for (const std::string operation : {"add", "min", "max", "and", "or", "xor"}) {
        for (const std::string type : {"u32", "s32", "b32", "f32"}) {
            lines.push_back("redux.sync." + operation + "." + type + " " + reg(type, 0) + ", " +
                            reg(type, 1) + ", -1;");
        }
    }
    lines.insert(lines.end(),
                 {"vote.sync.ballot.b32 %r0, %p0, -1;", "vote.sync.ballot.pred %p1, %p0, -1;",
                  "activemask.b32 %r0;", "activemask.u32 %r0;", "elect.sync %r0|%p0, -1;",
                  "movmatrix.sync.aligned.m8n8.trans.b16 %r0, %r1;",
                  "movmatrix.sync.aligned.m8n8.b16 %r0, %r1;",
                  "movmatrix.sync.aligned.trans.m8n8.b16 %r0, %r1;"});
    check_agreement(lines);
}

TEST_CASE("ptxas: of barriers, fences and mbarriers it accepts the simulator's") {
    Lines lines;
    for (const std::string word : {"bar", "barrier", "bar.cta", "barrier.cta", "barrier.cluster"}) {
        lines.push_back(word + ".sync 0;");
        lines.push_back(word + ".sync %r0, %r1;");
        lines.push_back(word + ".arrive 0, 64;");
        lines.push_back(word + ".arrive 0;");
        lines.push_back(word + ".red.popc.u32 %r0, 0, %p0;");
        lines.push_back(word + ".red.and.pred %p1, 0, 64, !%p0;");
        lines.push_back(word + ".red.pred.or %p1, %r0, %p0;");
        lines.push_back(word + ".red.or.u32 %r1, 0, %p0;");
    }
    for (const std::string order : {"", ".sc", ".acq_rel", ".acquire", ".release"}) {
        for (const std::string scope : {"", ".cta", ".cluster", ".gpu", ".sys", ".gl"}) {
            lines.push_back("fence" + order + scope + ";");
        }
    }
    for (const std::string scope : {"", ".cta", ".gl", ".sys", ".gpu"}) {
        lines.push_back("membar" + scope + ";");
    }
    for (const std::string action : {"arrive", "arrive_drop"}) {
        for (const std::string order : {"", ".release.cta"}) {
            lines.push_back("mbarrier." + action + order + ".shared.b64 %rd0, [%r0];");
            lines.push_back("mbarrier." + action + order + ".shared::cta.b64 _, [sm];");
            lines.push_back("mbarrier." + action + order + ".shared.b64 %rd0, [%r0], 2;");
            lines.push_back("mbarrier." + action + ".noComplete" + order +
                            ".shared.b64 %rd0, [%r0], %r1;");
        }
    }
    for (const std::string order : {"", ".acquire.cta"}) {
        lines.push_back("mbarrier.test_wait" + order + ".shared.b64 %p0, [%r0], %rd0;");
        lines.push_back("mbarrier.test_wait.parity" + order + ".shared.b64 %p0, [%r0], %r1;");
        lines.push_back("mbarrier.try_wait" + order + ".shared.b64 %p0, [%r0], %rd0;");
    }
    lines.insert(
        lines.end(),
        {"bar.warp.sync %r0;", "fence.proxy.alias;", "fence.proxy.async;", "membar.proxy.alias;",
         "nanosleep.u32 %r0;", "nanosleep.u64 %rd0;", "mbarrier.init.shared.b64 [%r0], %r1;",
         "mbarrier.init.shared.b32 [%r0], %r1;", "mbarrier.inval.shared.b64 [%r0];",
         "mbarrier.pending_count.b64 %r0, %rd0;", "mbarrier.pending_count.shared.b64 %r0, %rd0;",
         "cp.async.mbarrier.arrive.shared.b64 [%r0];",
         "cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%rd0];", "griddepcontrol.wait;"});
    check_agreement(lines);
}

TEST_CASE("ptxas: of copies and matrix loads it accepts the simulator's") {
    Lines lines;
    for (const std::string level : {"ca", "cg"}) {
        for (const std::string size : {"4", "8", "16", "32", "%r0"}) {
            const std::string copy = "cp.async." + level + ".shared.global [%r0], [%rd0], " + size;
            lines.insert(lines.end(), {copy + ";", copy + ", 4;", copy + ", %r1;", copy + ", %p0;",
                                       copy + ", %r1, %p0;"});
        }
        const std::string hinted = "cp.async." + level + ".shared::cta.global.L2::cache_hint";
        lines.insert(lines.end(),
                     {hinted + " [%r0], [%rd0], 16, %rd1;",
                      hinted + ".L2::128B [%r0], [%rd0], 16, %r1, %rd1;",
                      hinted + " [%rd2], [%rd0], 16, %p0, %rd1;",
                      "cp.async." + level + ".shared.global.L2::64B [sm], [%rd0], 16, 0;"});
    }
    lines.insert(lines.end(), {"cp.async.bulk.commit_group;", "cp.async.commit_group;"});
    for (const std::string shape : {".m8n8", ".m16n16", ""}) {
        for (const std::string trans : {"", ".trans"}) {
            for (const auto& [size, registers] : {std::pair{".x1", 1}, {".x2", 2}, {".x4", 4}}) {
                const std::string operands = " " + list("%r", registers) + ", [%rd0];";
                lines.push_back("ldmatrix.sync.aligned" + shape + size + trans + ".shared.b16" +
                                operands);
                lines.push_back("ldmatrix.b16.shared::cta" + trans + size + shape +
                                ".aligned.sync" + operands);
            }
        }
    }
    lines.push_back("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r1], {%r2};");
    check_agreement(lines);
}

TEST_CASE("ptxas: of all wmma loads and stores it accepts the simulator's") {
    Lines lines;
    for (const std::string shape :
         {"m16n16k16", "m32n8k16", "m8n32k16", "m16n16k8", "m8n8k4", "m8n8k32", "m8n8k128"}) {
        for (const auto& [type, counts] :
             std::initializer_list<std::pair<std::string, std::vector<int>>>{{"f16", {8, 4}},
                                                                             {"bf16", {2, 4, 8}},
                                                                             {"tf32", {4}},
                                                                             {"s8", {1, 2, 4}},
                                                                             {"u8", {1, 2, 4}},
                                                                             {"s4", {1}},
                                                                             {"b1", {1}},
                                                                             {"f32", {8}},
                                                                             {"s32", {2, 8}}}) {
            // ptxas takes these sums although no product of the shape has them.
            if (shape == "m16n16k8" && (type == "f16" || type == "s32")) continue;
            for (const int count : counts) {
                const std::string registers = list(type == "f32" ? "%f" : "%r", count);
                for (const std::string layout : {"row", "col"}) {
                    for (const std::string matrix : {"a", "b", "c"}) {
                        lines.push_back(
                            fmt::format("wmma.load.{}.sync.aligned.{}.{}.shared.{} {}, [sm], %r20;",
                                        matrix, layout, shape, type, registers));
                    }
                    lines.push_back(
                        fmt::format("wmma.store.d.sync.aligned.{}.{}.global.{} [%rd0], {};", layout,
                                    shape, type, registers));
                }
            }
        }
    }
    lines.insert(lines.end(),
                 {"wmma.load.a.sync.aligned.row.m8n8k4.shared.f64 {%fd0}, [sm];",
                  "wmma.load.c.sync.aligned.col.m8n8k4.shared.f64 {%fd0, %fd1}, [sm], 8;",
                  "wmma.load.a.aligned.sync.m16n16k16.shared.row.tf32 {%r0, %r1, %r2, %r3}, [sm];",
                  "wmma.load.a.aligned.sync.m16n16k8.shared.row.tf32 {%r0, %r1, %r2, %r3}, [sm];"});
    check_agreement(lines);
}

TEST_CASE("ptxas: of all wmma.mma it accepts the simulator's") {
    Lines lines;
    const auto add = [&](const std::string& shape, const std::string& types, int d, int a, int b,
                         int c, const std::string& operation = "") {
        const auto registers = [&](std::string_view type, int count) {
            return list(type == "f32" ? "%f" : type == "f64" ? "%fd" : "%r", count);
        };
        const std::string d_type = types.substr(0, types.find('.'));
        const std::string c_type = types.substr(types.rfind('.') + 1);
        const std::string source = c_type == "f64" ? "f64" : "b32";
        for (const std::string layouts : {"row.col", "col.row", "row.row"}) {
            for (const std::string last : {"", ".satfinite", ".rz"}) {
                lines.push_back(fmt::format("wmma.mma{}.sync.aligned.{}.{}.{}{} {}, {}, {}, {};",
                                            operation, layouts, shape, types, last,
                                            registers(d_type, d), registers(source, a),
                                            registers(source, b), registers(c_type, c)));
            }
        }
    };
    for (const std::string shape : {"m16n16k16", "m32n8k16", "m8n32k16"}) {
        const int a = shape == "m16n16k16" ? 2 : shape == "m32n8k16" ? 4 : 1;
        const int b = shape == "m16n16k16" ? 2 : shape == "m32n8k16" ? 1 : 4;
        for (const auto& [types, d, c] : {std::tuple{"f32.f32", 8, 8},
                                          {"f16.f16", 4, 4},
                                          {"f32.f16", 8, 4},
                                          {"f16.f32", 4, 8}}) {
            add(shape, types, d, 8, 8, c);
        }
        add(shape, "f32.bf16.bf16.f32", 8, 2 * a, 2 * b, 8);
        add(shape, "s32.s8.s8.s32", 8, a, b, 8);
        add(shape, "s32.s8.u8.s32", 8, a, b, 8);
    }
    add("m16n16k8", "f32.tf32.tf32.f32", 8, 4, 4, 8);
    add("m8n8k4", "f64.f64.f64.f64", 2, 1, 1, 2);
    add("m8n8k32", "s32.u4.u4.s32", 2, 1, 1, 2);
    add("m8n8k32", "s32.s4.u4.s32", 2, 1, 1, 2);
    add("m8n8k128", "s32.b1.b1.s32", 2, 1, 1, 2, ".xor.popc");
    add("m8n8k128", "s32.b1.b1.s32", 2, 1, 1, 2, ".and.popc");
    add("m8n8k128", "s32.b1.b1.s32", 2, 1, 1, 2);
    check_agreement(lines);
}

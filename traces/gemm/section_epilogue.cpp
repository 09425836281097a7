#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "traces/gemm/finish.hpp"
#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;

void write_zero(PtxText& text, const KernelPlan& plan, std::uint32_t index) {
    switch (plan.problem.accumulator) {
        case types::DataType::kF64:
            return text.op(format("mov.f64 %acc{}, 0d0000000000000000", index));
        case types::DataType::kF32:
            return text.op(format("mov.f32 %acc{}, 0f00000000", index));
        default:
            return text.op(format("mov.b32 %acc{}, 0", index));
    }
}

void write_zeros(PtxText& text, const KernelPlan& plan) {
    const std::uint32_t count = plan.mmas_per_k_step() * plan.accumulator_registers();
    for (std::uint32_t i = 0; i < count; ++i) write_zero(text, plan, i);
}

// %row_ptr0 and 1: this lane's first element of C or D, and the one 8 rows further; %row_step: 16
// rows in bytes; %t0 and %t1 its row and column; and %p0: the whole CTA tile is inside D.
void write_output_place(PtxText& text, const KernelPlan& plan, const char* parameter,
                        std::uint32_t element_bytes) {
    text.op("ld.param.u32 %m, [param_m]");
    text.op("ld.param.u32 %n, [param_n]");
    text.op("ld.param.u32 %pitch, [param_ldd]");
    text.op(format("ld.param.u64 %base, [{}]", parameter));
    write_place(text, plan);
    text.op("cvta.to.global.u64 %base, %base");
    text.op(format("add.u32 %t0, %m0, {}", plan.tile.cta_m));
    text.op(format("add.u32 %t1, %n0, {}", plan.tile.cta_n));
    text.op("setp.le.u32 %p0, %t0, %m");
    text.op("setp.le.u32 %p1, %t1, %n");
    text.op("and.pred %p0, %p0, %p1");
    text.comment("lane 4g + t: rows g and g + 8, columns 2t and 2t + 1 of every 8");
    text.op("shr.u32 %t0, %lane, 2");
    text.op("and.b32 %t1, %lane, 3");
    text.op("shl.b32 %t1, %t1, 1");
    text.op("add.u32 %t0, %t0, %m0");
    text.op("add.u32 %t1, %t1, %n0");
    text.op(format("mad.lo.u32 %t0, %warp_m, {}, %t0", plan.tile.warp_m));
    text.op(format("mad.lo.u32 %t1, %warp_n, {}, %t1", plan.tile.warp_n));
    text.op(format("mul.lo.u32 %pitch, %pitch, {}", element_bytes));
    text.op("mul.wide.u32 %row_step, %pitch, 8");
    text.op(format("mad.wide.u32 %base, %t1, {}, %base", element_bytes));
    text.op("mad.wide.u32 %row_ptr0, %t0, %pitch, %base");
    text.op("add.s64 %row_ptr1, %row_ptr0, %row_step");
    text.op("shl.b64 %row_step, %row_step, 1");
}

enum class Edge { kInside, kGuarded };

// Walks the lane's rows in steps of 8 and writes access(row step, column tile, guard) for each
// 8-column tile; inside D without guards, at an edge with %p1.
using Access = std::function<std::vector<std::string>(std::uint32_t, std::uint32_t, const char*)>;

void write_accesses(PtxText& text, const KernelPlan& plan, Edge edge, const Access& access) {
    for (std::uint32_t row_step = 0; row_step < plan.tile_row_steps() * plan.row_tiles;
         ++row_step) {
        if (row_step > 1) {
            text.op(format("add.s64 %row_ptr{}, %row_ptr{}, %row_step", row_step, row_step - 2));
        }
        if (edge == Edge::kGuarded) {
            text.op(format("add.u32 %t2, %t0, {}", 8 * row_step));
            text.op("setp.lt.u32 %p0, %t2, %m");
        }
        for (std::uint32_t column = 0; column < 2 * plan.groups; ++column) {
            if (edge == Edge::kGuarded) {
                text.op(format("add.u32 %t3, %t1, {}", 8 * column));
                text.op("setp.lt.u32 %p1, %t3, %n");
                text.op("and.pred %p1, %p1, %p0");
            }
            text.ops(access(row_step, column, edge == Edge::kGuarded ? "@%p1 " : ""));
        }
    }
}

}  // namespace

void write_accumulator_setup(PtxText& text, const KernelPlan& plan) {
    if (!plan.problem.has_c || plan.problem.epilogue.scaled) {
        text.section("Accumulators: zero");
        write_zeros(text, plan);
        return;
    }
    text.section("Accumulators: C; zero outside");
    write_output_place(text, plan, "param_c", plan.accumulator_bytes());
    const Access load = [&](std::uint32_t row_step, std::uint32_t column, const char* guard) {
        return std::vector{format("{}ld.global.{} {}, [%row_ptr{}+{}]", guard,
                                  pair_type(plan.problem.accumulator),
                                  accumulator_pair(plan, row_step, column), row_step,
                                  column * 8 * plan.accumulator_bytes())};
    };
    text.op("@!%p0 bra LOAD_EDGE");
    write_accesses(text, plan, Edge::kInside, load);
    text.op("bra.uni LOADED");
    text.label("LOAD_EDGE");
    write_zeros(text, plan);
    write_accesses(text, plan, Edge::kGuarded, load);
    text.label("LOADED");
}

void write_epilogue(PtxText& text, const KernelPlan& plan) {
    text.section("Epilogue: D, 8 columns for each quad and row");
    const bool finished = plan.problem.epilogue.present();
    if (finished) {
        if (plan.problem.epilogue.scaled && plan.problem.has_c) {
            write_output_place(text, plan, "param_c", plan.accumulator_bytes());
            write_c_place(text);
        }
        write_epilogue_numbers(text, plan);
    }
    write_output_place(text, plan, "param_d", plan.output_bytes());
    if (finished) write_bias(text, plan);
    const Access store = [&](std::uint32_t row_step, std::uint32_t column, const char* guard) {
        if (finished) return finish_pair(plan, row_step, column, guard);
        return std::vector{format(
            "{}st.global.{} [%row_ptr{}+{}], {}", guard, pair_type(plan.problem.accumulator),
            row_step, column * 8 * plan.output_bytes(), accumulator_pair(plan, row_step, column))};
    };
    text.op("@!%p0 bra STORE_EDGE");
    write_accesses(text, plan, Edge::kInside, store);
    text.op("ret");
    text.label("STORE_EDGE");
    write_accesses(text, plan, Edge::kGuarded, store);
    text.label("EXIT");
    text.op("ret");

    text.section("Out of line: the copies that follow are of the last tile of K");
    text.label("LAST_TILE");
    write_last_tile(text, plan);
    text.op("bra.uni LOOP_BODY");
    text.raw("}");
}

}  // namespace sptc::gemm

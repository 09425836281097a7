#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "traces/gemm/finish.hpp"
#include "traces/gemm/output_walk.hpp"
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
    if (plan.split_k()) {
        text.op("setp.ne.u32 %p1, %slice, 0");
        text.op("@%p1 bra LATER_SLICE");
    }
    text.op("@!%p0 bra LOAD_EDGE");
    write_accesses(text, plan, Edge::kInside, load);
    text.op("bra.uni LOADED");
    text.label("LOAD_EDGE");
    write_zeros(text, plan);
    write_accesses(text, plan, Edge::kGuarded, load);
    if (plan.split_k()) {
        text.op("bra.uni LOADED");
        text.label("LATER_SLICE");
        write_zeros(text, plan);
    }
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

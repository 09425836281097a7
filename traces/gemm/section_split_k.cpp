// Split-K as libraries do it with a semaphore: the CTAs of one tile of D compute slices of K at the
// same time and then take turns, slice 0 first. turns[tile] is the slice whose turn it is; the last
// slice sets it back to 0, so that the kernel can be launched again. Partial sums are accumulators
// with the pitch of D: D itself where it holds accumulators, else a workspace.
//
// The first slice_rest slices have slice_tiles + 1 tiles of K, the others slice_tiles.
#include <fmt/format.h>

#include <bit>
#include <string>
#include <string_view>
#include <vector>

#include "traces/gemm/finish.hpp"
#include "traces/gemm/output_walk.hpp"
#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;
using Lines = std::vector<std::string>;

const char* add_instruction(types::DataType accumulator) {
    switch (accumulator) {
        case types::DataType::kF64:
            return "add.rn.f64";
        case types::DataType::kF32:
            return "add.rn.f32";
        case types::DataType::kF16:
            return "add.rn.f16x2";
        default:
            return "add.s32";
    }
}

// Registers of a pair of neighbours in a row.
std::uint32_t pair_registers(const KernelPlan& plan) {
    return plan.accumulator_registers() / plan.tile_row_steps();
}

// "{%partial4, %partial5}", of packed f16 "%partial4", of the pair with this number
std::string partial_pair(const KernelPlan& plan, std::uint32_t number) {
    const std::uint32_t count = pair_registers(plan);
    const std::uint32_t first = number % plan.partial_pairs() * count;
    return count == 2 ? format("{{%partial{}, %partial{}}}", first, first + 1)
                      : format("%partial{}", first);
}

// %register of "{%a, %b}" or "%a".
std::string_view element_of(std::string_view pair, std::uint32_t i) {
    if (pair.front() != '{') return pair;
    const auto comma = pair.find(", ");
    return i == 0 ? pair.substr(1, comma - 1) : pair.substr(comma + 2, pair.size() - comma - 3);
}

// The loads of a batch are all on their way before the first sum waits for one.
Lines add_partial(const KernelPlan& plan, std::uint32_t row_step, std::uint32_t column,
                  const char* guard) {
    const std::uint32_t columns = 2 * plan.groups;
    const std::uint32_t number = row_step * columns + column;
    Lines out{format("{}ld.global.{} {}, [%row_ptr{}+{}]", guard,
                     pair_type(plan.problem.accumulator), partial_pair(plan, number), row_step,
                     column * 8 * plan.accumulator_bytes())};
    const std::uint32_t batch = plan.partial_pairs();
    if (number % batch != batch - 1) return out;
    for (std::uint32_t done = number + 1 - batch; done <= number; ++done) {
        const std::string sum = accumulator_pair(plan, done / columns, done % columns);
        const std::string partial = partial_pair(plan, done);
        for (std::uint32_t i = 0; i < pair_registers(plan); ++i) {
            out.push_back(format("{0} {1}, {1}, {2}", add_instruction(plan.problem.accumulator),
                                 element_of(sum, i), element_of(partial, i)));
        }
    }
    return out;
}

Lines store_partial(const KernelPlan& plan, std::uint32_t row_step, std::uint32_t column,
                    const char* guard) {
    return {format("{}st.global.{} [%row_ptr{}+{}], {}", guard, pair_type(plan.problem.accumulator),
                   row_step, column * 8 * plan.accumulator_bytes(),
                   accumulator_pair(plan, row_step, column))};
}

void write_turn(PtxText& text, const KernelPlan& plan, Edge edge, const char* added) {
    text.op(format("@%p_first_slice bra {}", added));
    write_accesses(text, plan, edge,
                   [&](std::uint32_t row_step, std::uint32_t column, const char* guard) {
                       return add_partial(plan, row_step, column, guard);
                   });
    text.label(added);
    text.op("@%p_last_slice bra LAST_SLICE");
    write_accesses(text, plan, edge,
                   [&](std::uint32_t row_step, std::uint32_t column, const char* guard) {
                       return store_partial(plan, row_step, column, guard);
                   });
}

// %turn: the address of turns[tile]. One thread waits, the barrier makes what it saw hold for all.
void write_wait(PtxText& text, const KernelPlan& plan) {
    text.op("ld.param.u64 %turn, [param_turns]");
    text.op("cvta.to.global.u64 %turn, %turn");
    text.op(format("shr.u32 %t2, %m0, {}", std::countr_zero(plan.tile.cta_m)));
    text.op("mov.u32 %t3, %nctaid.y");
    text.op("mov.u32 %t4, %ctaid.y");
    text.op("mad.lo.u32 %t2, %t2, %t3, %t4");
    text.op("mad.wide.u32 %turn, %t2, 4, %turn");
    text.op("setp.eq.u32 %p_first_slice, %slice, 0");
    text.op("setp.ne.u32 %p_waits, %thread, 0");
    text.op("or.pred %p_waits, %p_waits, %p_first_slice");
    text.op("@%p_waits bra MY_TURN");
    text.label("WAIT_FOR_TURN");
    text.op("ld.acquire.gpu.global.u32 %t2, [%turn]");
    text.op("setp.ne.u32 %p_waits, %t2, %slice");
    text.op("@%p_waits bra WAIT_FOR_TURN");
    text.label("MY_TURN");
    text.op("bar.sync 0");
}

}  // namespace

void write_slice(PtxText& text) {
    text.comment("slices of K: the first slice_rest ones have a tile more");
    text.op("ld.param.u32 %k_tiles, [param_slice_tiles]");
    text.op("ld.param.u32 %t0, [param_slice_rest]");
    text.op("min.u32 %t1, %slice, %t0");
    text.op("mad.lo.u32 %k_first, %slice, %k_tiles, %t1");
    text.op("setp.lt.u32 %p0, %slice, %t0");
    text.op("@%p0 add.u32 %k_tiles, %k_tiles, 1");
}

void write_slice_start(PtxText& text, const KernelPlan& plan) {
    text.comment("on to the first tile of the slice");
    const auto advance = [&](const char* name, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            text.op(format("add.s64 %{0}_ptr{1}, %{0}_ptr{1}, %w0", name, i));
        }
    };
    const auto steps_of = [&](const char* step) {
        text.op("cvt.u64.u32 %w0, %k_first");
        text.op(format("mul.lo.s64 %w0, %w0, {}", step));
    };
    text.op(format("mul.wide.u32 %w0, %k_first, {}", plan.a.row_bytes));
    advance("a", plan.a.copies());
    if (plan.column_major_b()) {
        text.op(format("mul.wide.u32 %w0, %k_first, {}", plan.b.row_bytes));
    } else {
        steps_of("%b_step");
    }
    advance("b", plan.b.copies());
    if (!plan.sparse()) return;
    steps_of("%e_step");
    advance("e", plan.e_passes);
}

void write_slice_last_column(PtxText& text, const KernelPlan& plan) {
    text.op("mov.u32 %t3, %ctaid.z");
    text.op("ld.param.u32 %t4, [param_m_groups]");
    text.op("div.u32 %t3, %t3, %t4");
    text.op("add.u32 %t3, %t3, 1");
    text.op("ld.param.u32 %t4, [param_slice_rest]");
    text.op("min.u32 %t4, %t4, %t3");
    text.op("ld.param.u32 %t2, [param_slice_tiles]");
    text.op("mad.lo.u32 %t3, %t3, %t2, %t4");
    text.op("sub.u32 %t3, %t3, 1");
    text.op(format("shl.b32 %t3, %t3, {}", std::countr_zero(plan.tile.cta_k)));
}

void write_turns(PtxText& text, const KernelPlan& plan) {
    text.section("Split-K: the turns of the slices");
    write_output_place(text, plan, "param_partial", plan.accumulator_bytes());
    write_wait(text, plan);
    text.comment("the last slice: what follows it is beyond the grid");
    text.op("ld.param.u32 %t2, [param_m_groups]");
    text.op("mov.u32 %t3, %ctaid.z");
    text.op("add.u32 %t2, %t2, %t3");
    text.op("mov.u32 %t3, %nctaid.z");
    text.op("setp.ge.u32 %p_last_slice, %t2, %t3");
    text.op("@!%p0 bra TURN_EDGE");
    write_turn(text, plan, Edge::kInside, "ADDED");
    text.op("bra.uni END_TURN");
    text.label("TURN_EDGE");
    write_turn(text, plan, Edge::kGuarded, "ADDED_EDGE");
    text.label("END_TURN");
    text.op("bar.sync 0");
    text.op("setp.eq.u32 %p1, %thread, 0");
    text.op("add.u32 %t2, %slice, 1");
    text.op("@%p1 st.release.gpu.global.u32 [%turn], %t2");
    text.op("ret");
    text.label("LAST_SLICE");
    text.op("setp.eq.u32 %p1, %thread, 0");
    text.op("mov.u32 %t2, 0");
    text.op("@%p1 st.release.gpu.global.u32 [%turn], %t2");
}

}  // namespace sptc::gemm

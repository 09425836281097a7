#include "traces/gemm/output_walk.hpp"

#include <fmt/format.h>

#include "traces/gemm/sections.hpp"

namespace sptc::gemm {

using fmt::format;

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

}  // namespace sptc::gemm

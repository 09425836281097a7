#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/types/data_type.hpp"
#include "traces/gemm/finish.hpp"
#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;

int log2_of(std::uint32_t power) { return std::countr_zero(power); }

void declare(PtxText& text, const char* type, const char* name, std::uint32_t count) {
    if (count > 0) text.op(format(".reg {} %{}<{}>", type, name, count));
}

void write_parameters(PtxText& text, const KernelPlan& plan) {
    const auto& problem = plan.problem;
    text.raw(format(".visible .entry {}(", plan.kernel_name()));
    text.raw("    .param .u64 param_a,");
    if (problem.sparse) text.raw("    .param .u64 param_e,");
    text.raw("    .param .u64 param_b,");
    if (problem.has_c) text.raw("    .param .u64 param_c,");
    if (problem.epilogue.bias) text.raw("    .param .u64 param_bias,");
    text.raw("    .param .u64 param_d,");
    std::vector<std::string> last;
    for (const char* name : {"m", "n", "k", "lda", "ldb", "ldd"}) {
        last.push_back(format(".param .u32 param_{}", name));
    }
    if (problem.sparse) last.emplace_back(".param .u32 param_m_metadata");
    for (const std::string& parameter : epilogue_parameters(plan)) last.push_back(parameter);
    if (plan.split_k()) {
        last.insert(last.end(), {".param .u64 param_partial", ".param .u64 param_turns",
                                 ".param .u32 param_m_groups", ".param .u32 param_slice_tiles",
                                 ".param .u32 param_slice_rest"});
    }
    for (std::size_t i = 0; i < last.size(); ++i) {
        text.raw(format("    {}{}", last[i], i + 1 < last.size() ? "," : ""));
    }
    text.raw(")");
}

// Partial sums of an earlier slice: as many as are loaded together.
void declare_split_k(PtxText& text, const KernelPlan& plan, const char* accumulator) {
    if (!plan.split_k()) return;
    text.op(".reg .pred %p_first_slice, %p_last_slice, %p_waits");
    text.op(".reg .b32 %slice, %k_first");
    text.op(".reg .b64 %turn");
    declare(text, accumulator, "partial",
            plan.partial_pairs() * plan.accumulator_registers() / plan.tile_row_steps());
}

const char* accumulator_declaration(types::DataType type) {
    switch (type) {
        case types::DataType::kF32:
            return ".f32";
        case types::DataType::kF64:
            return ".f64";
        default:
            return ".b32";
    }
}

// %t0 and %t1: the row and chunk whose address a lane gives for a fragment whose k is contiguous.
void write_lane_chunk(PtxText& text, const KernelPlan& plan) {
    if (plan.plain_loads()) {
        text.section("Fragment addresses: lane 4g + t has row g, element t of 32 bytes");
        text.op("shr.u32 %t0, %lane, 2");
        text.op("shr.u32 %t1, %lane, 1");
        text.op("and.b32 %t1, %t1, 1");
        return;
    }
    text.section("Fragment addresses: lanes 0-15 give rows of the left chunk, 16-31 of the right");
    text.op("and.b32 %t0, %lane, 15");
    text.op("shr.u32 %t1, %lane, 4");
}

// %t2 and %t3 for write_chunk_addresses(), of the lane's row and chunk in the rows of a warp.
void write_k_contiguous(PtxText& text, const KernelPlan& plan, const CopyPlan& copy,
                        const char* warp, std::uint32_t warp_rows) {
    write_swizzled_chunk(text, copy.swizzle(), "%t0", "%t1");
    text.op(format("mad.lo.u32 %t3, {}, {}, %t0", warp, warp_rows));
    text.op(format("mad.lo.u32 %t3, %t3, {}, %smem", copy.pitch_bytes));
    if (!plan.plain_loads()) return;
    text.op("and.b32 %t4, %lane, 1");
    text.op("shl.b32 %t4, %t4, 3");
    text.op("add.u32 %t3, %t3, %t4");
}

// name0, name1, ...: %t3 plus %t2 with the chunk pairs 0, 1, ... exchanged in.
void write_chunk_addresses(PtxText& text, const char* name, std::uint32_t count) {
    text.op(format("add.u32 %{}0, %t3, %t2", name));
    for (std::uint32_t j = 1; j < count; ++j) {
        text.op(format("xor.b32 %t4, %t2, {}", 2 * kChunkBytes * j));
        text.op(format("add.u32 %{}{}, %t3, %t4", name, j));
    }
}

}  // namespace

void write_header(PtxText& text, const KernelPlan& plan) {
    const GemmProblem& problem = plan.problem;
    const GemmTile& tile = plan.tile;
    const auto input = types::name(problem.input);
    const auto output = types::name(problem.accumulator);
    text.raw(format("// D = {}A . B{}: {} inputs, {} accumulators, A {}; epilogue {}.",
                    problem.epilogue.scaled ? "alpha " : "",
                    !problem.has_c            ? ""
                    : problem.epilogue.scaled ? " + beta C"
                                              : " + C",
                    input, output, problem.sparse ? "sparse" : "dense", problem.epilogue.name()));
    if (plan.split_k()) {
        text.raw(
            "// Split-K: the CTAs of a tile take turns; each adds the partial sums of the one");
        text.raw("// before to its own, and the last one stores D.");
    }
    text.raw(format("// CTA tile {}x{}x{}, warp tile {}x{}, {} stages of {} bytes.", tile.cta_m,
                    tile.cta_n, tile.cta_k, tile.warp_m, tile.warp_n, tile.stages,
                    plan.stage_bytes));
    text.raw(
        format("// A row-major{}, B [K x N] {}-major, C and D [M x N] row-major; pitches in "
               "elements, rows begin at multiples of 16 bytes.",
               plan.extended()  ? " in blocks of fragments, as its metadata E"
               : problem.sparse ? " [M x K/2] with reordered metadata E"
                                : "",
               plan.column_major_b() ? "column" : "row"));
    text.raw(".version 8.5\n.target sm_80\n.address_size 64\n");
    text.raw(".extern .shared .align 128 .b8 stages[];\n");
    write_parameters(text, plan);
    text.raw(format(".maxntid {}, 1, 1\n{{", plan.threads));

    text.op(".reg .pred %p0, %p1, %p_copy, %p_copy_a, %p_copy_b, %p_copy_e");
    text.op(".reg .pred %p_a, %p_b, %p_e, %p_last, %p_wrap, %p_read_wrap");
    text.op(".reg .b32 %t0, %t1, %t2, %t3, %t4, %m, %n, %k, %m0, %n0");
    text.op(".reg .b32 %thread, %lane, %warp_m, %warp_n, %smem, %lda, %ldb, %pitch");
    text.op(".reg .b32 %k_tiles, %left, %trips, %write_slot, %read_slot, %delta, %read_delta");
    text.op(".reg .b32 %a_dst, %b_dst, %e_dst, %e_addr");
    text.op(".reg .b64 %w0, %base, %b_step, %e_step, %row_step");
    for (const char* strand : {"a", "b", "e"}) {
        text.op(format(".reg .pred %{}_p0", strand));
        text.op(format(".reg .b32 %{0}_t<5>, %{0}_pitch, %{0}_m_last", strand));
        text.op(format(".reg .b64 %{0}_base, %{0}_w0", strand));
    }
    if (plan.extended()) text.op(".reg .b64 %a_step");
    declare(text, ".b64", "a_ptr", plan.extended() ? plan.a_blocks.passes : plan.a.copies());
    declare(text, ".b32", "a_size", plan.a.copies());
    declare(text, ".b64", "b_ptr", plan.b.copies());
    declare(text, ".b32", "b_size", plan.b.copies());
    declare(text, ".b64", "e_ptr", plan.e_passes);
    declare(text, ".b64", "row_ptr", plan.tile_row_steps() * plan.row_tiles);
    declare(text, ".b32", "a_addr", plan.a_addresses());
    declare(text, ".b32", "b_addr", plan.b_addresses());
    text.comment("fragments: A and E one k-step ahead; accumulators of 8-column tiles, row-major");
    const char* fragment = plan.plain_loads() ? ".f64" : ".b32";
    declare(text, fragment, "a", plan.fragment_buffers * plan.row_tiles * plan.a_registers());
    declare(text, fragment, "b", plan.b_buffers * plan.groups * plan.b_halves * plan.b_registers());
    declare(text, ".b32", "e", plan.fragment_buffers * plan.e_blocks * plan.e_registers());
    declare(text, accumulator_declaration(problem.accumulator), "acc",
            plan.mmas_per_k_step() * plan.accumulator_registers());
    declare_epilogue(text, plan);
    declare_split_k(text, plan, accumulator_declaration(problem.accumulator));
}

void write_swizzled_chunk(PtxText& text, const Swizzle& swizzle, std::string_view row,
                          std::string_view chunk) {
    if (swizzle.row_shift > 0) {
        text.op(format("shr.u32 %$t2, {}, {}", row, swizzle.row_shift));
        row = "%$t2";
    }
    text.op(format("and.b32 %$t2, {}, {}", row, swizzle.mask));
    if (swizzle.chunk_shift > 0) text.op(format("shl.b32 %$t2, %$t2, {}", swizzle.chunk_shift));
    text.op(format("xor.b32 %$t2, %$t2, {}", chunk));
    text.op("shl.b32 %$t2, %$t2, 4");
}

void write_place(PtxText& text, const KernelPlan& plan) {
    text.op("mov.u32 %t0, %ctaid.z");
    if (plan.split_k()) {
        text.op("ld.param.u32 %t4, [param_m_groups]");
        text.op("div.u32 %slice, %t0, %t4");
        text.op("rem.u32 %t0, %t0, %t4");
    }
    text.op("mov.u32 %t1, %nctaid.x");
    text.op("mov.u32 %t2, %ctaid.x");
    text.op("mov.u32 %t3, %ctaid.y");
    text.op("mad.lo.u32 %m0, %t0, %t1, %t2");
    text.op(format("shl.b32 %m0, %m0, {}", log2_of(plan.tile.cta_m)));
    text.op(format("shl.b32 %n0, %t3, {}", log2_of(plan.tile.cta_n)));
    text.op("mov.u32 %thread, %tid.x");
    text.op("and.b32 %lane, %thread, 31");
    text.op("shr.u32 %t0, %thread, 5");
    text.op(format("and.b32 %warp_m, %t0, {}", plan.warps_m - 1));
    text.op(format("shr.u32 %warp_n, %t0, {}", log2_of(plan.warps_m)));
}

void write_coordinates(PtxText& text, const KernelPlan& plan) {
    text.section("Place of this CTA (M tiles in groups of gridDim.x) and of this thread");
    for (const char* name : {"m", "n", "k", "lda", "ldb"}) {
        if (name[0] == 'n' && !plan.column_major_b()) continue;
        text.op(format("ld.param.u32 %{0}, [param_{0}]", name));
    }
    write_place(text, plan);
    text.op("setp.ge.u32 %p0, %m0, %m");
    text.op("@%p0 bra EXIT");
    text.op("mov.u32 %smem, stages");
    if (plan.split_k()) return write_slice(text);
    text.op(format("add.u32 %k_tiles, %k, {}", plan.tile.cta_k - 1));
    if (plan.extended()) {  // no power of two
        text.op(format("div.u32 %k_tiles, %k_tiles, {}", plan.tile.cta_k));
        return;
    }
    text.op(format("shr.u32 %k_tiles, %k_tiles, {}", log2_of(plan.tile.cta_k)));
}

void write_fragment_setup(PtxText& text, const KernelPlan& plan) {
    if (plan.extended()) return write_extended_fragment_setup(text, plan);
    write_lane_chunk(text, plan);
    write_k_contiguous(text, plan, plan.a, "%warp_m", plan.tile.warp_m);
    write_chunk_addresses(text, "a_addr", plan.a_addresses());

    if (plan.column_major_b()) {
        write_k_contiguous(text, plan, plan.b, "%warp_n", plan.tile.warp_n);
    } else {
        text.op(format("mad.lo.u32 %t1, %warp_n, {}, %t1", plan.tile.warp_n / 8));
        write_swizzled_chunk(text, plan.b.swizzle(), "%t0", "%t1");
        text.op(format("mad.lo.u32 %t3, %t0, {}, %smem", plan.b.row_bytes));
    }
    text.op(format("add.u32 %t3, %t3, {}", plan.b_offset));
    write_chunk_addresses(text, "b_addr", plan.b_addresses());

    if (plan.sparse()) {
        text.comment("metadata: word 4g + t of a block of 128 bytes belongs to lane 4g + t");
        text.op(format("mad.lo.u32 %t0, %warp_m, {}, %lane", plan.e_blocks * isa::kLanes));
        text.op("shl.b32 %t0, %t0, 2");
        text.op("add.u32 %e_addr, %smem, %t0");
        text.op(format("add.u32 %e_addr, %e_addr, {}", plan.e_offset));
    }
}

}  // namespace sptc::gemm

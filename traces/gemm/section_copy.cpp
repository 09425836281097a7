#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;

constexpr int kByteBits = 8;

int log2_of(std::uint32_t power) { return std::countr_zero(power); }

// This thread's chunk column into %$t0 and its row into %$t1; registers of a strand carry its '$'.
void write_copy_place(PtxText& text, const CopyPlan& copy) {
    text.op(format("and.b32 %$t0, %thread, {}", copy.width - 1));
    text.op(format("shr.u32 %$t1, %thread, {}", log2_of(copy.width)));
}

// %name_dst: the swizzled shared address of the first copy in slot 0, for the place in %$t0 and
// %$t1.
void write_destination(PtxText& text, const char* name, const CopyPlan& copy,
                       std::uint32_t offset) {
    write_swizzled_chunk(text, copy.swizzle(), "%$t1", "%$t0");
    text.op(format("mad.lo.u32 %$t2, %$t1, {}, %$t2", copy.pitch_bytes));
    text.op("add.u32 %$t2, %$t2, %smem");
    text.op(format("add.u32 %{}_dst, %$t2, {}", name, offset));
}

// The predicate of the threads that copy at all, where some do not.
void write_participants(PtxText& text, const char* name, std::uint32_t participants,
                        std::uint32_t threads) {
    if (participants == threads) return;
    text.op(format("setp.lt.u32 %p_{}, %thread, {}", name, participants));
}

// %$pitch = the bytes of a pitch in elements, which fills whole chunks.
void write_pitch(PtxText& text, const KernelPlan& plan, const char* elements) {
    const auto bits = static_cast<int>(plan.input_bits());
    if (bits < kByteBits) {
        text.op(format("shr.u32 %$pitch, {}, {}", elements,
                       std::countr_zero(unsigned(kByteBits / bits))));
    } else {
        text.op(format("shl.b32 %$pitch, {}, {}", elements,
                       std::countr_zero(unsigned(bits / kByteBits))));
    }
}

// An operand whose rows in shared memory run along K: A, or a column-major B.
struct KContiguous {
    const char* name;
    const CopyPlan& copy;
    std::uint32_t offset;   // in a stage
    const char* pitch;      // register
    const char* extent;     // register: rows of the operand
    const char* first_row;  // register: of the CTA
};

KContiguous a_operand(const KernelPlan& plan) { return {"a", plan.a, 0, "lda", "%m", "%m0"}; }
KContiguous b_operand(const KernelPlan& plan) {
    return {"b", plan.b, plan.b_offset, "ldb", "%n", "%n0"};
}

// Rows beyond the extent are zero filled from the last row's address.
void write_k_contiguous_setup(PtxText& text, const KernelPlan& plan, const KContiguous& operand) {
    const CopyPlan& copy = operand.copy;
    const char* name = operand.name;
    text.op(format("ld.param.u64 %$base, [param_{}]", name));
    write_copy_place(text, copy);
    write_destination(text, name, copy, operand.offset);
    write_participants(text, name, copy.threads, plan.threads);
    text.op("cvta.to.global.u64 %$base, %$base");
    text.op("mul.wide.u32 %$w0, %$t0, 16");
    text.op("add.s64 %$base, %$base, %$w0");
    write_pitch(text, plan, format("%{}", operand.pitch).c_str());
    text.op(format("sub.u32 %$m_last, {}, 1", operand.extent));
    text.op(format("add.u32 %$t1, %$t1, {}", operand.first_row));
    for (std::uint32_t row = 0; row < copy.row_passes; ++row) {
        const std::uint32_t first = row * copy.column_passes;
        text.op(format("add.u32 %$t2, %$t1, {}", row * copy.rows_per_pass));
        text.op(format("setp.lt.u32 %$p0, %$t2, {}", operand.extent));
        text.op("min.u32 %$t2, %$t2, %$m_last");
        text.op(format("mad.wide.u32 %{}_ptr{}, %$t2, %$pitch, %$base", name, first));
        for (std::uint32_t column = 0; column < copy.column_passes; ++column) {
            text.op(format("selp.b32 %{}_size{}, 16, 0, %$p0", name, first + column));
            if (column == 0) continue;
            text.op(format("add.s64 %{0}_ptr{1}, %{0}_ptr{2}, {3}", name, first + column, first,
                           column * copy.width * kChunkBytes));
        }
    }
}

// A row-major B. Chunks beyond the pitch are zero filled from column 0.
void write_row_major_b_setup(PtxText& text, const KernelPlan& plan) {
    const CopyPlan& copy = plan.b;
    const std::uint32_t chunk_elements = plan.chunk_elements();
    text.op("ld.param.u64 %$base, [param_b]");
    write_copy_place(text, copy);
    write_destination(text, "b", copy, plan.b_offset);
    write_participants(text, "b", copy.threads, plan.threads);
    text.op("cvta.to.global.u64 %$base, %$base");
    write_pitch(text, plan, "%ldb");
    text.op(format("mad.lo.u32 %$t0, %$t0, {}, %n0", chunk_elements));
    for (std::uint32_t column = 0; column < copy.column_passes; ++column) {
        text.op(format("add.u32 %$t2, %$t0, {}", column * copy.width * chunk_elements));
        text.op("setp.lt.u32 %$p0, %$t2, %ldb");
        text.op("selp.b32 %$t2, %$t2, 0, %$p0");
        text.op(format("mad.wide.u32 %$w0, %$t2, {}, %$base", kChunkBytes / chunk_elements));
        for (std::uint32_t row = 0; row < copy.row_passes; ++row) {
            const std::uint32_t index = row * copy.column_passes + column;
            text.op(format("add.u32 %$t3, %$t1, {}", row * copy.rows_per_pass));
            text.op(format("mad.wide.u32 %b_ptr{}, %$t3, %$pitch, %$w0", index));
            text.op(format("selp.b32 %b_size{}, 16, 0, %$p0", index));
        }
    }
    text.op(format("mul.wide.u32 %b_step, %$pitch, {}", plan.tile.cta_k));
}

// For each k-step the words of cta_m rows are contiguous.
void write_e_setup(PtxText& text, const KernelPlan& plan) {
    const std::uint32_t row_bytes = plan.metadata_row_bytes();
    const std::uint32_t block_chunks = plan.tile.cta_m * row_bytes / kChunkBytes;
    text.op("ld.param.u64 %$base, [param_e]");
    text.op("ld.param.u32 %$pitch, [param_m_metadata]");
    write_participants(text, "e", plan.e_threads, plan.threads);
    text.op("cvta.to.global.u64 %$base, %$base");
    text.op(format("shl.b32 %$pitch, %$pitch, {}", log2_of(row_bytes)));
    text.op(format("mul.wide.u32 %$w0, %m0, {}", row_bytes));
    text.op("add.s64 %$base, %$base, %$w0");
    for (std::uint32_t pass = 0; pass < plan.e_passes; ++pass) {
        text.op(format("add.u32 %$t0, %thread, {}", pass * plan.threads));
        text.op(format("shr.u32 %$t1, %$t0, {}", log2_of(block_chunks)));
        text.op(format("and.b32 %$t0, %$t0, {}", block_chunks - 1));
        text.op("mul.wide.u32 %$w0, %$t0, 16");
        text.op(format("mad.wide.u32 %e_ptr{}, %$t1, %$pitch, %$base", pass));
        text.op(format("add.s64 %e_ptr{0}, %e_ptr{0}, %$w0", pass));
    }
    text.op(format("mad.lo.u32 %e_dst, %thread, {}, %smem", kChunkBytes));
    text.op(format("add.u32 %e_dst, %e_dst, {}", plan.e_offset));
    text.op(format("mul.wide.u32 %e_step, %$pitch, {}", plan.k_steps));
}

// The predicate that guards the copies of an operand: its own when only some threads copy.
std::string guard(const char* name, std::uint32_t participants, std::uint32_t threads) {
    return participants == threads ? "%p_copy" : format("%p_copy_{}", name);
}

void add_copies(std::vector<std::string>& out, const char* name, const CopyPlan& copy,
                const std::string& predicate) {
    for (std::uint32_t i = 0; i < copy.copies(); ++i) {
        const std::uint32_t row = i / copy.column_passes * copy.rows_per_pass;
        const std::uint32_t chunk = i % copy.column_passes * copy.width;
        out.push_back(
            format("@{0} cp.async.cg.shared.global [%{1}_dst+{2}], [%{1}_ptr{3}], 16, "
                   "%{1}_size{3}",
                   predicate, name, row * copy.pitch_bytes + chunk * kChunkBytes, i));
    }
}

void add_pointer_steps(std::vector<std::string>& out, const char* name, std::uint32_t count,
                       const std::string& step) {
    for (std::uint32_t i = 0; i < count; ++i) {
        out.push_back(format("add.s64 %{0}_ptr{1}, %{0}_ptr{1}, {2}", name, i, step));
    }
}

}  // namespace

void write_copy_setup(PtxText& text, const KernelPlan& plan) {
    text.section("Copies: source, size, destination and stride; one strand an operand");
    std::vector<PtxText> strands{PtxText("a_"), PtxText("b_")};
    if (plan.extended()) {
        write_block_setup(strands[0], plan, plan.a_blocks);
    } else {
        write_k_contiguous_setup(strands[0], plan, a_operand(plan));
    }
    if (plan.column_major_b()) {
        write_k_contiguous_setup(strands[1], plan, b_operand(plan));
    } else {
        write_row_major_b_setup(strands[1], plan);
    }
    if (plan.extended()) {
        write_block_setup(strands.emplace_back("e_"), plan, plan.e_blocks_copy);
    } else if (plan.sparse()) {
        write_e_setup(strands.emplace_back("e_"), plan);
    }
    text.weave(strands);
    if (plan.split_k()) write_slice_start(text, plan);
}

std::vector<std::string> copy_instructions(const KernelPlan& plan) {
    std::vector<std::string> out;
    if (plan.extended()) {
        add_block_copies(out, plan, plan.a_blocks);
        add_block_copies(out, plan, plan.e_blocks_copy);
    } else {
        add_copies(out, "a", plan.a, guard("a", plan.a.threads, plan.threads));
    }
    if (plan.sparse() && !plan.extended()) {
        const std::string predicate = guard("e", plan.e_threads, plan.threads);
        for (std::uint32_t i = 0; i < plan.e_passes; ++i) {
            out.push_back(format("@{} cp.async.cg.shared.global [%e_dst+{}], [%e_ptr{}], 16",
                                 predicate, i * plan.threads * kChunkBytes, i));
        }
    }
    add_copies(out, "b", plan.b, guard("b", plan.b.threads, plan.threads));
    out.push_back("cp.async.commit_group");
    return out;
}

std::vector<std::string> copy_advance(const KernelPlan& plan) {
    std::vector<std::string> out;
    if (plan.extended()) {
        add_pointer_steps(out, "a", plan.a_blocks.passes, "%a_step");
    } else {
        add_pointer_steps(out, "a", plan.a.copies(), std::to_string(plan.a.row_bytes));
    }
    if (plan.sparse()) add_pointer_steps(out, "e", plan.e_passes, "%e_step");
    add_pointer_steps(out, "b", plan.b.copies(),
                      plan.column_major_b() ? std::to_string(plan.b.row_bytes) : "%b_step");
    const std::vector<std::string> slot{
        "@%p_copy sub.u32 %left, %left, 1",
        "add.u32 %write_slot, %write_slot, 1",
        format("setp.eq.u32 %p_wrap, %write_slot, {}", plan.tile.stages),
        format("selp.b32 %delta, -{}, {}, %p_wrap", (plan.tile.stages - 1) * plan.stage_bytes,
               plan.stage_bytes),
        "selp.b32 %write_slot, 0, %write_slot, %p_wrap",
        "add.u32 %a_dst, %a_dst, %delta",
        "add.u32 %b_dst, %b_dst, %delta",
    };
    out.insert(out.end(), slot.begin(), slot.end());
    if (plan.sparse()) out.push_back("add.u32 %e_dst, %e_dst, %delta");
    return out;
}

std::vector<std::string> copy_predicates(const KernelPlan& plan) {
    std::vector<std::string> out{"setp.ne.u32 %p_copy, %left, 0"};
    const auto combine = [&](const char* name, std::uint32_t participants) {
        if (participants == plan.threads) return;
        out.push_back(format("and.pred %p_copy_{0}, %p_copy, %p_{0}", name));
    };
    combine("a", plan.extended() ? plan.a_blocks.last_threads : plan.a.threads);
    combine("b", plan.b.threads);
    if (plan.sparse()) combine("e", plan.e_threads);
    out.push_back("setp.eq.u32 %p_last, %left, 1");
    return out;
}

namespace {

// Rows of a row-major B, at %base, beyond K; %t3 is the first row of the last tile.
void write_last_rows(PtxText& text, const KernelPlan& plan) {
    write_copy_place(text, plan.b);
    text.op("add.u32 %t1, %t1, %t3");
    for (std::uint32_t row = 0; row < plan.b.row_passes; ++row) {
        text.op(format("add.u32 %t2, %t1, {}", row * plan.b.rows_per_pass));
        text.op("setp.lt.u32 %p0, %t2, %k");
        for (std::uint32_t column = 0; column < plan.b.column_passes; ++column) {
            const std::uint32_t i = row * plan.b.column_passes + column;
            text.op(format("selp.b32 %b_size{0}, %b_size{0}, 0, %p0", i));
            text.op(format("selp.b64 %b_ptr{0}, %b_ptr{0}, %base, %p0", i));
        }
    }
}

// Chunks beyond the pitch of an operand at %base that runs along K; %t3 is the first column of the
// last tile.
void write_last_chunks(PtxText& text, const KernelPlan& plan, const KContiguous& operand) {
    const CopyPlan& copy = operand.copy;
    write_copy_place(text, copy);
    text.op(format("mad.lo.u32 %t0, %t0, {}, %t3", plan.chunk_elements()));
    for (std::uint32_t column = 0; column < copy.column_passes; ++column) {
        text.op(format("add.u32 %t2, %t0, {}", column * copy.width * plan.chunk_elements()));
        text.op(format("setp.lt.u32 %p0, %t2, %{}", operand.pitch));
        for (std::uint32_t row = 0; row < copy.row_passes; ++row) {
            const std::uint32_t i = row * copy.column_passes + column;
            text.op(format("selp.b32 %{0}_size{1}, %{0}_size{1}, 0, %p0", operand.name, i));
            text.op(format("selp.b64 %{0}_ptr{1}, %{0}_ptr{1}, %base, %p0", operand.name, i));
        }
    }
}

}  // namespace

void write_last_tile(PtxText& text, const KernelPlan& plan) {
    text.op("ld.param.u64 %base, [param_b]");
    text.op("ld.param.u32 %k, [param_k]");
    text.op("cvta.to.global.u64 %base, %base");
    text.comment("%t3: first logical column of the last tile");
    if (plan.split_k()) {
        write_slice_last_column(text, plan);
    } else {
        text.op("sub.u32 %t3, %k, 1");
        if (plan.extended()) {
            text.op(format("div.u32 %t3, %t3, {}", plan.tile.cta_k));
            text.op(format("mul.lo.u32 %t3, %t3, {}", plan.tile.cta_k));
        } else {
            text.op(format("and.b32 %t3, %t3, -{}", plan.tile.cta_k));
        }
    }
    if (plan.column_major_b()) {
        text.op("ld.param.u32 %ldb, [param_ldb]");
        write_last_chunks(text, plan, b_operand(plan));
    } else {
        write_last_rows(text, plan);
    }
    if (plan.sparse()) return;  // A covers whole stages
    text.op("ld.param.u64 %base, [param_a]");
    text.op("ld.param.u32 %lda, [param_lda]");
    text.op("cvta.to.global.u64 %base, %base");
    write_last_chunks(text, plan, a_operand(plan));
}

void write_prologue(PtxText& text, const KernelPlan& plan) {
    text.section("Prologue: the first stages - 1 tiles of K are on their way");
    text.op("mov.u32 %left, %k_tiles");
    text.op("mov.u32 %write_slot, 0");
    text.op(format("mov.u32 %trips, {}", plan.tile.stages - 1));
    text.label("PROLOGUE");
    text.ops(copy_predicates(plan));
    text.op("@!%p_last bra PROLOGUE_COPY");
    write_last_tile(text, plan);
    text.label("PROLOGUE_COPY");
    text.ops(copy_instructions(plan));
    text.ops(copy_advance(plan));
    text.op("sub.u32 %trips, %trips, 1");
    text.op("setp.ne.u32 %p0, %trips, 0");
    text.op("@%p0 bra PROLOGUE");
}

}  // namespace sptc::gemm

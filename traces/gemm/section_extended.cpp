#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "traces/gemm/nm_operands.hpp"
#include "traces/gemm/sections.hpp"

// What kernels of extended N:M forms do otherwise: A and E come in blocks of fragments, which a
// plain vector load brings to the registers, and rows of B in shared memory are padded, not
// swizzled, because neither their length nor the k-step is a power of two.
namespace sptc::gemm {

using fmt::format;

namespace {

int log2_of(std::uint32_t power) { return std::countr_zero(power); }

constexpr std::uint32_t kTileRows = 16;
constexpr std::uint32_t kRegisterBytes = 128;  // of a warp

// %name_addr of this lane in the first block of its warp.
void write_block_address(PtxText& text, const KernelPlan& plan, const BlockCopyPlan& copy,
                         const char* address, std::uint32_t registers) {
    const std::uint32_t blocks = plan.tile.warp_m / (kTileRows * copy.row_tiles);
    text.op(format("mad.lo.u32 %t0, %warp_m, {}, %smem", blocks * copy.block_bytes));
    text.op(format("mad.lo.u32 %t0, %lane, {}, %t0", 4 * load_width(registers)));
    text.op(format("add.u32 %{}, %t0, {}", address, copy.offset));
}

}  // namespace

void write_block_setup(PtxText& text, const KernelPlan& plan, const BlockCopyPlan& copy) {
    const std::uint32_t rows = kTileRows * copy.row_tiles;
    text.op(format("ld.param.u64 %$base, [param_{}]", copy.name));
    text.op("ld.param.u32 %$pitch, [param_m_metadata]");
    if (copy.last_threads != plan.threads) {
        text.op(format("setp.lt.u32 %p_{}, %thread, {}", copy.name, copy.last_threads));
    }
    text.op("cvta.to.global.u64 %$base, %$base");
    text.op(format("shr.u32 %$pitch, %$pitch, {}", log2_of(rows)));
    text.op(format("mul.lo.u32 %$pitch, %$pitch, {}", copy.block_bytes));
    text.op(format("shr.u32 %$t0, %m0, {}", log2_of(rows)));
    text.op(format("mul.wide.u32 %$w0, %$t0, {}", copy.block_bytes));
    text.op("add.s64 %$base, %$base, %$w0");
    for (std::uint32_t pass = 0; pass < copy.passes; ++pass) {
        text.op(format("add.u32 %$t0, %thread, {}", pass * plan.threads));
        text.op(format("div.u32 %$t1, %$t0, {}", copy.step_chunks));
        text.op(format("mul.lo.u32 %$t2, %$t1, {}", copy.step_chunks));
        text.op("sub.u32 %$t0, %$t0, %$t2");
        text.op(format("mul.wide.u32 %$w0, %$t0, {}", kChunkBytes));
        text.op(format("mad.wide.u32 %{}_ptr{}, %$t1, %$pitch, %$base", copy.name, pass));
        text.op(format("add.s64 %{0}_ptr{1}, %{0}_ptr{1}, %$w0", copy.name, pass));
    }
    text.op(format("mad.lo.u32 %{}_dst, %thread, {}, %smem", copy.name, kChunkBytes));
    text.op(format("add.u32 %{0}_dst, %{0}_dst, {1}", copy.name, copy.offset));
    text.op(format("mul.wide.u32 %{}_step, %$pitch, {}", copy.name, plan.k_steps));
}

void add_block_copies(std::vector<std::string>& out, const KernelPlan& plan,
                      const BlockCopyPlan& copy) {
    for (std::uint32_t pass = 0; pass < copy.passes; ++pass) {
        const bool whole = pass + 1 < copy.passes || copy.last_threads == plan.threads;
        out.push_back(
            format("@%p_copy{0} cp.async.cg.shared.global [%{1}_dst+{2}], [%{1}_ptr{3}], "
                   "16",
                   whole ? "" : format("_{}", copy.name), copy.name,
                   pass * plan.threads * kChunkBytes, pass));
    }
}

void write_extended_fragment_setup(PtxText& text, const KernelPlan& plan) {
    text.section("Fragment addresses: of blocks of A and E, and of rows of B");
    write_block_address(text, plan, plan.a_blocks, "a_addr0", plan.a_registers());
    write_block_address(text, plan, plan.e_blocks_copy, "e_addr", plan.e_registers());
    if (plan.column_major_b()) {
        text.comment("lanes 0-15 give columns of the left chunk of k, 16-31 of the right");
        text.op("and.b32 %t0, %lane, 15");
        text.op("shr.u32 %t1, %lane, 4");
        text.op(format("mad.lo.u32 %t0, %warp_n, {}, %t0", plan.tile.warp_n));
    } else {
        text.comment(
            "lanes 0-7 give rows 0-7 of k of 8 columns, 8-15 of the next 8; then rows 8-15");
        text.op("and.b32 %t0, %lane, 7");
        text.op("shr.u32 %t1, %lane, 4");
        text.op("mad.lo.u32 %t0, %t1, 8, %t0");
        text.op("shr.u32 %t1, %lane, 3");
        text.op("and.b32 %t1, %t1, 1");
        text.op(format("mad.lo.u32 %t1, %warp_n, {}, %t1", plan.tile.warp_n / 8));
    }
    text.op(format("mad.lo.u32 %t0, %t0, {}, %smem", plan.b.pitch_bytes));
    text.op(format("mad.lo.u32 %t0, %t1, {}, %t0", kChunkBytes));
    text.op(format("add.u32 %b_addr0, %t0, {}", plan.b_offset));
}

std::vector<std::string> load_block(const BlockCopyPlan& copy, std::uint32_t k_step,
                                    std::uint32_t block, std::uint32_t first,
                                    std::uint32_t registers) {
    const std::uint32_t width = load_width(registers);
    const std::uint32_t begin = k_step * copy.step_chunks * kChunkBytes + block * copy.block_bytes;
    const char* const address = copy.name[0] == 'a' ? "a_addr0" : "e_addr";
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < registers; i += width) {
        std::string target = format("%{}{}", copy.name, first + i);
        for (std::uint32_t j = 1; j < width; ++j) {
            target += format(", %{}{}", copy.name, first + i + j);
        }
        if (width > 1) target = "{" + target + "}";
        out.push_back(format("ld.shared.{}b32 {}, [%{}+{}]", width > 1 ? format("v{}.", width) : "",
                             target, address, begin + i * kRegisterBytes));
    }
    return out;
}

std::string load_extended_b(const KernelPlan& plan, std::uint32_t k_step, std::uint32_t group,
                            std::uint32_t first_block, std::uint32_t blocks, std::uint32_t first) {
    const std::uint32_t block = k_step * plan.b_blocks() + first_block;
    const std::uint32_t offset = plan.column_major_b()
                                     ? group * 16 * plan.b.pitch_bytes + block * kChunkBytes
                                     : block * 8 * plan.b.pitch_bytes + group * 2 * kChunkBytes;
    std::string registers = format("%b{}", first);
    for (std::uint32_t i = 1; i < 2 * blocks; ++i) registers += format(", %b{}", first + i);
    return format("ldmatrix.sync.aligned.m8n8.x{}{}.shared.b16 {{{}}}, [%b_addr0+{}]", 2 * blocks,
                  plan.column_major_b() ? "" : ".trans", registers, offset);
}

}  // namespace sptc::gemm

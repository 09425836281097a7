#pragma once
#include <string>

#include "tests/support/ptx_run.hpp"

namespace sptc::test {

/// The main loop of a small sparse GEMM, written by hand: 4 warps, cp.async into two stages,
/// ldmatrix, mma.sp, and a guarded epilogue. Not a useful product; what matters is that it has
/// every kind of instruction of one. Parameters: A, B, E, D (u64), k_tiles (u32).
inline std::string tile_loop_kernel() {
    std::string mma;
    for (int i = 0; i < 8; ++i) {
        std::string d = "{";
        for (int j = 0; j < 4; ++j) {
            if (j > 0) d += ", ";
            d += "%acc";
            d += std::to_string(4 * i + j);
        }
        d += "}";
        mma += "    mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 ";
        mma += d;
        mma += ", {%a0, %a1, %a2, %a3}, {%b0, %b1, %b2, %b3}, ";
        mma += d;
        mma += ", %e, ";
        mma += std::to_string(i % 2);
        mma += ";\n";
    }
    return std::string(kPtxHeader) + R"(.extern .shared .align 16 .b8 smem[];
.visible .entry tile_loop(.param .u64 A, .param .u64 B, .param .u64 E, .param .u64 D, .param .u32 k_tiles)
{
    .reg .pred %more, %low, %inside;
    .reg .b32 %acc<32>, %a<4>, %b<4>, %e, %tid, %k, %k_tiles, %stage, %write, %read, %size, %cta;
    .reg .b64 %A, %B, %E, %D, %offset;
    ld.param.u64 %A, [A];
    ld.param.u64 %B, [B];
    ld.param.u64 %E, [E];
    ld.param.u64 %D, [D];
    ld.param.u32 %k_tiles, [k_tiles];
    mov.u32 %tid, %tid.x;
    mov.u32 %cta, %ctaid.x;
    mul.wide.u32 %offset, %tid, 16;
    add.u64 %A, %A, %offset;
    add.u64 %B, %B, %offset;
    mul.wide.u32 %offset, %tid, 4;
    add.u64 %E, %E, %offset;
    mad.lo.u32 %write, %cta, 128, %tid;
    mul.wide.u32 %offset, %write, 16;
    add.u64 %D, %D, %offset;
    mov.u32 %k, 0;
    mov.u32 %stage, smem;
LOOP:
    shl.b32 %write, %tid, 4;
    add.u32 %write, %write, %stage;
    sub.u32 %size, %k_tiles, %k;
    min.u32 %size, %size, 2;
    shl.b32 %size, %size, 3;
    cp.async.cg.shared.global [%write], [%A], 16, %size;
    cp.async.cg.shared.global [%write+2048], [%B], 16;
    cp.async.commit_group;
    ld.global.u32 %e, [%E];
    cp.async.wait_group 0;
    bar.sync 0;
    and.b32 %read, %tid, 31;
    shl.b32 %read, %read, 4;
    add.u32 %read, %read, %stage;
    ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%a0, %a1, %a2, %a3}, [%read];
    ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%b0, %b1, %b2, %b3}, [%read+2048];
)" + mma + R"(
    mov.u32 %write, smem;
    sub.u32 %read, %stage, %write;
    xor.b32 %read, %read, 4096;
    add.u32 %stage, %read, %write;
    add.u64 %A, %A, 2048;
    add.u64 %B, %B, 2048;
    add.u64 %E, %E, 512;
    add.u32 %k, %k, 1;
    setp.lt.u32 %more, %k, %k_tiles;
    @%more bra.uni LOOP;
    setp.lt.u32 %inside, %tid, 100;
    @%inside st.global.v4.b32 [%D], {%acc0, %acc5, %acc10, %acc15};
    ret;
}
)";
}

inline KernelRun tile_loop_run(std::uint32_t k_tiles, std::uint32_t ctas, launch::Values values) {
    KernelRun run(tile_loop_kernel(), 128);
    run.values = values;
    run.launch.grid = {ctas, 1, 1};
    run.launch.dynamic_shared_bytes = 8192;
    run.output("A", 2048ull * k_tiles)
        .output("B", 2048ull * k_tiles)
        .output("E", 512ull * k_tiles)
        .output("D", 2048ull * ctas)
        .scalar("u32", k_tiles);
    return run;
}

}  // namespace sptc::test

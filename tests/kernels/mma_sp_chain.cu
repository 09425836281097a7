// Issue rate and latency of mma.sp: each warp runs `iterations` trips of a loop whose body holds COPIES independent
// accumulations D = A . B + D. Every register of A, B and E holds the same argument. The clocks of every warp's first lane are written out.
// Compiled to PTX with: nvcc -arch=sm_80 -ptx -DCOPIES=1 (or 2) -o mma_sp_chain_1.ptx mma_sp_chain.cu
#include <cstdint>

extern "C" __global__ void mma_sp_chain(uint64_t* cycles, float* sums, int iterations, uint32_t a, uint32_t b,
                                        uint32_t metadata) {
    float d[COPIES][4] = {};
    const uint64_t begin = clock64();
#pragma unroll 1
    for (int i = 0; i < iterations; ++i) {
#pragma unroll
        for (int copy = 0; copy < COPIES; ++copy) {
            asm volatile(
                "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 "
                "{%0, %1, %2, %3}, {%4, %4, %4, %4}, {%5, %5, %5, %5}, {%0, %1, %2, %3}, %6, 0x0;"
                : "+f"(d[copy][0]), "+f"(d[copy][1]), "+f"(d[copy][2]), "+f"(d[copy][3])
                : "r"(a), "r"(b), "r"(metadata));
        }
        __syncwarp();
    }
    const uint64_t end = clock64();
    float sum = 0;
    for (int copy = 0; copy < COPIES; ++copy) sum += d[copy][0] + d[copy][1] + d[copy][2] + d[copy][3];
    sums[threadIdx.x] = sum;
    if (threadIdx.x % 32 == 0) cycles[threadIdx.x / 32] = end - begin;
}

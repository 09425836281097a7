// C = A B with A in 2:4: stored values [M x K/2] in f16, metadata words E [M x K/16] of 16 bits in row-major order, B [K x N] in
// f16, C in f32. A CTA of 8 warps makes 128 x 128 of C, a warp 64 x 32, from three stages of cp.async in dynamic shared memory
// (84 KiB). M, N are multiples of 128, K of 64.
#include <cuda_fp16.h>
#include <cstdint>

namespace {
constexpr int kM = 128, kN = 128, kK = 64, kStages = 3, kThreads = 256;
constexpr int kPitchA = kK / 2 + 8, kPitchB = kN + 8;

struct Stage {
    __half a[kM][kPitchA];
    __half b[kK][kPitchB];
    uint16_t e[kM][kK / 16];
};

struct Operands {
    const __half* a;
    const uint16_t* e;
    const __half* b;
    int n, k;
};

__device__ uint32_t shared_address(const void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

__device__ void copy16(void* to, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(to)), "l"(from));
}

__device__ void load_stage(Stage& stage, const Operands& o, int k0) {
    if (k0 < o.k) {
        for (int i = threadIdx.x; i < kM * kK / 16; i += kThreads) {
            const int row = i / (kK / 16), column = i % (kK / 16) * 8;
            copy16(&stage.a[row][column], o.a + row * (o.k / 2) + k0 / 2 + column);
        }
        for (int i = threadIdx.x; i < kK * kN / 8; i += kThreads) {
            const int row = i / (kN / 8), column = i % (kN / 8) * 8;
            copy16(&stage.b[row][column], o.b + (k0 + row) * o.n + column);
        }
        if (threadIdx.x < kM) {
            asm volatile("cp.async.ca.shared.global [%0], [%1], 8;" ::"r"(shared_address(stage.e[threadIdx.x])),
                         "l"(o.e + threadIdx.x * (o.k / 16) + k0 / 16));
        }
    }
    asm volatile("cp.async.commit_group;");
}
}  // namespace

extern "C" __global__ void __launch_bounds__(kThreads)
spgemm_mma_sp(const __half* a, const uint16_t* e, const __half* b, float* c, int n, int k) {
    extern __shared__ __align__(16) unsigned char memory[];
    Stage* stages = reinterpret_cast<Stage*>(memory);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int warp_row = warp / 4 * 64, warp_column = warp % 4 * 32;
    const Operands o{a + blockIdx.y * kM * (k / 2), e + blockIdx.y * kM * (k / 16), b + blockIdx.x * kN, n, k};
    float d[4][4][4] = {};
    for (int i = 0; i < kStages - 1; ++i) load_stage(stages[i], o, i * kK);
    int read = 0, write = kStages - 1;
#pragma unroll 1
    for (int k0 = 0; k0 < k; k0 += kK) {
        asm volatile("cp.async.wait_group %0;" ::"n"(kStages - 2) : "memory");
        __syncthreads();
        load_stage(stages[write], o, k0 + (kStages - 1) * kK);
        write = write == kStages - 1 ? 0 : write + 1;
        const Stage& stage = stages[read];
        read = read == kStages - 1 ? 0 : read + 1;
#pragma unroll
        for (int kk = 0; kk < kK; kk += 32) {
            uint32_t fa[4][4], fe[4], fb[4][4];
            for (int i = 0; i < 4; ++i) {
                const int row = warp_row + 16 * i;
                const uint32_t at = shared_address(&stage.a[row + lane % 16][kk / 2 + lane / 16 * 8]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                             : "=r"(fa[i][0]), "=r"(fa[i][1]), "=r"(fa[i][2]), "=r"(fa[i][3])
                             : "r"(at));
                // Lanes 0 and 1 of each quad give the metadata (selector 0): columns 0-15 and 16-31 of rows g and g + 8.
                const int word = kk / 16 + lane % 2;
                fe[i] = stage.e[row + lane / 4][word] | (stage.e[row + lane / 4 + 8][word] << 16);
            }
            for (int j = 0; j < 4; ++j) {
                const uint32_t at = shared_address(&stage.b[kk + lane][warp_column + 8 * j]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                             : "=r"(fb[j][0]), "=r"(fb[j][1]), "=r"(fb[j][2]), "=r"(fb[j][3])
                             : "r"(at));
            }
            for (int i = 0; i < 4; ++i) {
                for (int j = 0; j < 4; ++j) {
                    asm volatile(
                        "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
                        "{%4, %5, %6, %7}, {%8, %9, %10, %11}, {%0, %1, %2, %3}, %12, 0x0;"
                        : "+f"(d[i][j][0]), "+f"(d[i][j][1]), "+f"(d[i][j][2]), "+f"(d[i][j][3])
                        : "r"(fa[i][0]), "r"(fa[i][1]), "r"(fa[i][2]), "r"(fa[i][3]), "r"(fb[j][0]), "r"(fb[j][1]),
                          "r"(fb[j][2]), "r"(fb[j][3]), "r"(fe[i]));
                }
            }
        }
    }
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            const int row = blockIdx.y * kM + warp_row + 16 * i + lane / 4;
            const int column = blockIdx.x * kN + warp_column + 8 * j + lane % 4 * 2;
            *reinterpret_cast<float2*>(&c[row * n + column]) = make_float2(d[i][j][0], d[i][j][1]);
            *reinterpret_cast<float2*>(&c[(row + 8) * n + column]) = make_float2(d[i][j][2], d[i][j][3]);
        }
    }
}

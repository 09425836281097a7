// C = A B on tensor cores: A [M x K] and B [K x N] in f16, row-major, C in f32. A CTA of 4 warps makes 64 x 64 of C, a warp
// 32 x 32, from two stages of cp.async; ldmatrix reads A as it is and B transposed. M, N are multiples of 64, K of 32.
#include <cuda_fp16.h>
#include <cstdint>

namespace {
constexpr int kCta = 64, kK = 32, kStages = 2;
constexpr int kPitchA = kK + 8, kPitchB = kCta + 8;  // 16 bytes of padding: no bank conflicts of ldmatrix

__device__ uint32_t shared_address(const void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

__device__ void copy16(void* to, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(to)), "l"(from));
}

__device__ void load_stage(__half (*tile_a)[kPitchA], __half (*tile_b)[kPitchB], const __half* a, const __half* b,
                           int n, int k, int k0) {
    for (int i = threadIdx.x; i < kCta * kK / 8; i += 128) {
        const int row = i / (kK / 8), column = i % (kK / 8) * 8;
        copy16(&tile_a[row][column], a + row * k + k0 + column);
    }
    for (int i = threadIdx.x; i < kK * kCta / 8; i += 128) {
        const int row = i / (kCta / 8), column = i % (kCta / 8) * 8;
        copy16(&tile_b[row][column], b + (k0 + row) * n + column);
    }
    asm volatile("cp.async.commit_group;");
}
}  // namespace

extern "C" __global__ void __launch_bounds__(128)
hgemm_mma(const __half* a, const __half* b, float* c, int n, int k) {
    __shared__ __align__(16) __half tile_a[kStages][kCta][kPitchA];
    __shared__ __align__(16) __half tile_b[kStages][kK][kPitchB];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int warp_row = warp / 2 * 32, warp_column = warp % 2 * 32;
    a += blockIdx.y * kCta * k;
    b += blockIdx.x * kCta;
    float d[2][4][4] = {};
    load_stage(tile_a[0], tile_b[0], a, b, n, k, 0);
    for (int step = 0; step < k / kK; ++step) {
        const int stage = step % kStages;
        if ((step + 1) * kK < k) {
            load_stage(tile_a[stage ^ 1], tile_b[stage ^ 1], a, b, n, k, (step + 1) * kK);
            asm volatile("cp.async.wait_group 1;" ::: "memory");
        } else {
            asm volatile("cp.async.wait_group 0;" ::: "memory");
        }
        __syncthreads();
#pragma unroll
        for (int kk = 0; kk < kK; kk += 16) {
            uint32_t fa[2][4], fb[4][2];
            for (int i = 0; i < 2; ++i) {
                const uint32_t at =
                    shared_address(&tile_a[stage][warp_row + 16 * i + lane % 16][kk + lane / 16 * 8]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                             : "=r"(fa[i][0]), "=r"(fa[i][1]), "=r"(fa[i][2]), "=r"(fa[i][3])
                             : "r"(at));
            }
            for (int j = 0; j < 4; j += 2) {
                const uint32_t at =
                    shared_address(&tile_b[stage][kk + lane % 16][warp_column + 8 * j + lane / 16 * 8]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                             : "=r"(fb[j][0]), "=r"(fb[j][1]), "=r"(fb[j + 1][0]), "=r"(fb[j + 1][1])
                             : "r"(at));
            }
            for (int i = 0; i < 2; ++i) {
                for (int j = 0; j < 4; ++j) {
                    asm volatile(
                        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
                        "{%8, %9}, {%0, %1, %2, %3};"
                        : "+f"(d[i][j][0]), "+f"(d[i][j][1]), "+f"(d[i][j][2]), "+f"(d[i][j][3])
                        : "r"(fa[i][0]), "r"(fa[i][1]), "r"(fa[i][2]), "r"(fa[i][3]), "r"(fb[j][0]), "r"(fb[j][1]));
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 4; ++j) {
            const int row = blockIdx.y * kCta + warp_row + 16 * i + lane / 4;
            const int column = blockIdx.x * kCta + warp_column + 8 * j + lane % 4 * 2;
            *reinterpret_cast<float2*>(&c[row * n + column]) = make_float2(d[i][j][0], d[i][j][1]);
            *reinterpret_cast<float2*>(&c[(row + 8) * n + column]) = make_float2(d[i][j][2], d[i][j][3]);
        }
    }
}

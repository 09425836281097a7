// What nvcc's headers and device library make of functions that kernels call: 128-bit division, math functions with their slow
// paths, tiles of cooperative groups, atomics of every kind.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace cg = cooperative_groups;

// out: words of the quotient by 7 and of the remainder by b, of a (b + thread) + a.
extern "C" __global__ void wide_division(unsigned* out, unsigned long long a, unsigned long long b) {
    const unsigned __int128 x = (unsigned __int128)a * (b + threadIdx.x) + a;
    const unsigned __int128 quotient = x / 7;
    const unsigned __int128 remainder = x % b;
    for (int word = 0; word < 4; ++word) {
        out[8 * threadIdx.x + word] = (unsigned)(quotient >> (32 * word));
        out[8 * threadIdx.x + 4 + word] = (unsigned)(remainder >> (32 * word));
    }
}

extern "C" __global__ void tiles(int* out, const int* in) {
    const auto warp = cg::tiled_partition<32>(cg::this_thread_block());
    const auto quad = cg::tiled_partition<4>(warp);
    const int x = in[threadIdx.x];
    int* mine = out + 8 * threadIdx.x;
    mine[0] = cg::reduce(warp, x, cg::plus<int>());
    mine[1] = cg::reduce(quad, x, cg::greater<int>());
    mine[2] = quad.shfl_down(x, 1);
    mine[3] = quad.ballot(x & 1);
    mine[4] = warp.match_any(x);
    mine[5] = quad.any(x > 7);
    mine[6] = mine[7] = 0;
    if (x & 1) {
        const auto odd = cg::coalesced_threads();
        mine[6] = odd.size();
        mine[7] = odd.shfl(x, 0) + 100 * odd.thread_rank();
    }
}

// in: up to 10^6, so that trigonometric functions reduce their arguments the long way too.
extern "C" __global__ void math(float* out, double* out64, const float* in) {
    const float x = in[threadIdx.x];
    const float small = x * 0x1p-18f;
    float* mine = out + 16 * threadIdx.x;
    mine[0] = sinf(x);
    mine[1] = cosf(x);
    mine[2] = expf(small);
    mine[3] = logf(fabsf(x) + 1.0f);
    mine[4] = powf(fabsf(small), 1.75f);
    mine[5] = erff(small);
    mine[6] = tanhf(small);
    mine[7] = x / (small + 5.0f);
    mine[8] = fmodf(x, 0.75f);
    mine[9] = sqrtf(fabsf(x));
    mine[10] = rsqrtf(fabsf(x) + 1.0f);
    mine[11] = atan2f(x, 3.0f);
    mine[12] = log1pf(fabsf(small));
    mine[13] = exp2f(small);
    mine[14] = cbrtf(x);
    mine[15] = rintf(x * 0.375f);
    const double d = x;
    double* wide = out64 + 8 * threadIdx.x;
    wide[0] = d / 3.7;
    wide[1] = sin(d);
    wide[2] = exp(d * 0x1p-18);
    wide[3] = log(fabs(d) + 1.0);
    wide[4] = pow(fabs(d), 0.3);
    wide[5] = sqrt(fabs(d));
    wide[6] = tanh(d * 0x1p-18);
    wide[7] = fmod(d, 0.7);
}

// All threads of a warp on the same words.
extern "C" __global__ void atomics(int* s32, unsigned* u32, unsigned long long* u64, float* f32, double* f64,
                                   __half2* f16, __nv_bfloat162* bf16) {
    const int t = threadIdx.x;
    atomicAdd(s32, t);
    atomicSub(s32 + 1, t);
    atomicMin(s32 + 2, -t);
    atomicMax(s32 + 3, t);
    atomicAnd(u32, ~(1u << t));
    atomicOr(u32 + 1, 1u << t);
    atomicXor(u32 + 2, t * 3u);
    atomicInc(u32 + 3, 17);
    atomicDec(u32 + 4, 23);
    atomicCAS(u32 + 5, 0, 5);
    atomicAdd(u64, (unsigned long long)t << 33);
    atomicMax(u64 + 1, (unsigned long long)t << 40);
    atomicAdd(f32, 0.5f * t);
    atomicAdd(f64, 0.25 * t);
    atomicAdd(f16, __floats2half2_rn(1.0f, 2.0f));
    atomicAdd(bf16, __floats2bfloat162_rn(1.0f, 2.0f));
    atomicAdd((__half*)(f16 + 1), __float2half(3.0f));
    atomicAdd((__nv_bfloat16*)(bf16 + 1), __float2bfloat16(3.0f));
}

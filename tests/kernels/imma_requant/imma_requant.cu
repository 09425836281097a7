// D = requantised (A B + bias): A [M x K] row-major and B [K x N] column-major in s8, sums and bias in s32, one f32 scale per
// column; D in s8, rounded to nearest even and saturated. A warp makes 16 x 8 of D, a CTA of 4 warps 64 x 8.
// M is a multiple of 64, N of 8, K of 32.
#include <cstdint>

namespace {
__device__ int8_t requantised(int sum, float scale) {
    const int rounded = __float2int_rn(__fmul_rn(__int2float_rn(sum), scale));
    return static_cast<int8_t>(max(-128, min(127, rounded)));
}
}  // namespace

extern "C" __global__ void __launch_bounds__(128)
imma_requant(const int8_t* a, const int8_t* b, const int* bias, const float* scale, int8_t* d, int n, int k) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int row = blockIdx.y * 64 + warp * 16 + lane / 4;
    const int8_t* from_a = a + row * k + lane % 4 * 4;
    const int8_t* from_b = b + (blockIdx.x * 8 + lane / 4) * k + lane % 4 * 4;
    int sum[4] = {};
    for (int k0 = 0; k0 < k; k0 += 32) {
        const auto word = [](const int8_t* p) { return *reinterpret_cast<const uint32_t*>(p); };
        asm volatile(
            "mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
            "{%0, %1, %2, %3};"
            : "+r"(sum[0]), "+r"(sum[1]), "+r"(sum[2]), "+r"(sum[3])
            : "r"(word(from_a + k0)), "r"(word(from_a + k0 + 8 * k)), "r"(word(from_a + k0 + 16)),
              "r"(word(from_a + k0 + 8 * k + 16)), "r"(word(from_b + k0)), "r"(word(from_b + k0 + 16)));
    }
    const int column = blockIdx.x * 8 + lane % 4 * 2;
    const int2 added = *reinterpret_cast<const int2*>(&bias[column]);
    const float2 scales = *reinterpret_cast<const float2*>(&scale[column]);
    *reinterpret_cast<char2*>(&d[row * n + column]) =
        make_char2(requantised(sum[0] + added.x, scales.x), requantised(sum[1] + added.y, scales.y));
    *reinterpret_cast<char2*>(&d[(row + 8) * n + column]) =
        make_char2(requantised(sum[2] + added.x, scales.x), requantised(sum[3] + added.y, scales.y));
}

// printf from one thread of each warp, and an assertion that holds.
#include <cassert>
#include <cstdio>

extern "C" __global__ void printf_assert(const int* x, int* doubled) {
    const int value = x[threadIdx.x];
    assert(value < 1000);
    doubled[threadIdx.x] = 2 * value;
    if (threadIdx.x % 32 == 0) printf("warp %d: x = %d, half = %.1f\n", threadIdx.x / 32, value, 0.5 * value);
}

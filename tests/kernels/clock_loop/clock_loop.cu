// A microbenchmark: the clock around a chain of dependent multiply-adds, and around one of dependent loads from shared memory.
// Every warp's first lane writes its two durations; the results are there so that nothing is optimised away.
extern "C" __global__ void clock_loop(long long* cycles, float* sums, int* ends, int iterations) {
    __shared__ int next[128];
    next[threadIdx.x] = (static_cast<int>(threadIdx.x) + 33) % 128;
    float sum = static_cast<float>(threadIdx.x);
    __syncthreads();
    const long long begin = clock64();
#pragma unroll 1
    for (int i = 0; i < iterations; ++i) {
#pragma unroll
        for (int j = 0; j < 8; ++j) sum = fmaf(sum, 0.5f, 1.0f);
    }
    const long long middle = clock64();
    int at = static_cast<int>(threadIdx.x);
#pragma unroll 4
    for (int i = 0; i < iterations; ++i) at = *const_cast<volatile int*>(&next[at]);
    const long long end = clock64();
    sums[threadIdx.x] = sum;
    ends[threadIdx.x] = at;
    if (threadIdx.x % 32 == 0) {
        cycles[threadIdx.x / 32 * 2] = middle - begin;
        cycles[threadIdx.x / 32 * 2 + 1] = end - middle;
    }
}

// Bugs that the detector "sync" finds. Every kernel runs as 2 CTAs of 128 threads on x and out [256].

// Only some lanes of a warp reach the barrier.
extern "C" __global__ void half_a_warp(const int* x, int* out) {
    const int t = threadIdx.x;
    if (t % 32 < 16) {
        out[t] = x[t];
        __syncthreads();
    } else {
        out[t] = -x[t];
        asm volatile("bar.sync 0;" ::: "memory");
    }
    out[128 + t] = out[t ^ 64];
}

// Warps name different numbers of threads for one barrier.
extern "C" __global__ void counts_differ(const int* x, int* out) {
    const int t = threadIdx.x;
    if (t < 64) {
        asm volatile("bar.sync 1, 128;" ::: "memory");
    } else {
        asm volatile("bar.sync 1;" ::: "memory");
    }
    out[t] = x[t];
}

// A barrier of 96 threads that only 64 reach.
extern "C" __global__ void never_opens(const int* x, int* out) {
    const int t = threadIdx.x;
    if (t < 64) asm volatile("bar.sync 1, 96;" ::: "memory");
    out[t] = x[t];
}

// A shuffle takes values from lanes that have returned.
extern "C" __global__ void lanes_are_gone(const int* x, int* out) {
    const int t = threadIdx.x;
    if (t >= 100) return;
    int sum = x[t];
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
    if (t % 32 == 0) out[blockIdx.x * 128 + t] = sum;
}

// The membermask names lanes that are elsewhere.
extern "C" __global__ void mask_too_wide(const int* x, int* out) {
    const int t = threadIdx.x;
    int value = x[t];
    if (value * 0 + t % 32 < 8) value = __shfl_xor_sync(0xffffffffu, value, 1);
    out[t] = value;
}

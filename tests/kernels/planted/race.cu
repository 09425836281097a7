// Bugs that the detector "race" finds. Every kernel runs as 2 CTAs of 128 threads on x and out [256].

// Each warp reads what the next one writes, without a barrier.
extern "C" __global__ void no_barrier(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    tile[t] = x[t];
    out[blockIdx.x * 128 + t] = tile[(t + 32) % 128];
}

// The barrier before the next round of writes is missing.
extern "C" __global__ void overwritten(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    int sum = 0;
    for (int i = 0; i < 2; ++i) {
        tile[t] = x[i * 128 + t];
        __syncthreads();
        sum += tile[(t + 32) % 128];
    }
    out[blockIdx.x * 128 + t] = sum;
}

// All warps write one word.
extern "C" __global__ void last_wins(const int* x, int* out) {
    __shared__ int word;
    if (threadIdx.x % 32 == 0) word = x[threadIdx.x];
    __syncthreads();
    out[blockIdx.x * 128 + threadIdx.x] = word;
}

// Lanes of one instruction store different values to one address.
extern "C" __global__ void lanes_collide(const int* x, int* out) {
    __shared__ int words[64];
    const int t = threadIdx.x;
    words[t / 2] = x[t];
    __syncthreads();
    out[blockIdx.x * 128 + t] = words[t / 2];
}

// Lanes of one warp exchange values without __syncwarp.
extern "C" __global__ void no_syncwarp(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    tile[t] = x[t];
    out[blockIdx.x * 128 + t] = tile[t ^ 1];
}

// A named barrier of warps 0 and 1 does not order warp 2.
extern "C" __global__ void other_barrier(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    tile[t] = x[t];
    if (t < 64) {
        asm volatile("bar.sync 1, 64;" ::: "memory");
    } else {
        asm volatile("bar.sync 2, 64;" ::: "memory");
    }
    out[blockIdx.x * 128 + t] = tile[(t + 64) % 128];
}

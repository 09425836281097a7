// Bugs that the detector "init" finds. Every kernel runs as 2 CTAs of 128 threads on x and out [256].

// Half of the tile is never written.
extern "C" __global__ void half_a_tile(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    if (t < 64) tile[t] = x[t];
    __syncthreads();
    out[blockIdx.x * 128 + t] = tile[t];
}

// out is accumulated into, but nobody has set it to zero.
extern "C" __global__ void accumulated(const int* x, int* out) {
    const int t = blockIdx.x * 128 + threadIdx.x;
    out[t] += x[t];
}

extern "C" __global__ void atomically(const int* x, int* out) {
    const int t = blockIdx.x * 128 + threadIdx.x;
    atomicAdd(out + t % 7, x[t]);
}

// Bugs that the detector "memory" finds. Every kernel runs as 2 CTAs of 128 threads on x and out [256].

extern "C" __global__ void past_the_end(const int* x, int* out) {
    out[blockIdx.x * blockDim.x + threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x + 1];
}

extern "C" __global__ void past_shared(const int* x, int* out) {
    extern __shared__ int tile[];  // 512 bytes
    tile[threadIdx.x + x[0] * 0 + 1] = x[threadIdx.x];
    __syncthreads();
    out[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x];
}

extern "C" __global__ void misaligned(const int* x, int* out) {
    const char* bytes = reinterpret_cast<const char*>(x);
    out[threadIdx.x] = *reinterpret_cast<const int*>(bytes + threadIdx.x * 4 + 2);
}

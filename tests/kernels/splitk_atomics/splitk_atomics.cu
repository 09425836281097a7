// C = (C + A B) / 2, with K split over blockIdx.z and the partial sums joined by atomicAdd: f32, A [M x K] row-major, B [K x N] row-major.
// A CTA of 16 x 16 threads makes one 16 x 16 tile of C over k_per_slice columns of A. M, N are multiples of 16.
// The CTA that comes last to a tile halves it, and leaves the counter of the tile as it was.
extern "C" __global__ void __launch_bounds__(256)
splitk_atomics(const float* a, const float* b, float* c, unsigned* arrived, int n, int k, int k_per_slice) {
    __shared__ bool last;
    const int row = blockIdx.y * 16 + threadIdx.y, column = blockIdx.x * 16 + threadIdx.x;
    const int begin = blockIdx.z * k_per_slice, end = min(k, begin + k_per_slice);
    float sum = 0;
    for (int kk = begin; kk < end; ++kk) sum += a[row * k + kk] * b[kk * n + column];
    atomicAdd(&c[row * n + column], sum);
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0 && threadIdx.y == 0) {
        unsigned* counter = &arrived[blockIdx.y * gridDim.x + blockIdx.x];
        last = atomicInc(counter, gridDim.z - 1) == gridDim.z - 1;  // wraps to 0 for the next launch
    }
    __syncthreads();
    if (last) {
        const float whole = atomicExch(&c[row * n + column], 0.0f);
        atomicAdd(&c[row * n + column], 0.5f * whole);
    }
}

// CTAs that wait for each other. Compiled with nvcc -arch=sm_80 -ptx; see semaphore.ptx.

/// Waits until a semaphore holds a value, as CUTLASS does it: one thread spins, the others wait at a
/// barrier.
__device__ void wait_for(int* semaphore, int value) {
    if (threadIdx.x == 0) {
        int state;
        do {
            asm volatile("ld.global.acquire.gpu.b32 %0, [%1];" : "=r"(state) : "l"(semaphore));
        } while (state != value);
    }
    __syncthreads();
}

__device__ void release(int* semaphore, int value) {
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("st.global.release.gpu.b32 [%0], %1;" ::"l"(semaphore), "r"(value));
    }
}

/// C[0 .. 127] = sum over slices of a dot product of 64 rows: every CTA takes one slice of K and adds
/// to C when the slices before it have (a serial split-K). Rounding shows the order.
extern "C" __global__ void split_k(const float* a, const float* b, float* c, int* semaphore, int k) {
    const int row = threadIdx.x;
    const int slice = k / gridDim.x;
    const int begin = blockIdx.x * slice;
    float sum = 0;
    for (int i = begin; i < begin + slice; ++i) sum = fmaf(a[row * k + i], b[i], sum);
    wait_for(semaphore, blockIdx.x);
    c[row] = __fadd_rn(blockIdx.x == 0 ? 0.0f : __ldcg(c + row), sum);
    release(semaphore, blockIdx.x + 1 == gridDim.x ? 0 : blockIdx.x + 1);
}

/// The same without an order, over integers: every CTA adds its part with an atomic, the last one to
/// finish doubles the result.
extern "C" __global__ void split_k_atomic(const int* a, const int* b, int* c, unsigned* finished, int k) {
    __shared__ bool last;
    const int row = threadIdx.x;
    const int slice = k / gridDim.x;
    const int begin = blockIdx.x * slice;
    int sum = 0;
    for (int i = begin; i < begin + slice; ++i) sum += a[row * k + i] * b[i];
    atomicAdd(c + row, sum);
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(finished, gridDim.x - 1) == gridDim.x - 1;
    __syncthreads();
    if (last) c[row] = 2 * __ldcg(c + row);
}

/// Passes values around a ring of CTAs, all resident, with a barrier of the whole grid between the
/// steps.
extern "C" __global__ void grid_barrier(int* ring, unsigned* arrived, int steps) {
    for (int step = 0; step < steps; ++step) {
        const int from = (blockIdx.x + 1) % gridDim.x;
        const int value = __ldcg(ring + (step % 2) * gridDim.x + from);
        if (threadIdx.x == 0) ring[((step + 1) % 2) * gridDim.x + blockIdx.x] = value + 1;
        __syncthreads();
        if (threadIdx.x == 0) {
            __threadfence();
            atomicAdd(arrived, 1u);
            while (atomicCAS(arrived, 0u, 0u) < (step + 1) * gridDim.x) __nanosleep(50);
            __threadfence();
        }
        __syncthreads();
    }
}

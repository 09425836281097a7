// Bugs that the detector "async" finds. Every kernel runs as 2 CTAs of 128 threads on x and out [256].

__device__ void copy(int* to, const int* from) {
    const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(shared), "l"(from) : "memory");
}
__device__ void commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int kPending>
__device__ void wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

// Read before the wait.
extern "C" __global__ void no_wait(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    copy(tile + t, x + t);
    commit();
    out[blockIdx.x * 128 + t] = tile[t];
    wait<0>();
}

// The wait leaves the group in flight that is read.
extern "C" __global__ void one_group_too_few(const int* x, int* out) {
    __shared__ int tiles[2][128];
    const int t = threadIdx.x;
    copy(tiles[0] + t, x + t);
    commit();
    copy(tiles[1] + t, x + 128 + t);
    commit();
    wait<1>();
    __syncthreads();
    out[blockIdx.x * 128 + t] = tiles[1][t];
    wait<0>();
}

// Waited for, but other threads look without a barrier.
extern "C" __global__ void wait_without_barrier(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    copy(tile + t, x + t);
    commit();
    wait<0>();
    out[blockIdx.x * 128 + t] = tile[(t + 32) % 128];
}

// Stored over while the copy may still land.
extern "C" __global__ void stored_over(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    copy(tile + t, x + t);
    commit();
    tile[t] = 7;
    wait<0>();
    __syncthreads();
    out[blockIdx.x * 128 + t] = tile[t];
}

// The next round copies over what other warps may still read.
extern "C" __global__ void copied_over(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    int sum = 0;
    for (int i = 0; i < 2; ++i) {
        copy(tile + t, x + 128 * i + t);
        commit();
        wait<0>();
        __syncthreads();
        sum += tile[(t + 32) % 128];
    }
    out[blockIdx.x * 128 + t] = sum;
}

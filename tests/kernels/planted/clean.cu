// What looks like a bug and is none: the sanitizer finds nothing here. Every kernel runs as 2 CTAs of 128 threads on x and
// out [256].

__device__ unsigned shared_address(const void* to) { return static_cast<unsigned>(__cvta_generic_to_shared(to)); }

// Two groups of warps meet at barriers of their own; producers arrive and go on.
extern "C" __global__ void named_barriers(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    if (t < 64) {
        tile[t] = x[t];
        asm volatile("bar.arrive 1, 128;" ::: "memory");
        asm volatile("bar.sync 2, 64;" ::: "memory");
        out[blockIdx.x * 128 + t] = tile[63 - t];
    } else {
        asm volatile("bar.sync 1, 128;" ::: "memory");
        out[blockIdx.x * 128 + t] = tile[t - 64];
    }
}

// Lanes order themselves with __syncwarp, also in halves of a warp.
extern "C" __global__ void syncwarp(const int* x, int* out) {
    __shared__ int tile[128];
    const int t = threadIdx.x;
    tile[t] = x[t];
    __syncwarp();
    int value = tile[t ^ 1];
    __syncwarp();
    if (t % 32 < 16) {
        tile[t] = value;
        __syncwarp(0x0000ffffu);
        value += tile[t ^ 2];
    } else {
        tile[t] = -value;
        __syncwarp(0xffff0000u);
        value -= tile[t ^ 4];
    }
    out[blockIdx.x * 128 + t] = value;
}

// Warp 0 hands over through an mbarrier, phase after phase.
extern "C" __global__ void mbarrier_phases(const int* x, int* out) {
    __shared__ int tile[2][32];
    __shared__ unsigned long long full;
    const int t = threadIdx.x;
    if (t == 0) asm volatile("mbarrier.init.shared.b64 [%0], 32;" ::"r"(shared_address(&full)) : "memory");
    __syncthreads();
    int sum = 0;
    for (int phase = 0; phase < 2; ++phase) {
        if (t < 32) {
            tile[phase][t] = x[phase * 32 + t];
            asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(shared_address(&full))
                         : "memory");
        }
        unsigned done = 0;
        while (done == 0) {
            asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                         : "=r"(done)
                         : "r"(shared_address(&full)), "r"(phase)
                         : "memory");
        }
        sum += tile[phase][(t + 1) % 32];
    }
    out[blockIdx.x * 128 + t] = sum;
}

// Copies that an mbarrier waits for.
extern "C" __global__ void copies_arrive(const int* x, int* out) {
    __shared__ int tile[128];
    __shared__ unsigned long long full;
    const int t = threadIdx.x;
    if (t == 0) asm volatile("mbarrier.init.shared.b64 [%0], 128;" ::"r"(shared_address(&full)) : "memory");
    __syncthreads();
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(shared_address(tile + t)), "l"(x + t) : "memory");
    asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(shared_address(&full)) : "memory");
    unsigned done = 0;
    while (done == 0) {
        asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], 0; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done)
                     : "r"(shared_address(&full))
                     : "memory");
    }
    out[blockIdx.x * 128 + t] = tile[127 - t];
}

// A flag that an atomic sets, and a lock.
extern "C" __global__ void flag_and_lock(const int* x, int* out) {
    __shared__ int data, flag, lock, sum;
    const int t = threadIdx.x;
    if (t == 0) flag = lock = sum = 0;
    __syncthreads();
    if (t == 32) {
        data = x[5];
        __threadfence_block();
        atomicExch(&flag, 1);
    }
    if (t == 64) {
        while (atomicAdd(&flag, 0) == 0) {
        }
        __threadfence_block();
        out[blockIdx.x * 128] = data;
    }
    if (t % 8 == 3) {
        while (atomicCAS(&lock, 0, 1) != 0) {
        }
        __threadfence_block();
        sum += x[t];
        __threadfence_block();
        atomicExch(&lock, 0);
    }
    __syncthreads();
    out[blockIdx.x * 128 + 1 + t % 100] = sum;
}

// Threads that have returned do not hold up the barrier, and bytes beside each other are not one address.
extern "C" __global__ void early_exit(const int* x, int* out) {
    __shared__ signed char bytes[128];
    __shared__ int same;
    const int t = threadIdx.x;
    bytes[t] = static_cast<signed char>(x[t]);
    if (t < 32) same = 5;
    if (t >= 100) return;
    __syncthreads();
    out[blockIdx.x * 128 + t] = bytes[(t + 32) % 128] + same;
}

// Three stages of copies; every stage is waited for, and nobody copies over what is still read.
extern "C" __global__ void multistage(const int* x, int* out) {
    __shared__ int tiles[3][128];
    const int t = threadIdx.x;
    const auto copy = [&](int stage) {
        if (stage < 6) {
            asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(shared_address(tiles[stage % 3] + t)),
                         "l"(x + (stage * 16 + t) % 256)
                         : "memory");
        }
        asm volatile("cp.async.commit_group;" ::: "memory");
    };
    copy(0);
    copy(1);
    int sum = 0;
    for (int stage = 0; stage < 6; ++stage) {
        asm volatile("cp.async.wait_group 1;" ::: "memory");
        __syncthreads();
        sum += tiles[stage % 3][127 - t];
        copy(stage + 2);
    }
    out[blockIdx.x * 128 + t] = sum;
}

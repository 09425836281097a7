// Warp-level and atomic instructions as nvcc writes them. Compiled with nvcc -arch=sm_80 -ptx.
#include <cuda_fp16.h>
#include <mma.h>

/// out[warp] = sum, minimum, maximum and ballot of 32 numbers; the sum both ways.
extern "C" __global__ void reduce(const int* in, int* out) {
    const int value = in[threadIdx.x];
    int sum = value;
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(~0u, sum, offset);
    const int total = __reduce_add_sync(~0u, value);
    const int least = __reduce_min_sync(~0u, value);
    int most = value;
    for (int mask = 16; mask > 0; mask /= 2) most = max(most, __shfl_xor_sync(~0u, most, mask));
    const unsigned odd = __ballot_sync(~0u, value & 1);
    if (threadIdx.x % 32 == 0) {
        int* to = out + threadIdx.x / 32 * 5;
        to[0] = sum;
        to[1] = total;
        to[2] = least;
        to[3] = most;
        to[4] = static_cast<int>(odd);
    }
}

/// Inclusive prefix sums of the whole block, by warps.
extern "C" __global__ void scan(const int* in, int* out) {
    __shared__ int warp_sums[32];
    const int lane = threadIdx.x % 32;
    int sum = in[threadIdx.x];
    for (int offset = 1; offset < 32; offset *= 2) {
        const int below = __shfl_up_sync(~0u, sum, offset);
        if (lane >= offset) sum += below;
    }
    if (lane == 31) warp_sums[threadIdx.x / 32] = sum;
    __syncthreads();
    int before = 0;
    for (int warp = 0; warp < threadIdx.x / 32; ++warp) before += warp_sums[warp];
    out[threadIdx.x] = before + sum;
}

/// Counts of 64 values, in shared memory first; divergent, and lanes hit the same bins.
extern "C" __global__ void histogram(const unsigned char* in, unsigned* bins, int count) {
    __shared__ unsigned local[64];
    if (threadIdx.x < 64) local[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        if (in[i] < 64) atomicAdd(local + in[i], 1u);
    }
    __syncthreads();
    if (threadIdx.x < 64 && local[threadIdx.x] != 0) atomicAdd(bins + threadIdx.x, local[threadIdx.x]);
}

/// How many threads of the block hold a positive number, and whether all or any do.
extern "C" __global__ void block_votes(const int* in, int* out) {
    const int count = __syncthreads_count(in[threadIdx.x] > 0);
    const int all = __syncthreads_and(in[threadIdx.x] > 0);
    const int any = __syncthreads_or(in[threadIdx.x] > 0);
    out[threadIdx.x] = 100 * count + 10 * (all != 0) + (any != 0);
}

/// D = A B + D of 32 x 32 halves, K = 64, by wmma from shared memory; one warp for each 16 x 16.
extern "C" __global__ void wmma_gemm(const half* a, const half* b, float* d) {
    using namespace nvcuda;
    __shared__ __align__(32) half tile_a[32 * 24];
    __shared__ __align__(32) half tile_b[16 * 40];
    const int warp = threadIdx.x / 32;
    const int row = warp / 2 * 16;
    const int column = warp % 2 * 16;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sums;
    wmma::load_matrix_sync(sums, d + row * 32 + column, 32, wmma::mem_row_major);
    for (int k = 0; k < 64; k += 16) {
        for (int i = threadIdx.x; i < 512; i += 128) {
            tile_a[i / 16 * 24 + i % 16] = a[i / 16 * 64 + k + i % 16];
            tile_b[i / 32 * 40 + i % 32] = b[(k + i / 32) * 32 + i % 32];
        }
        __syncthreads();
        wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> fragment_a;
        wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::row_major> fragment_b;
        wmma::load_matrix_sync(fragment_a, tile_a + row * 24, 24);
        wmma::load_matrix_sync(fragment_b, tile_b + column, 40);
        wmma::mma_sync(sums, fragment_a, fragment_b, sums);
        __syncthreads();
    }
    for (int i = 0; i < sums.num_elements; ++i) sums.x[i] *= 2;
    wmma::store_matrix_sync(d + row * 32 + column, sums, 32, wmma::mem_row_major);
}

/// A pipeline of two buffers: warp 1 copies with cp.async and an mbarrier counts the copies, warp 0
/// adds. The second mbarrier tells warp 1 that a buffer is free.
extern "C" __global__ void copy_pipeline(const int* in, int* out, int tiles) {
    __shared__ int buffers[2][32];
    __shared__ unsigned long long full[2];
    __shared__ unsigned long long empty[2];
    const unsigned lane = threadIdx.x % 32;
    const auto address = [](const void* pointer) {
        return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
    };
    if (threadIdx.x == 0) {
        for (int i = 0; i < 2; ++i) {
            asm volatile("mbarrier.init.shared.b64 [%0], 32;" ::"r"(address(full + i)));
            asm volatile("mbarrier.init.shared.b64 [%0], 32;" ::"r"(address(empty + i)));
        }
    }
    __syncthreads();
    const auto wait = [&](unsigned long long* barrier, int parity) {
        asm volatile(
            "{\n.reg .pred p;\nretry:\n"
            "mbarrier.test_wait.parity.shared.b64 p, [%0], %1;\n@!p bra retry;\n}" ::"r"(
                address(barrier)),
            "r"(parity));
    };
    const auto arrive = [&](unsigned long long* barrier) {
        asm volatile("{\n.reg .b64 state;\nmbarrier.arrive.shared.b64 state, [%0];\n}" ::"r"(
            address(barrier)));
    };
    int sum = 0;
    for (int tile = 0; tile < tiles; ++tile) {
        const int buffer = tile % 2;
        const int parity = tile / 2 % 2;
        if (threadIdx.x >= 32) {
            if (tile >= 2) wait(empty + buffer, 1 - parity);
            asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(
                             address(buffers[buffer] + lane)),
                         "l"(in + 32 * tile + lane));
            asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(
                address(full + buffer)));
        } else {
            wait(full + buffer, parity);
            sum += buffers[buffer][31 - lane];
            arrive(empty + buffer);
        }
    }
    if (threadIdx.x < 32) out[lane] = sum;
}

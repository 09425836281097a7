// D = alpha A B + beta C in the manner of a template library: a kernel template over a class, one by-value struct of parameters
// (over 300 bytes), tile iterators whose strides are tables inside the struct, multistage cp.async, and serial split-K: the CTAs
// of one tile take turns by a semaphore in global memory. A [M x K] row-major and B [N x K] (column-major) in f16, D in f32.
// M, N are multiples of 64; K is arbitrary in units of 8 (the tail is filled with zeros by the src-size of cp.async).
#include <cuda_fp16.h>
#include <cstdint>

namespace gemm {

template <int M_, int N_, int K_>
struct Shape {
    static constexpr int M = M_, N = N_, K = K_;
};

struct TensorRef {
    const void* pointer;
    int64_t stride[2];          // bytes of a row; of the step along K
    int64_t increment[8];       // bytes from this access of a thread to its next
    int32_t extent[2];          // rows, bytes of a row
};

struct EpilogueParams {
    float alpha, beta;
    const float* alpha_pointer;  // when not null, instead of alpha
    const float* beta_pointer;
};

struct Params {
    int32_t problem[3];
    int32_t grid_tiled[3];
    int32_t swizzle_log2;
    int32_t k_per_slice;
    TensorRef operands[2];
    const float* c;
    float* d;
    int64_t ldc, ldd;
    EpilogueParams epilogue;
    int32_t* semaphore;
    int32_t reserved[8];
};
static_assert(sizeof(Params) > 300);

class Semaphore {
  public:
    __device__ Semaphore(int32_t* lock, bool waiter) : lock_(lock), waiter_(waiter) {}
    __device__ void fetch() {
        if (waiter_) asm volatile("ld.global.acquire.gpu.b32 %0, [%1];" : "=r"(state_) : "l"(lock_));
    }
    __device__ void wait(int status) {
        while (__syncthreads_and(state_ != status)) fetch();
        __syncthreads();
    }
    __device__ void release(int status) {
        __syncthreads();
        if (waiter_) asm volatile("st.global.release.gpu.b32 [%0], %1;" ::"l"(lock_), "r"(status) : "memory");
    }

  private:
    int32_t* lock_;
    bool waiter_;
    int32_t state_ = -1;
};

__device__ inline uint32_t shared_address(const void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

/// Walks one operand: every thread copies 16 bytes of Rows / kRowsPerPass rows of a [Rows x 32] tile.
template <class Tile, int Rows>
class TileIterator {
  public:
    static constexpr int kChunks = Tile::K * 2 / 16, kRowsPerPass = 128 / kChunks, kPasses = Rows / kRowsPerPass;

    __device__ TileIterator(const TensorRef& ref, int first_row, int k_begin, int k_end)
        : ref_(ref), k_bytes_(k_begin * 2 + static_cast<int>(threadIdx.x) % kChunks * 16), end_bytes_(k_end * 2) {
        row_ = static_cast<int>(threadIdx.x) / kChunks;
        pointer_ = static_cast<const char*>(ref.pointer) + (first_row + row_) * ref.stride[0] + k_bytes_;
    }
    __device__ void copy(__half (*tile)[Tile::K + 8]) {
        const char* from = pointer_;
        const int left = end_bytes_ - k_bytes_;
        const int bytes = left >= 16 ? 16 : left > 0 ? left : 0;
#pragma unroll 1
        for (int pass = 0; pass < kPasses; ++pass) {
            __half* to = &tile[row_ + pass * kRowsPerPass][static_cast<int>(threadIdx.x) % kChunks * 8];
            asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(shared_address(to)),
                         "l"(bytes > 0 ? from : static_cast<const char*>(ref_.pointer)), "r"(bytes));
            from += ref_.increment[pass];
        }
        pointer_ += ref_.stride[1];
        k_bytes_ += static_cast<int>(ref_.stride[1]);
    }

  private:
    const TensorRef& ref_;
    const char* pointer_;
    int k_bytes_, end_bytes_, row_;
};

template <class Tile, int Stages>
struct SharedStorage {
    __half a[Stages][Tile::M][Tile::K + 8];
    __half b[Stages][Tile::N][Tile::K + 8];
};

/// The main loop of a warp of 32 x 32 in a CTA of 2 x 2 warps.
template <class Tile, int Stages>
class Mainloop {
  public:
    using Storage = SharedStorage<Tile, Stages>;
    float accumulators[2][4][4] = {};

    __device__ void run(Storage& storage, TileIterator<Tile, Tile::M>& a, TileIterator<Tile, Tile::N>& b, int steps) {
        for (int stage = 0; stage < Stages - 1; ++stage) load(storage, a, b, stage, stage < steps);
        for (int step = 0; step < steps; ++step) {
            asm volatile("cp.async.wait_group %0;" ::"n"(Stages - 2) : "memory");
            __syncthreads();
            load(storage, a, b, (step + Stages - 1) % Stages, step + Stages - 1 < steps);
            multiply(storage.a[step % Stages], storage.b[step % Stages]);
        }
        asm volatile("cp.async.wait_all;" ::: "memory");
    }

  private:
    __device__ static void load(Storage& storage, TileIterator<Tile, Tile::M>& a, TileIterator<Tile, Tile::N>& b,
                                int stage, bool valid) {
        if (valid) {
            a.copy(storage.a[stage]);
            b.copy(storage.b[stage]);
        }
        asm volatile("cp.async.commit_group;");
    }
    __device__ void multiply(const __half (*a)[Tile::K + 8], const __half (*b)[Tile::K + 8]) {
        const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll
        for (int kk = 0; kk < Tile::K; kk += 16) {
            uint32_t fa[2][4], fb[4][2];
            for (int i = 0; i < 2; ++i) {
                const void* at = &a[warp / 2 * 32 + 16 * i + lane % 16][kk + lane / 16 * 8];
                asm volatile("ldmatrix.sync.aligned.x4.m8n8.shared.b16 {%0, %1, %2, %3}, [%4];"
                             : "=r"(fa[i][0]), "=r"(fa[i][1]), "=r"(fa[i][2]), "=r"(fa[i][3])
                             : "r"(shared_address(at)));
            }
            for (int j = 0; j < 4; ++j) {
                const void* at = &b[warp % 2 * 32 + 8 * j + lane % 8][kk + lane / 8 % 2 * 8];
                asm volatile("ldmatrix.sync.aligned.x2.m8n8.shared.b16 {%0, %1}, [%2];"
                             : "=r"(fb[j][0]), "=r"(fb[j][1])
                             : "r"(shared_address(at)));
            }
            for (int i = 0; i < 2; ++i) {
                for (int j = 0; j < 4; ++j) {
                    float* d = accumulators[i][j];
                    asm volatile(
                        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
                        "{%8, %9}, {%0, %1, %2, %3};"
                        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                        : "r"(fa[i][0]), "r"(fa[i][1]), "r"(fa[i][2]), "r"(fa[i][3]), "r"(fb[j][0]), "r"(fb[j][1]));
                }
            }
        }
    }
};

template <class Tile_, int Stages_>
struct Gemm {
    using Tile = Tile_;
    static constexpr int kStages = Stages_;
    using Storage = SharedStorage<Tile, kStages>;

    __device__ void operator()(const Params& params, Storage& storage) const {
        // Tiles are visited in groups of 2^swizzle_log2 columns.
        const int tile_m = static_cast<int>(blockIdx.x) >> params.swizzle_log2;
        const int tile_n = (static_cast<int>(blockIdx.y) << params.swizzle_log2) +
                           (static_cast<int>(blockIdx.x) & ((1 << params.swizzle_log2) - 1));
        if (tile_m >= params.grid_tiled[0] || tile_n >= params.grid_tiled[1]) return;
        const int slice = static_cast<int>(blockIdx.z);
        const int k_begin = slice * params.k_per_slice;
        const int k_end = min(params.problem[2], k_begin + params.k_per_slice);
        TileIterator<Tile, Tile::M> a(params.operands[0], tile_m * Tile::M, k_begin, k_end);
        TileIterator<Tile, Tile::N> b(params.operands[1], tile_n * Tile::N, k_begin, k_end);
        Mainloop<Tile, kStages> mainloop;
        mainloop.run(storage, a, b, (k_end - k_begin + Tile::K - 1) / Tile::K);

        Semaphore semaphore(params.semaphore + tile_m * params.grid_tiled[1] + tile_n, threadIdx.x == 0);
        semaphore.fetch();
        const EpilogueParams& scale = params.epilogue;
        const float alpha = scale.alpha_pointer ? *scale.alpha_pointer : scale.alpha;
        const float beta = scale.beta_pointer ? *scale.beta_pointer : scale.beta;
        const float* source = slice == 0 ? params.c : params.d;
        const int64_t ld_source = slice == 0 ? params.ldc : params.ldd;
        const float source_scale = slice == 0 ? beta : 1.0f;
        semaphore.wait(slice);
        const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
        for (int i = 0; i < 2; ++i) {
            for (int j = 0; j < 4; ++j) {
                for (int half = 0; half < 2; ++half) {
                    const int row = tile_m * Tile::M + warp / 2 * 32 + 16 * i + 8 * half + lane / 4;
                    const int column = tile_n * Tile::N + warp % 2 * 32 + 8 * j + lane % 4 * 2;
                    const float* sum = &mainloop.accumulators[i][j][2 * half];
                    float2 old = make_float2(0, 0);
                    if (source_scale != 0)
                        old = __ldcg(reinterpret_cast<const float2*>(source + row * ld_source + column));
                    *reinterpret_cast<float2*>(params.d + row * params.ldd + column) =
                        make_float2(alpha * sum[0] + source_scale * old.x, alpha * sum[1] + source_scale * old.y);
                }
            }
        }
        semaphore.release(slice + 1 == params.grid_tiled[2] ? 0 : slice + 1);
    }
};

template <class Operator>
__global__ void __launch_bounds__(128) kernel(const __grid_constant__ Params params) {
    extern __shared__ __align__(16) char memory[];
    Operator()(params, *reinterpret_cast<typename Operator::Storage*>(memory));
}

using Instance = Gemm<Shape<64, 64, 32>, 4>;
template __global__ void kernel<Instance>(const __grid_constant__ Params);
static_assert(sizeof(Instance::Storage) == 40960);
}  // namespace gemm

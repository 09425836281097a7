// C = A B without tensor cores: f32, A [M x K] and B [K x N] row-major. A CTA of 16 x 16 threads makes 32 x 32 elements of C
// from tiles in shared memory; every thread makes 2 x 2. M, N and K are arbitrary.
constexpr int kTile = 32;
constexpr int kTileK = 16;

extern "C" __global__ void __launch_bounds__(256)
sgemm_tiled(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int m, int n, int k) {
    __shared__ float tile_a[kTileK][kTile + 1];
    __shared__ float tile_b[kTileK][kTile];
    const int row0 = blockIdx.y * kTile, column0 = blockIdx.x * kTile;
    const int thread = threadIdx.y * 16 + threadIdx.x;
    float sum[2][2] = {};
    for (int k0 = 0; k0 < k; k0 += kTileK) {
        for (int i = thread; i < kTile * kTileK; i += 256) {
            const int row = i / kTileK, kk = i % kTileK;
            const bool inside = row0 + row < m && k0 + kk < k;
            tile_a[kk][row] = inside ? a[(row0 + row) * k + k0 + kk] : 0.0f;
        }
        for (int i = thread; i < kTile * kTileK; i += 256) {
            const int kk = i / kTile, column = i % kTile;
            const bool inside = k0 + kk < k && column0 + column < n;
            tile_b[kk][column] = inside ? b[(k0 + kk) * n + column0 + column] : 0.0f;
        }
        __syncthreads();
#pragma unroll
        for (int kk = 0; kk < kTileK; ++kk) {
            const float a0 = tile_a[kk][threadIdx.y], a1 = tile_a[kk][threadIdx.y + 16];
            const float b0 = tile_b[kk][threadIdx.x], b1 = tile_b[kk][threadIdx.x + 16];
            sum[0][0] += a0 * b0;
            sum[0][1] += a0 * b1;
            sum[1][0] += a1 * b0;
            sum[1][1] += a1 * b1;
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 2; ++j) {
            const int row = row0 + threadIdx.y + 16 * i, column = column0 + threadIdx.x + 16 * j;
            if (row < m && column < n) c[row * n + column] = sum[i][j];
        }
    }
}

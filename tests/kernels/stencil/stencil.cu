// One step of a five-point stencil over an image [height x width] in f32: the centre weighs 4, its neighbours 1, outside is 0.
// A CTA of 16 x 16 threads reads its tile with a halo of one into shared memory.
extern "C" __global__ void __launch_bounds__(256) stencil(const float* from, float* to, int width, int height) {
    __shared__ float tile[18][18];
    const int column0 = blockIdx.x * 16 - 1, row0 = blockIdx.y * 16 - 1;
    for (int i = threadIdx.y * 16 + threadIdx.x; i < 18 * 18; i += 256) {
        const int row = row0 + i / 18, column = column0 + i % 18;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        tile[i / 18][i % 18] = inside ? from[row * width + column] : 0.0f;
    }
    __syncthreads();
    const int row = row0 + 1 + threadIdx.y, column = column0 + 1 + threadIdx.x;
    if (row >= height || column >= width) return;
    const int r = threadIdx.y + 1, c = threadIdx.x + 1;
    to[row * width + column] = 4.0f * tile[r][c] + tile[r - 1][c] + tile[r + 1][c] + tile[r][c - 1] + tile[r][c + 1];
}

// Softmax of every row of X [rows x columns] in f32, one CTA of 128 threads a row; the exponential is ex2.approx.
extern "C" __global__ void __launch_bounds__(128) softmax(const float* x, float* y, int columns) {
    __shared__ float partial[4];
    const float* from = x + blockIdx.x * columns;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float largest = -INFINITY;
    for (int i = threadIdx.x; i < columns; i += 128) largest = fmaxf(largest, from[i]);
    for (int offset = 16; offset > 0; offset /= 2)
        largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, offset));
    if (lane == 0) partial[warp] = largest;
    __syncthreads();
    largest = fmaxf(fmaxf(partial[0], partial[1]), fmaxf(partial[2], partial[3]));
    __syncthreads();
    float sum = 0;
    for (int i = threadIdx.x; i < columns; i += 128) sum += __expf(from[i] - largest);
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, offset);
    if (lane == 0) partial[warp] = sum;
    __syncthreads();
    sum = partial[0] + partial[1] + partial[2] + partial[3];
    for (int i = threadIdx.x; i < columns; i += 128)
        y[blockIdx.x * columns + i] = expf(from[i] - largest) / sum;
}

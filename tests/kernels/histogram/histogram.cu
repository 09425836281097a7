// Counts of 64 bins with atomics in shared memory, added up in global memory, and the least and largest sample. Samples take
// different ways: negative ones are counted apart, odd ones run a loop as long as their low bits say before they are counted.
extern "C" __global__ void histogram(const int* samples, int count, unsigned* bins, int* extremes, unsigned* negatives) {
    __shared__ unsigned local[64];
    for (int i = threadIdx.x; i < 64; i += blockDim.x) local[i] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        int sample = samples[i];
        atomicMin(&extremes[0], sample);
        atomicMax(&extremes[1], sample);
        if (sample < 0) {
            atomicAdd(negatives, 1u);
            continue;
        }
        if (sample % 2 == 1) {
            for (int turn = sample & 15; turn > 0; --turn) sample = (sample * 5 + 3) & 0xffff;
        }
        atomicAdd(&local[sample & 63], 1u);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 64; i += blockDim.x) {
        if (local[i] != 0) atomicAdd(&bins[i], local[i]);
    }
}

// Kernels that do what a simulator must report and not survive in silence.
// Compiled to PTX with: nvcc -arch=sm_80 -ptx -o faults_ENTRY.ptx -DENTRY_<ENTRY> faults.cu
#ifdef ENTRY_out_of_range
extern "C" __global__ void out_of_range(float* x, int offset) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    x[i + offset] = x[i] * 2.0f;
}
#endif
#ifdef ENTRY_misaligned
extern "C" __global__ void misaligned(char* x, int offset) {
    *reinterpret_cast<float*>(x + threadIdx.x * 4 + offset) = 1.0f;
}
#endif
#ifdef ENTRY_deadlock
extern "C" __global__ void deadlock(float* x, int barrier) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 64;");
    } else {
        asm volatile("bar.sync 2, 64;");
    }
    x[threadIdx.x] = static_cast<float>(barrier);
}
#endif
#ifdef ENTRY_endless
extern "C" __global__ void endless(volatile int* x, int value) {
    while (*x != value) {
    }
}
#endif

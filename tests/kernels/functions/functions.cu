// What a compiler makes of ordinary code: functions that are not inlined, recursion, arrays in local memory with variable
// indices, a switch, a table of branches (brx.idx), tables in constant and global memory, an address of a local variable.
__constant__ int weights[8] = {3, -1, 4, -1, 5, -9, 2, 6};
__device__ int factors[4] = {7, 11, 13, 17};

__device__ __noinline__ int ackermann_like(int m, int n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann_like(m - 1, 1);
    return ackermann_like(m - 1, ackermann_like(m, n - 1) % 5);
}

__device__ __noinline__ void divide(int value, int by, int* quotient, int* remainder) {
    *quotient = value / by;
    *remainder = value % by;
}

__device__ __noinline__ int choose(int kind, int value) {
    switch (kind) {
        case 0: return value + 1;
        case 1: return value * 3;
        case 2: return value ^ 0x55;
        case 3: return value - weights[value & 7];
        case 4: return value << 2;
        case 5: return factors[value & 3] * value;
        case 6: return -value;
        case 7: return value >> 1;
        default: return 0;
    }
}

/// The compiler makes comparisons of the switch above; this is the table of branches that PTX has for it.
__device__ __noinline__ int by_table(unsigned index, int value) {
    int result;
    asm volatile(
        "{\n"
        "targets_%=: .branchtargets first_%=, second_%=, third_%=, first_%=;\n"
        "brx.idx %1, targets_%=;\n"
        "first_%=: add.s32 %0, %2, 100;\n"
        "bra.uni done_%=;\n"
        "second_%=: mul.lo.s32 %0, %2, 7;\n"
        "bra.uni done_%=;\n"
        "third_%=: neg.s32 %0, %2;\n"
        "done_%=:\n"
        "}"
        : "=r"(result)
        : "r"(index), "r"(value));
    return result;
}

extern "C" __global__ void functions(const int* input, int* output) {
    const int thread = blockIdx.x * blockDim.x + threadIdx.x;
    const int value = input[thread];
    int queue[16];
    for (int i = 0; i < 16; ++i) queue[i] = value + i * i;
    int sum = 0;
    for (int i = 0; i < 16; ++i) {
        const int at = (value + 7 * i) & 15;
        const int kind = (value + i) % 9;
        queue[at] = choose(kind, queue[at]);
        sum += queue[(at + 5) & 15];
    }
    int quotient, remainder;
    divide(sum, (value & 7) + 3, &quotient, &remainder);
    output[thread * 4] = sum;
    output[thread * 4 + 1] = 1000 * quotient + remainder;
    output[thread * 4 + 2] = ackermann_like(value & 1, value & 3);
    output[thread * 4 + 3] = by_table(value & 3, value);
}

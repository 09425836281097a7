// What a warp can find out about its lanes: shuffles, votes, matches and reductions. One warp handles 32 elements of `x`;
// row w of `out` [warps x 12] takes the results.
extern "C" __global__ void warp_reduce(const int* x, const float* y, int* out, float* sums) {
    const unsigned all = 0xffffffffu;
    const int thread = blockIdx.x * blockDim.x + threadIdx.x;
    const int lane = threadIdx.x % 32, warp = thread / 32;
    const int value = x[thread];
    float sum = y[thread];
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(all, sum, offset);
    int prefix = value;  // inclusive scan
    for (int offset = 1; offset < 32; offset *= 2) {
        const int other = __shfl_up_sync(all, prefix, offset);
        if (lane >= offset) prefix += other;
    }
    int largest = value;
    for (int offset = 16; offset > 0; offset /= 2) largest = max(largest, __shfl_xor_sync(all, largest, offset));
    const int total = __shfl_sync(all, prefix, 31);
    const int segment = __shfl_down_sync(all, value, 1, 8);  // inside 8 lanes
    const unsigned negative = __ballot_sync(all, value < 0);
    const bool any = __any_sync(all, value == 7), every = __all_sync(all, value < 100);
    const unsigned same = __match_any_sync(all, value);
    int odd_lanes = 0;
    if (lane % 2 == 1) odd_lanes = __reduce_add_sync(0xaaaaaaaau, value);
    odd_lanes = __shfl_sync(all, odd_lanes, 1);
    const int redux_max = __reduce_max_sync(all, value);
    const unsigned redux_xor = __reduce_xor_sync(all, static_cast<unsigned>(value));
    const unsigned redux_min = __reduce_min_sync(all, static_cast<unsigned>(value));
    int* row = out + warp * 12;
    if (lane == 0) {
        sums[warp] = sum;
        row[0] = total;
        row[1] = largest;
        row[2] = static_cast<int>(negative);
        row[3] = __popc(negative);
        row[4] = any ? 1 : 0;
        row[5] = every ? 1 : 0;
        row[6] = static_cast<int>(same);
        row[7] = odd_lanes;
        row[8] = redux_max;
        row[9] = static_cast<int>(redux_xor);
        row[10] = static_cast<int>(redux_min);
    }
    if (lane == 17) row[11] = segment + 1000 * prefix;
}

"""The struct as the CUDA compiler lays it out (offsets beside the fields). Integers, alpha and beta small: exact in f32 in any
order, so serial split-K gives the same bits as one sum."""

import struct

from corpus_case import pointer, product, transposed

M, N, K = 128, 128, 200
TILE_M, TILE_N, TILE_K, ROWS_PER_PASS = 64, 64, 32, 32
SLICES, K_PER_SLICE = 3, 72  # the slices have 72, 72 and 56 columns: 2 whole stages and a part
ALPHA, BETA = 2.0, 3.0


def tensor_ref():
    row_bytes = 2 * K
    return struct.pack("<Q2q8q2i", 0, row_bytes, 2 * TILE_K, *[ROWS_PER_PASS * row_bytes] * 8, M, row_bytes)


def make(case):
    a = case.random("A", "f16", [M, K], 8, -4, 4)
    b = case.random("B", "f16", [N, K], 9, -4, 4)
    c = case.random("C", "f32", [M, N], 10, -100, 100)
    case.filled("beta", "f32", [1], BETA)
    case.zeros("D", "f32", [M, N])
    case.filled("semaphore", "s32", [M // TILE_M * (N // TILE_N)], 0)
    params = struct.pack("<3i3iii", M, N, K, M // TILE_M, N // TILE_N, SLICES, 1, K_PER_SLICE)  # 0, 12, 24, 28
    params += tensor_ref() + tensor_ref()  # 32, 128
    params += struct.pack("<QQqq", 0, 0, N, N)  # c 224, d 232, ldc 240, ldd 248
    params += struct.pack("<ffQQ", ALPHA, 0.0, 0, 0)  # alpha 256, beta 260, alpha_pointer 264, beta_pointer 272
    params += struct.pack("<Q8i", 0, *[0] * 8)  # semaphore 280, reserved 288
    sums = product(a, transposed(b, N, K), M, N, K)
    case.expect("D", [ALPHA * x + BETA * y for x, y in zip(sums, c)])
    case.expect("semaphore", [0] * (M // TILE_M * (N // TILE_N)))
    argument = {"bytes": params.hex(),
                "pointers": [pointer(32, "A"), pointer(128, "B"), pointer(224, "C"), pointer(232, "D"),
                             pointer(272, "beta"), pointer(280, "semaphore")]}
    case.launch("_ZN4gemm6kernelINS_4GemmINS_5ShapeILi64ELi64ELi32EEELi4EEEEEvNS_6ParamsE",
                [M // TILE_M * 2, N // TILE_N // 2, SLICES], [128], [argument], dynamic_shared_bytes=40960)

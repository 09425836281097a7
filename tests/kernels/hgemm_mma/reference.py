"""Small integers in f16: every partial sum is an integer below 2^24, exact in f32 in any order."""

from corpus_case import product

M, N, K = 128, 128, 96


def make(case):
    a = case.random("A", "f16", [M, K], 3, -8, 8)
    b = case.random("B", "f16", [K, N], 4, -8, 8)
    case.zeros("C", "f32", [M, N])
    case.expect("C", product(a, b, M, N, K))
    case.launch("hgemm_mma", [N // 64, M // 64], [128], ["A", "B", "C", {"s32": N}, {"s32": K}])

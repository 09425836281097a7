"""Small integers, alpha 0.5, beta 2: exact in f32 in any order."""

from corpus_case import product, transposed

M, N, K = 64, 96, 80
ALPHA, BETA = 0.5, 2.0


def make(case):
    a = case.random("A", "f16", [M, K], 11, -8, 8)
    b = case.random("B", "f16", [N, K], 12, -8, 8)
    c = case.random("C", "f32", [M, N], 13, -50, 50)
    sums = product(a, transposed(b, N, K), M, N, K)
    case.expect("C", [ALPHA * x + BETA * y for x, y in zip(sums, c)])
    case.launch("wmma_gemm", [N // 32, M // 32], [128],
                ["A", "B", "C", {"s32": N}, {"s32": K}, {"f32": ALPHA}, {"f32": BETA}])

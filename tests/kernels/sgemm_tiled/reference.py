"""Small integers: every product and sum is exact in f32, whatever the order and with or without fused multiply-adds."""

from corpus_case import product

M, N, K = 90, 70, 50  # no multiple of the tile


def make(case):
    a = case.random("A", "f32", [M, K], 1, -8, 8)
    b = case.random("B", "f32", [K, N], 2, -8, 8)
    case.zeros("C", "f32", [M, N])
    case.expect("C", product(a, b, M, N, K))
    case.launch("sgemm_tiled", [3, 3], [16, 16], ["A", "B", "C", {"s32": M}, {"s32": N}, {"s32": K}])

"""Small integers: the order in which atomics arrive does not matter, and half of an integer is exact. The launch runs twice, so
the second begins with the C of the first and with counters that the first left at 0."""

from corpus_case import product

M, N, K, SLICE = 32, 48, 50, 16


def make(case):
    a = case.random("A", "f32", [M, K], 18, -8, 8)
    b = case.random("B", "f32", [K, N], 19, -8, 8)
    case.filled("C", "f32", [M, N], 1.5)
    case.filled("arrived", "u32", [M // 16, N // 16], 0)
    sums = product(a, b, M, N, K)
    case.expect("C", [((1.5 + x) / 2 + x) / 2 for x in sums])
    case.expect("arrived", [0] * (M // 16 * N // 16))
    for _ in range(2):
        case.launch("splitk_atomics", [N // 16, M // 16, -(-K // SLICE)], [16, 16],
                    ["A", "B", "C", "arrived", {"s32": N}, {"s32": K}, {"s32": SLICE}])

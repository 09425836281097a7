"""A in 2:4 with random positions in every chunk of four columns; small integers, exact in f32 in any order. Metadata as PTX
describes it: nibble j of a 16-bit word covers chunk j of 16 columns, the first position in its low two bits."""

from corpus_case import product, random_integers

M, N, K = 128, 256, 192
POSITIONS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def make(case):
    stored = case.random("A", "f16", [M, K // 2], 5, -8, 8)
    b = case.random("B", "f16", [K, N], 6, -8, 8)
    chunks = [POSITIONS[i] for i in random_integers(7, 0, 5, M * K // 4)]
    dense = [0] * (M * K)
    words = [0] * (M * K // 16)
    for i, (first, second) in enumerate(chunks):
        dense[4 * i + first], dense[4 * i + second] = stored[2 * i], stored[2 * i + 1]
        words[i // 4] |= (first | second << 2) << 4 * (i % 4)
    case.values("E", "u16", [M, K // 16], words)
    case.zeros("C", "f32", [M, N])
    case.expect("C", product(dense, b, M, N, K))
    stage_bytes = 128 * 40 * 2 + 64 * 136 * 2 + 128 * 4 * 2
    case.launch("spgemm_mma_sp", [N // 128, M // 128], [256], ["A", "E", "B", "C", {"s32": N}, {"s32": K}],
                dynamic_shared_bytes=3 * stage_bytes)

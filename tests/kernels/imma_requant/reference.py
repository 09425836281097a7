"""Integer sums are exact. The requantisation is three IEEE operations, each rounded once to nearest even: s32 to f32, f32
product, f32 to s32."""

from corpus_case import f32, product, random_integers, transposed

M, N, K = 128, 64, 96


def requantised(value, scale):
    """A Python float holds the integer and the product of two f32 exactly, so f32() rounds once; round() ties to even."""
    return max(-128, min(127, round(f32(f32(value) * scale))))


def make(case):
    a = case.random("A", "s8", [M, K], 14, -128, 127)
    b = case.random("B", "s8", [N, K], 15, -128, 127)
    bias = case.random("bias", "s32", [N], 16, -20000, 20000)
    scales = [f32(0.0004 + 0.00003 * i) for i in random_integers(17, 0, 40, N)]
    case.values("scale", "f32", [N], scales)
    case.zeros("D", "s8", [M, N])
    sums = product(a, transposed(b, N, K), M, N, K)
    case.expect("D", [requantised(x + bias[i % N], scales[i % N]) for i, x in enumerate(sums)])
    case.launch("imma_requant", [N // 8, M // 64], [128],
                ["A", "B", "bias", "scale", "D", {"s32": N}, {"s32": K}])

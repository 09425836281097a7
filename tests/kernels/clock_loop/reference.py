"""The sums are rounded as fma.rn rounds them (a double holds x / 2 + 1 of an f32 x without rounding); how long it takes is a
result of the timing model, and not compared."""

from corpus_case import f32

ITERATIONS, THREADS = 50, 128


def make(case):
    case.buffers["cycles"] = {"bytes": THREADS // 32 * 16}  # two 64-bit integers a warp
    case.zeros("sums", "f32", [THREADS])
    case.zeros("ends", "s32", [THREADS])
    sums = [float(thread) for thread in range(THREADS)]
    for _ in range(8 * ITERATIONS):
        sums = [f32(x * 0.5 + 1.0) for x in sums]
    ends = list(range(THREADS))
    for _ in range(ITERATIONS):
        ends = [(at + 33) % THREADS for at in ends]
    case.outputs.append("cycles")
    case.expect("sums", sums)
    case.expect("ends", ends)
    case.launch("clock_loop", [1], [THREADS], ["cycles", "sums", "ends", {"s32": ITERATIONS}])

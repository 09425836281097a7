"""Counting is exact in any order."""

COUNT = 3000


def bin_of(sample):
    if sample % 2 == 1:
        for _ in range(sample & 15):
            sample = (sample * 5 + 3) & 0xFFFF
    return sample & 63


def make(case):
    samples = case.random("samples", "s32", [COUNT], 23, -500, 4000)
    case.filled("bins", "u32", [64], 0)
    case.filled("extremes", "s32", [2], 0)
    case.filled("negatives", "u32", [1], 0)
    bins = [0] * 64
    for sample in samples:
        if sample >= 0:
            bins[bin_of(sample)] += 1
    case.expect("bins", bins)
    case.expect("extremes", [min(samples), max(samples)])
    case.expect("negatives", [sum(sample < 0 for sample in samples)])
    case.launch("histogram", [4], [256], ["samples", {"s32": COUNT}, "bins", "extremes", "negatives"])

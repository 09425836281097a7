"""Every result of a warp follows from its 32 values; sums of small integers are exact in f32."""

import functools
import operator

WARPS, SPAN = 12, 32


def signed(value):
    return value - (1 << 32) if value >> 31 else value


def results(x):
    unsigned = [value & 0xFFFFFFFF for value in x]
    negative = sum(1 << lane for lane, value in enumerate(x) if value < 0)
    same = sum(1 << lane for lane, value in enumerate(x) if value == x[0])
    segment = x[18]  # lane 17 is in lanes 16 to 23, so its next lane is inside
    return [sum(x), max(x), signed(negative), bin(negative).count("1"), int(7 in x), int(all(v < 100 for v in x)),
            signed(same), sum(x[1::2]), max(x), signed(functools.reduce(operator.xor, unsigned)),
            signed(min(unsigned)), segment + 1000 * sum(x[:18])]


def make(case):
    x = case.random("x", "s32", [WARPS, SPAN], 20, -6, 9)
    y = case.random("y", "f32", [WARPS, SPAN], 21, -1000, 1000)
    case.zeros("out", "s32", [WARPS, 12])
    case.zeros("sums", "f32", [WARPS])
    warps = range(0, WARPS * SPAN, SPAN)
    case.expect("out", [value for at in warps for value in results(x[at:at + SPAN])])
    case.expect("sums", [sum(y[at:at + SPAN]) for at in warps])
    case.launch("warp_reduce", [3], [128], ["x", "y", "out", "sums"])

"""The same in Python: its integers have any length, its math module is exact far beyond f32."""

import math
import struct

from corpus_case import f32

LANES = 32
A, B = 0xFEDCBA9876543210, 0x0123456789ABCDEF


def words(number, count):
    return [(number >> (32 * word)) & 0xFFFFFFFF for word in range(count)]


def divisions():
    result = []
    for thread in range(LANES):
        x = A * (B + thread) + A
        result += words(x // 7, 4) + words(x % B, 4)
    return result


def tiles(values):
    result = []
    odd = [lane for lane in range(LANES) if values[lane] & 1]
    for lane, x in enumerate(values):
        first = lane // 4 * 4
        quad = values[first:first + 4]
        same = sum(1 << other for other in range(LANES) if values[other] == x)
        result += [sum(values), max(quad), values[lane + 1] if lane % 4 < 3 else x, sum((v & 1) << i for i, v in enumerate(quad)),
                   same - (1 << 32) * (same >> 31), int(any(v > 7 for v in quad))]
        result += [len(odd), values[odd[0]] + 100 * odd.index(lane)] if x & 1 else [0, 0]
    return result


def singles(x):
    small = x * 2.0 ** -18
    magnitude = abs(x)
    return [math.sin(x), math.cos(x), math.exp(small), math.log(f32(magnitude + 1)), abs(small) ** 1.75, math.erf(small), math.tanh(small),
            x / f32(small + 5), math.fmod(x, 0.75), math.sqrt(magnitude), 1 / math.sqrt(f32(magnitude + 1)), math.atan2(x, 3), math.log1p(abs(small)),
            2 ** small, math.copysign(magnitude ** (1 / 3), x), round(f32(x * 0.375))]


def doubles(x):
    small = x * 2.0 ** -18
    magnitude = abs(x)
    return [x / 3.7, math.sin(x), math.exp(small), math.log(magnitude + 1), magnitude ** 0.3, math.sqrt(magnitude), math.tanh(small), math.fmod(x, 0.7)]


def bf16(value):
    return struct.unpack("<I", struct.pack("<f", value))[0] >> 16


def stepped(value, steps, step):
    for _ in range(steps):
        value = step(value)
    return value


def make(case):
    case.zeros("quotients", "u32", [LANES, 8])
    case.expect("quotients", divisions())
    case.launch("wide_division", [1], [LANES], ["quotients", {"u64": A}, {"u64": B}])

    integers = case.random("integers", "s32", [LANES], 41, 0, 9)
    case.zeros("tiles", "s32", [LANES, 8])
    case.expect("tiles", tiles(integers))
    case.launch("tiles", [1], [LANES], ["tiles", "integers"])

    x = [f32(each + 0.3) for each in case.random("unused", "s32", [LANES], 42, -1000000, 1000000)]
    del case.buffers["unused"]
    x[:4] = [f32(0.1), f32(-2.5), f32(100.25), f32(-7.0)]
    case.values("x", "f32", [LANES], x)
    case.zeros("math", "f32", [LANES, 16])
    case.zeros("math64", "f64", [LANES, 8])
    case.expect("math", [each for value in x for each in singles(value)], absolute=1e-6, relative=2e-6)
    case.expect("math64", [each for value in x for each in doubles(value)], absolute=1e-15, relative=1e-14)
    case.launch("math", [1], [LANES], ["math", "math64", "x"])

    total = sum(range(LANES))
    case.filled("s32", "s32", [4], 0)
    case.expect("s32", [total, -total, -31, 31])
    case.filled("u32", "u32", [6], 0)
    xor = 0
    for thread in range(LANES):
        xor ^= 3 * thread
    case.expect("u32", [0, 0xFFFFFFFF, xor, stepped(0, LANES, lambda v: 0 if v >= 17 else v + 1),
                        stepped(0, LANES, lambda v: 23 if v == 0 or v > 23 else v - 1), 5])
    case.filled("u64", "u32", [4], 0)
    case.expect("u64", words(total << 33, 2) + words(31 << 40, 2))
    case.filled("f32", "f32", [1], 0)
    case.expect("f32", [total / 2])
    case.filled("f64", "f64", [1], 0)
    case.expect("f64", [total / 4])
    case.filled("f16", "f16", [4], 0)
    case.expect("f16", [32, 64, 96, 0])
    case.filled("bf16", "u16", [4], 0)
    case.expect("bf16", [bf16(32), bf16(64), bf16(96), 0])
    case.launch("atomics", [1], [LANES], ["s32", "u32", "u64", "f32", "f64", "f16", "bf16"])

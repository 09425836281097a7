"""The same functions in Python, with the 32-bit integers and truncating division of C."""

THREADS = 192
WEIGHTS = [3, -1, 4, -1, 5, -9, 2, 6]
FACTORS = [7, 11, 13, 17]


def wrapped(value):
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def ackermann_like(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann_like(m - 1, 1)
    return ackermann_like(m - 1, ackermann_like(m, n - 1) % 5)


def choose(kind, value):
    return wrapped([value + 1, value * 3, value ^ 0x55, value - WEIGHTS[value & 7], value << 2,
                    FACTORS[value & 3] * value, -value, value >> 1, 0][kind])


def results(value):
    queue = [value + i * i for i in range(16)]
    total = 0
    for i in range(16):
        at = (value + 7 * i) & 15
        queue[at] = choose((value + i) % 9, queue[at])
        total = wrapped(total + queue[(at + 5) & 15])
    by = (value & 7) + 3
    quotient = abs(total) // by * (1 if total >= 0 else -1)
    return [total, wrapped(1000 * quotient + total - quotient * by), ackermann_like(value & 1, value & 3),
            [value + 100, value * 7, -value, value + 100][value & 3]]


def make(case):
    values = case.random("input", "s32", [THREADS], 25, 0, 5000)
    case.zeros("output", "s32", [THREADS, 4])
    case.expect("output", [result for value in values for result in results(value)])
    case.launch("functions", [2], [96], ["input", "output"])

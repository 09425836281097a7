"""Writes the launch file, inputs and expected outputs of one kernel of the corpus. Only the standard library is used, so that
the expected values come from plain Python integers and floats and from nothing that they check."""

import json
import struct

# type: (descr of .npy, code of struct). f16 is packed by struct, which rounds to nearest even.
FORMATS = {
    "f16": ("<f2", "e"), "f32": ("<f4", "f"), "f64": ("<f8", "d"), "s8": ("|i1", "b"), "u8": ("|u1", "B"),
    "u16": ("<u2", "H"), "s32": ("<i4", "i"), "u32": ("<u4", "I"),
}
MASK = (1 << 64) - 1


def f32(value):
    """The f32 nearest to a float; ties to even."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def random_integers(seed, low, high, count):
    """The distribution "integers" of docs/launch_format.md: SplitMix64 and multiply-shift."""
    state, values = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        values.append(low + (((z >> 32) * (high - low + 1)) >> 32))
    return values


def product(a, b, m, n, k):
    """A [m x k] times B [k x n], both row-major, in Python numbers; zeros of A are skipped."""
    result = []
    for row in range(m):
        sums = [0] * n
        for kk in range(k):
            x = a[row * k + kk]
            if x:
                for column, y in enumerate(b[kk * n:kk * n + n]):
                    sums[column] += x * y
        result += sums
    return result


def transposed(matrix, rows, columns):
    return [matrix[row * columns + column] for column in range(columns) for row in range(rows)]


def npy_bytes(kind, dimensions, values):
    descr, code = FORMATS[kind]
    shape = ", ".join(map(str, dimensions)) + ("," if len(dimensions) == 1 else "")
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    data = struct.pack(f"<{len(values)}{code}", *values)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def pointer(offset, buffer, addend=0):
    """A pointer inside a struct argument."""
    return {"offset": offset, "buffer": buffer, "addend": addend}


class Case:
    """One folder of tests/kernels; reference.py fills it, write() makes its files."""

    def __init__(self, name):
        self.name = name
        self.buffers, self.outputs, self.launches, self.files = {}, [], [], {}

    def random(self, name, kind, dimensions, seed, low, high):
        """A buffer of random integers; returns them."""
        self.buffers[name] = {"type": kind, "dimensions": dimensions,
                              "random": {"seed": seed, "distribution": "integers", "low": low, "high": high}}
        count = 1
        for extent in dimensions:
            count *= extent
        return random_integers(seed, low, high, count)

    def values(self, name, kind, dimensions, values):
        """A buffer with these values, from a file."""
        self.buffers[name] = {"file": f"{name}.npy", "type": kind, "dimensions": dimensions}
        self.files[f"{name}.npy"] = npy_bytes(kind, dimensions, values)

    def filled(self, name, kind, dimensions, value):
        self.buffers[name] = {"type": kind, "dimensions": dimensions, "constant": value}

    def zeros(self, name, kind, dimensions):
        self.buffers[name] = {"type": kind, "dimensions": dimensions}

    def expect(self, name, values, absolute=0.0, relative=0.0):
        """What a buffer holds at the end; bit for bit unless there is a tolerance."""
        buffer = self.buffers[name]
        file = f"{name}.expected.npy"
        self.files[file] = npy_bytes(buffer["type"], buffer["dimensions"], values)
        output = {"buffer": name, "expected": file}
        if absolute or relative:
            output["tolerance"] = {"absolute": absolute, "relative": relative}
        self.outputs.append(output)

    def launch(self, entry, grid, block, arguments, **more):
        self.launches.append({"entry": entry, "grid": grid, "block": block, **more,
                              "arguments": [{"buffer": each} if isinstance(each, str) else each for each in arguments]})

    def text(self):
        lines = ['{\n  "schema": "sptc.launch/1"']
        if len(self.launches) == 1:
            for key, value in self.launches[0].items():
                lines.append(f'  {json.dumps(key)}: {json.dumps(value)}')
        else:
            lines.append('  "launches": [\n    ' + ",\n    ".join(map(json.dumps, self.launches)) + "\n  ]")
        buffers = (f"    {json.dumps(name)}: {json.dumps(buffer)}" for name, buffer in self.buffers.items())
        lines.append('  "buffers": {\n' + ",\n".join(buffers) + "\n  }")
        lines.append('  "outputs": [\n    ' + ",\n    ".join(map(json.dumps, self.outputs)) + "\n  ]")
        return ",\n".join(lines) + "\n}\n"

    def write(self, folder):
        for old in [*folder.glob("*.npy")]:
            old.unlink()
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        (folder / "launch.json").write_text(self.text())

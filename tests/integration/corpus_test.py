"""sptc run on the kernels of tests/kernels: every launch file is a test, for it names what its outputs must be."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KERNELS = ROOT / "tests" / "kernels"
SPTC = ROOT / os.environ.get("SPTC_BUILD_DIR", "build/release") / "sptc"
NVCC = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")

# How many lines kernels print.
EXPECTED_LINES = {"printf_assert": 2}

# Kernels in which stored or computed data decide an address, a predicate or a branch.
NEEDS_VALUES = {"clock_loop", "device_library", "histogram", "splitk_atomics", "template_gemm"}

# Outputs that depend on approximate instructions, or whose reference is the host's mathematical functions; every other
# output of the corpus is claimed bit for bit.
WITH_TOLERANCE = {("softmax", "y"), ("device_library", "math"), ("device_library", "math64")}


# Outputs that depend on operations whose bits PTX leaves open, and on which.
NOT_CLAIMED = {
    ("softmax", "y"): "softmax.ptx:168 'ex2.approx.f32' is approximate",
    ("splitk_atomics", "C"):
        "splitk_atomics.ptx:134 'atom.global.add.f32' adds floats in the order in which atomics arrive",
    ("device_library", "quotients"): "device_library.ptx:83 'rcp.approx.f32' is approximate",
    ("device_library", "math"): "device_library.ptx:959 'ex2.approx.ftz.f32' is approximate",
    ("device_library", "math64"): "device_library.ptx:959 'ex2.approx.ftz.f32' is approximate",
    ("device_library", "f32"):
        "device_library.ptx:2297 'atom.global.add.f32' adds floats in the order in which atomics arrive",
    ("device_library", "f64"):
        "device_library.ptx:2301 'atom.global.add.f64' adds floats in the order in which atomics arrive",
    ("device_library", "f16"):
        "device_library.ptx:2309 'atom.add.noftz.f16x2' adds floats in the order in which atomics arrive",
}


def names():
    return sorted(path.parent.name for path in KERNELS.glob("*/launch.json"))


def run(*arguments):
    return subprocess.run([SPTC, "run", *arguments], capture_output=True, text=True, cwd=ROOT)


class Corpus(unittest.TestCase):
    def check(self, name, ptx):
        """The kernel runs and its outputs are as expected, or it is refused as the table says."""
        result = run(ptx, "--launch", KERNELS / name / "launch.json", "--sanitize", "all")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("sanitizer (memory,race,init,async,sync): 0 findings", result.stdout)
        checked = re.findall(r"^check (\S+) against .*: 0 mismatches in ([1-9]\d*) elements$", result.stdout, re.M)
        launch = json.loads((KERNELS / name / "launch.json").read_text())
        expected = [each["buffer"] for each in launch["outputs"] if isinstance(each, dict)]
        self.assertEqual([buffer for buffer, _ in checked], expected)
        self.assertGreater(len(expected), 0)
        printed = re.findall(r"^warp \d: x = ", result.stdout, re.M)
        self.assertEqual(len(printed), EXPECTED_LINES.get(name, 0))

    def test_every_kernel_gives_its_expected_outputs(self):
        self.assertGreaterEqual(len(names()), 14)
        for name in names():
            with self.subTest(kernel=name):
                self.check(name, KERNELS / name / f"{name}.ptx")

    def test_only_approximate_outputs_have_a_tolerance(self):
        tolerant = set()
        for name in names():
            launch = json.loads((KERNELS / name / "launch.json").read_text())
            tolerant |= {(name, each["buffer"]) for each in launch["outputs"]
                         if isinstance(each, dict) and "tolerance" in each}
        self.assertEqual(tolerant, WITH_TOLERANCE)

    def test_outputs_are_claimed_exact_but_for_those_of_open_operations(self):
        doubts = {}
        for name in names():
            result = run(KERNELS / name / f"{name}.ptx", "--launch", KERNELS / name / "launch.json")
            for buffer, doubt in re.findall(r"^check (\S+) against .* \(not claimed exact, (.*)\): ", result.stdout, re.M):
                doubts[name, buffer] = re.sub(r"^\S*/", "", doubt)
        self.assertEqual(doubts, NOT_CLAIMED)

    def test_inputs_and_expected_outputs_are_what_the_references_make(self):
        result = subprocess.run([sys.executable, "-B", ROOT / "scripts" / "make_corpus", "--check"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    @unittest.skipUnless(NVCC, "nvcc is not here")
    def test_what_nvcc_compiles_now_behaves_as_the_committed_ptx(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in names():
                with self.subTest(kernel=name):
                    ptx = pathlib.Path(folder) / f"{name}.ptx"
                    subprocess.run([NVCC, "-arch=sm_80", "-ptx", "-o", ptx, f"{name}.cu"], cwd=KERNELS / name,
                                   check=True)
                    self.check(name, ptx)

    def test_cycles_repeat_and_are_the_same_with_values_off(self):
        def run_kernel(name, *options):
            return run(KERNELS / name / f"{name}.ptx", "--launch", KERNELS / name / "launch.json", *options)

        def cycles(result):
            return re.findall(r"^  cycles +\d+$", result.stdout, re.M)

        for name in names():
            with self.subTest(kernel=name):
                first = cycles(run_kernel(name))
                self.assertTrue(first)
                if name in NEEDS_VALUES:
                    self.assertEqual(first, cycles(run_kernel(name)))
                    self.assertIn("turn values on", run_kernel(name, "--values", "off").stderr)
                else:
                    self.assertEqual(first, cycles(run_kernel(name, "--values", "off")))


class Check(unittest.TestCase):
    """A wrong expectation is found and told."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for file in (KERNELS / "stencil").iterdir():
            if file.is_file():
                shutil.copy(file, self.folder)

    def run_stencil(self, *options):
        return run(self.folder / "stencil.ptx", "--launch", self.folder / "launch.json", *options)

    def damage(self):
        """Changes the sign of the last element of X."""
        path = self.folder / "X.expected.npy"
        content = bytearray(path.read_bytes())
        content[-1] ^= 0x80
        path.write_bytes(content)

    def test_a_mismatch_is_told_with_its_place_and_ends_in_1(self):
        self.damage()
        result = self.run_stencil("--json", self.folder / "r.json")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"check X against X\.expected\.npy, bit for bit \(claimed exact\): 1 mismatches in 1850 elements; "
                                        r"first: X\[36\]\[49\] is (-?\d+) \(0x\w+\), expected -?\d+ \(0x\w+\)\n")
        self.assertRegex(result.stdout, "check Y against .*: 0 mismatches in 1850 elements\n")
        checks = json.loads((self.folder / "r.json").read_text())["checks"]
        self.assertEqual([check["mismatches"] for check in checks], [1, 0])
        self.assertTrue(all(check["bit_exact"] for check in checks))

    def test_no_check_compares_nothing(self):
        self.damage()
        result = self.run_stencil("--no-check")
        self.assertEqual(result.returncode, 0)
        self.assertNotIn("mismatches", result.stdout)

    def test_without_values_nothing_is_compared(self):
        result = self.run_stencil("--values", "off")
        self.assertEqual(result.returncode, 0)
        self.assertNotIn("mismatches", result.stdout)

    def test_every_launch_is_reported_and_the_sum(self):
        result = self.run_stencil("--json", self.folder / "r.json")
        cycles = [int(each) for each in re.findall(r"^  cycles +(\d+)$", result.stdout, re.M)]
        self.assertEqual(len(cycles), 3)
        self.assertIn(f"3 launches: {sum(cycles)} cycles", result.stdout)
        written = json.loads((self.folder / "r.json").read_text())
        self.assertEqual([launch["cycles"] for launch in written["launches"]], cycles)
        self.assertEqual(written["cycles"], sum(cycles))


if __name__ == "__main__":
    unittest.main()

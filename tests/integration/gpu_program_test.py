"""sptc-gpu, built by scripts/gpu-build, on machines without a GPU: a driver that only pretends (tests/support/fake_driver.cpp)
shows that launches reach the CUDA driver API as the launch file says."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / os.environ.get("SPTC_BUILD_DIR", "build/release")
SPTC = BUILD / "sptc"
PROGRAM = ROOT / "build" / "gpu" / "sptc-gpu"
KERNEL = ".version 7.0\n.target sm_80\n.visible .entry echo() { ret; }\n"


def setUpModule():
    """nvcc builds the program where it is, else g++. The library of the fake driver is C++ without headers of ours."""
    global fake
    built = subprocess.run([ROOT / "scripts" / "gpu-build"], capture_output=True, text=True, cwd=ROOT)
    if built.returncode != 0:
        raise AssertionError(built.stdout + built.stderr)
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    assert ("nvcc" if nvcc else "g++") in built.stdout, built.stdout
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    fake = pathlib.Path(folder.name) / "libfakecuda.so"
    subprocess.run(["g++", "-std=c++20", "-shared", "-fPIC", ROOT / "tests" / "support" / "fake_driver.cpp", "-o", fake],
                   check=True)


class GpuProgram(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        (self.path / "k.ptx").write_text(KERNEL)

    def run_program(self, *arguments, driver=True):
        environment = dict(os.environ)
        environment["SPTC_CUDA_DRIVER"] = str(fake) if driver else "libnowhere.so.1"
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=self.path, env=environment)

    def launch(self, **members):
        document = {"schema": "sptc.launch/1", "entry": "echo", "grid": [3, 2], "block": [32, 4],
                    "buffers": {"out": {"bytes": 56}, "other": {"bytes": 64, "fill": "ab"}},
                    "arguments": [{"buffer": "out"}, {"u32": 77},
                                  {"bytes": "0102030405060708 0000000000000000",
                                   "pointers": [{"offset": 8, "buffer": "other", "addend": 16}]}],
                    "outputs": ["out"]}
        document.update(members)
        (self.path / "l.json").write_text(json.dumps(document))
        return ["run", "k.ptx", "--launch", "l.json", "--out", "out"]

    def test_a_launch_reaches_the_driver_as_the_file_says(self):
        result = self.run_program(*self.launch(dynamic_shared_bytes=100_000))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("Fake GPU (sm_80, 108 SMs, CUDA 13.0)", result.stdout)
        words = struct.unpack("<10I2Q", (self.path / "out" / "out.bin").read_bytes())
        self.assertEqual(words[0:3] + words[3:6], (3, 2, 1, 32, 4, 1))
        self.assertEqual(words[6:9], (100_000, 100_000, 77), "beyond 48 KiB the function's limit must be raised")
        self.assertEqual(words[10], 0x0807060504030201)
        self.assertNotEqual(words[11], 0)
        self.assertEqual(words[11] % 16, 0, "the address of a buffer plus 16")

    def test_small_shared_memory_leaves_the_limit_alone(self):
        result = self.run_program(*self.launch(dynamic_shared_bytes=4096))
        self.assertEqual(result.returncode, 0, result.stderr)
        words = struct.unpack("<10I2Q", (self.path / "out" / "out.bin").read_bytes())
        self.assertEqual(words[6:8], (4096, 48 * 1024))

    def test_every_run_begins_with_the_buffers_as_given_and_kernels_follow_each_other(self):
        (self.path / "twos.bin").write_bytes(struct.pack("<4I", 8, 8, 8, 8))
        one = {"entry": "add_one", "grid": [1], "block": [32], "arguments": [{"buffer": "x"}]}
        document = {"schema": "sptc.launch/1", "launches": [one, one],
                    "buffers": {"x": {"type": "u32", "dimensions": [4], "constant": 6}},
                    "outputs": [{"buffer": "x", "expected": "twos.bin"}]}
        (self.path / "l.json").write_text(json.dumps(document))
        result = self.run_program("run", "k.ptx", "--launch", "l.json", "--warm-up", "2", "--repeats", "5", "--json",
                                  "report.json")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("check x against twos.bin, bit for bit: 0 mismatches in 4 elements", result.stdout)
        report = json.loads((self.path / "report.json").read_text())
        # The fake clock gives 1, 2, 3, ... us: a first run, two to warm up, then 4 to 8.
        self.assertEqual(report["times"]["runs"], 5)
        self.assertAlmostEqual(report["times"]["median_us"], 6, places=3)
        self.assertAlmostEqual(report["times"]["low_us"], 5, places=3)
        self.assertAlmostEqual(report["times"]["high_us"], 7, places=3)
        self.assertEqual(report["device"]["compute_capability"], 80)
        self.assertEqual(len(report["kernel"]["sha256"]), 64)

    def test_an_output_that_is_not_as_expected_is_a_mismatch(self):
        (self.path / "wrong.bin").write_bytes(bytes(56))
        result = self.run_program(*self.launch(outputs=[{"buffer": "out", "expected": "wrong.bin"}]))
        self.assertEqual(result.returncode, 1)
        self.assertIn("out[0] is 3 (0x3), expected 0 (0x0)", result.stdout)

    def test_errors_are_those_of_sptc_run(self):
        cases = [
            (self.launch(entry="fault", arguments=[]), 4, "ILLEGAL_ADDRESS"),
            (self.launch(entry="absent"), 3, "k.ptx: has no entry 'absent'"),
            (self.launch(dynamic_shared_bytes=200_000), 3, "expected at most 166912 on this GPU"),
            (["run", "k.ptx"], 2, "--launch LAUNCH.json is missing"),
            (["run", "k.ptx", "--launch", "absent.json"], 3, "absent.json: cannot be opened"),
            (["dance"], 2, "unknown verb 'dance': expected one of run, record, resolve, info"),
        ]
        for arguments, code, message in cases:
            with self.subTest(message=message):
                self.launch(**({"entry": "fault", "arguments": []} if code == 4 else
                               {"entry": "absent"} if "absent'" in message else
                               {"dynamic_shared_bytes": 200_000} if "166912" in message else {}))
                result = self.run_program(*arguments)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(message, result.stderr)

    def test_what_the_driver_says_of_wrong_ptx_is_passed_on(self):
        arguments = self.launch()
        (self.path / "k.ptx").write_text("// nothing\n")
        result = self.run_program(*arguments)
        self.assertEqual(result.returncode, 3)
        self.assertIn("k.ptx: the driver cannot load it: CUDA_ERROR_INVALID_PTX", result.stderr)
        self.assertIn("line 1: no entry", result.stderr)

    def test_a_missing_gpu_is_said(self):
        result = self.run_program(*self.launch(), driver=False)
        self.assertEqual(result.returncode, 3)
        self.assertIn("no NVIDIA driver: libnowhere.so.1", result.stderr)
        result = self.run_program(*self.launch(), "--device", "5")
        self.assertEqual(result.returncode, 3)
        self.assertIn("GPU 5 is missing: the driver finds 1 GPUs", result.stderr)

    def test_a_fault_does_not_stop_the_campaign(self):
        """Entries of a campaign run one after another; the fake GPU knows three kernels, and one faults."""
        def entry(name, kernel):
            launch = {"schema": "sptc.launch/1", "entry": kernel, "grid": [1], "block": [32],
                      "buffers": {"x": {"type": "u32", "dimensions": [4], "constant": 1}},
                      "arguments": [{"buffer": "x"}], "outputs": ["x"]}
            (self.path / f"{name}.json").write_text(json.dumps(launch))
            return {"name": name, "group": "gemm", "kernel": "k.ptx", "launch": f"{name}.json", "architecture": 80,
                    "block_bytes": 0, "every": 1, "warm_up": 0, "repeats": 0}
        entries = [entry("before", "add_one"), entry("bad", "fault"), entry("after", "add_one")]
        later = dict(entries[0], name="hopper", architecture=90)
        (self.path / "campaign.json").write_text(json.dumps(
            {"schema": "sptc.campaign/1", "generator": 1, "sptc": "test", "entries": entries + [later]}))
        (self.path / "campaign.pack").write_bytes(b"SPTCPACK")
        # The clock kernel of the recorder is no entry of the fake GPU, so the recorder must do without the clock.
        result = self.run_program("record", ".", "recording")
        self.assertEqual(result.returncode, 0, result.stderr)
        recording = json.loads((self.path / "recording" / "recording.json").read_text())["recording"]
        answers = {each["name"]: each for each in recording["answers"]}
        self.assertEqual(recording["device"]["name"], "Fake GPU")
        self.assertIn("ILLEGAL_ADDRESS", answers["bad"]["problem"])
        self.assertEqual(answers["hopper"]["problem"], "not run: needs sm_90, the device is sm_80")
        data = (self.path / "recording" / "answers.bin").read_bytes()
        for name in ("before", "after"):
            output = answers[name]["outputs"][0]
            self.assertEqual(data[output["offset"]:output["offset"] + output["bytes"]], struct.pack("<4I", 2, 2, 2, 2))

    def test_gpu_record_records_a_given_campaign_and_needs_a_gpu(self):
        launch = {"schema": "sptc.launch/1", "entry": "add_one", "grid": [1], "block": [32],
                  "buffers": {"x": {"bytes": 16}}, "arguments": [{"buffer": "x"}], "outputs": ["x"]}
        (self.path / "l.json").write_text(json.dumps(launch))
        (self.path / "campaign.json").write_text(json.dumps({"schema": "sptc.campaign/1", "generator": 1, "sptc": "test", "entries": [
            {"name": "one", "group": "gemm", "kernel": "k.ptx", "launch": "l.json", "architecture": 80, "block_bytes": 0,
             "every": 1, "warm_up": 1, "repeats": 3}]}))
        (self.path / "campaign.pack").write_bytes(b"SPTCPACK")
        command = [ROOT / "scripts" / "gpu-record", self.path / "recording", "--campaign", self.path, "--program", PROGRAM]
        for driver, code in ((str(fake), 0), ("libnowhere.so.1", 3)):
            with self.subTest(driver=driver):
                result = subprocess.run(command, capture_output=True, text=True,
                                        env=dict(os.environ, SPTC_CUDA_DRIVER=driver))
                self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        answer = json.loads((self.path / "recording" / "recording.json").read_text())["recording"]["answers"][0]
        self.assertEqual(answer["times"]["runs"], 3)
        result = subprocess.run(command[:1], capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("expected DIR", result.stderr)


if __name__ == "__main__":
    unittest.main()

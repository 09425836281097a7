"""sptc run --sanitize on tests/kernels/planted: every planted bug is found by its detector, and only there; what is correct gives
no finding."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLANTED = ROOT / "tests" / "kernels" / "planted"
SPTC = ROOT / os.environ.get("SPTC_BUILD_DIR", "build/release") / "sptc"

SUCCESS, KERNEL_ERROR, MEMORY_FAULT, DEADLOCK, FINDINGS = 0, 3, 4, 5, 6

# entry: (detector, exit code, what each finding says, code on the source line that does it, and on the one it collides with)
BUGS = {
    "past_the_end": ("memory", MEMORY_FAULT, "access out of bounds", "threadIdx.x + 1]", None),
    "past_shared": ("memory", MEMORY_FAULT, "access out of bounds", "x[0] * 0 + 1] =", None),
    "misaligned": ("memory", MEMORY_FAULT, "misaligned access", "* 4 + 2)", None),
    "no_barrier": ("race", FINDINGS, "read after write", "= tile[(t + 32) % 128];", "tile[t] = x[t];"),
    "overwritten": ("race", FINDINGS, "write after read", "tile[t] = x[i * 128 + t];", "sum += tile"),
    "last_wins": ("race", FINDINGS, "write after write", "word = x[threadIdx.x]", "word = x[threadIdx.x]"),
    "lanes_collide": ("race", FINDINGS, "write after write", "words[t / 2] = x[t]", "words[t / 2] = x[t]"),
    "no_syncwarp": ("race", FINDINGS, "read after write", "= tile[t ^ 1];", "tile[t] = x[t];"),
    "other_barrier": ("race", FINDINGS, "read after write", "= tile[(t + 64) % 128];", "tile[t] = x[t];"),
    "half_a_tile": ("init", FINDINGS, "uses shared memory", "= tile[t];", "= tile[t];"),
    "accumulated": ("init", FINDINGS, "uses global memory", "out[t] += x[t];", "out[t] += x[t];"),
    "atomically": ("init", FINDINGS, "uses global memory", None, None),
    "no_wait": ("async", FINDINGS, "reads the destination of a cp.async in flight", "= tile[t];", "cp.async.ca"),
    "one_group_too_few": ("async", FINDINGS, "reads the destination of a cp.async in flight", "= tiles[1][t];", "cp.async.ca"),
    "wait_without_barrier": ("async", FINDINGS, "touches what another thread's cp.async wrote", "= tile[(t + 32) % 128];",
                             "cp.async.ca"),
    "stored_over": ("async", FINDINGS, "writes the destination of a cp.async in flight", "tile[t] = 7;", "cp.async.ca"),
    "copied_over": ("async", FINDINGS, "copies over shared memory", "cp.async.ca", "sum += tile"),
    "half_a_warp": ("sync", KERNEL_ERROR, "lanes are missing", None, None),
    "counts_differ": ("sync", FINDINGS, "different thread counts", "bar.sync 1", "bar.sync 1"),
    "never_opens": ("sync", DEADLOCK, "never opens", "bar.sync 1, 96", None),
    "lanes_are_gone": ("sync", FINDINGS, "reads a lane that has exited", None, None),
    "mask_too_wide": ("sync", KERNEL_ERROR, "lanes are missing", None, None),
}


def entries(source):
    return re.findall(r'extern "C" __global__ void (\w+)\(', (PLANTED / f"{source}.cu").read_text())


def run_entry(source, entry, detectors):
    """Runs one entry; returns the process, and the findings in JSON (None: no file was written)."""
    launch = {"schema": "sptc.launch/1", "entry": entry, "grid": [2], "block": [128],
              "arguments": [{"buffer": "x"}, {"buffer": "out"}], "outputs": ["out"],
              "buffers": {"x": {"type": "s32", "dimensions": [256], "random": {"seed": 1, "distribution": "integers",
                                                                              "low": -100, "high": 100}},
                          "out": {"type": "s32", "dimensions": [256]}}}
    if entry == "past_shared":
        launch["dynamic_shared_bytes"] = 512
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "launch.json").write_text(json.dumps(launch))
        result = subprocess.run([SPTC, "run", PLANTED / f"{source}.ptx", "--launch", path / "launch.json", "--json",
                                 path / "r.json", "--sanitize", detectors], capture_output=True, text=True)
        written = json.loads((path / "r.json").read_text())["sanitizer"] if (path / "r.json").exists() else None
    return result, written


def source_line(source, party):
    """The text of the line of the .cu that a party of a finding names."""
    number = re.search(r"\(\w+\.cu:(\d+)\)$", party["location"])
    return (PLANTED / f"{source}.cu").read_text().splitlines()[int(number[1]) - 1]


class Planted(unittest.TestCase):
    def check_bug(self, entry, detectors):
        detector, code, what, now, before = BUGS[entry]
        result, written = run_entry(detector, entry, detectors)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        findings = written["findings"]
        self.assertEqual({each["detector"] for each in findings}, {detector}, findings)
        found = findings[0]
        self.assertIn(what, found["what"])
        self.assertGreaterEqual(found["at"]["line"], 1)
        if now:
            self.assertIn(now, source_line(detector, found["at"]))
        if before:
            self.assertIn(before, source_line(detector, found["before"]))
        self.assertIn(f"{detector}: {found['what']}\n  at      ", result.stdout)
        self.assertIn(found["advice"], result.stdout)

    def test_every_planted_bug_is_found_and_nothing_else(self):
        planted = {entry for source in {bug[0] for bug in BUGS.values()} for entry in entries(source)}
        self.assertEqual(planted, set(BUGS))
        for entry in BUGS:
            with self.subTest(entry=entry):
                self.check_bug(entry, "all")

    def test_a_detector_finds_its_bugs_alone(self):
        for entry, bug in BUGS.items():
            if bug[0] != "memory":
                with self.subTest(entry=entry):
                    self.check_bug(entry, bug[0])

    def test_a_detector_that_is_off_finds_nothing(self):
        for entry, (detector, code, *_) in BUGS.items():
            if code != FINDINGS:
                continue
            others = ",".join(each for each in ("memory", "race", "init", "async", "sync") if each != detector)
            with self.subTest(entry=entry):
                result, written = run_entry(detector, entry, others)
                self.assertEqual((result.returncode, written["findings"]), (SUCCESS, []), result.stdout)

    def test_correct_kernels_give_no_finding(self):
        self.assertGreaterEqual(len(entries("clean")), 7)
        for entry in entries("clean"):
            with self.subTest(entry=entry):
                result, written = run_entry("clean", entry, "all")
                self.assertEqual((result.returncode, written["findings"]), (SUCCESS, []), result.stdout + result.stderr)

    def test_memory_faults_name_lane_buffer_and_distance_also_by_default(self):
        result, written = run_entry("memory", "past_the_end", "memory")
        self.assertIsNone(written)
        self.assertRegex(result.stdout, r"at      \S+memory\.ptx:\d+ \(memory\.cu:\d+\) 'ld\.global\.u32', warp 3, lane 31, CTA 1\n")
        self.assertIn("0 bytes past the end of buffer 'x' (1024 bytes)", result.stdout)
        result, _ = run_entry("memory", "past_shared", "memory")
        self.assertRegex(result.stdout, "warp 3, lane 31, CTA 0\n.*outside the CTA's 512 bytes of shared memory: 0 bytes past its end")


class Generated(unittest.TestCase):
    def test_the_kernels_of_gemm_give_no_finding_and_claim_exact_bits(self):
        for options in (["--type", "f16"], ["--type", "f16", "--pattern", "dense", "--epilogue", "bias+gelu"], ["--type", "s8"],
                        ["--type", "tf32"], ["--type", "u4"], ["--type", "f64"], ["--type", "b1"]):
            with self.subTest(options=options), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "r.json"
                result = subprocess.run([SPTC, "gemm", "--m", "96", "--n", "72", "--k", "160", "--baseline", "none", "--check",
                                         "--sanitize", "all", "--json", file, *options], capture_output=True, text=True)
                self.assertEqual(result.returncode, SUCCESS, result.stdout + result.stderr)
                written = json.loads(file.read_text())
                self.assertEqual(written["sanitizer"]["findings"], [])
                self.assertEqual((written["check"]["mismatches"], written["check"]["claimed_exact"]), (0, True))

    def test_the_examples_give_no_finding(self):
        examples = ROOT / "traces" / "examples"
        for name in ("dense_gemm", "sparse_gemm"):
            with self.subTest(name=name):
                result = subprocess.run([SPTC, "run", examples / f"{name}.ptx", "--launch", examples / f"{name}.launch.json",
                                         "--sanitize", "all"], capture_output=True, text=True)
                self.assertEqual(result.returncode, SUCCESS, result.stdout + result.stderr)
                self.assertIn("): 0 findings", result.stdout)

    def test_one_sm_for_all_is_not_watched(self):
        result = subprocess.run([SPTC, "gemm", "--m", "96", "--n", "72", "--k", "160", "--sms", "representative", "--sanitize", "all"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, KERNEL_ERROR)
        self.assertIn("--sanitize watches whole CTAs", result.stderr)


class Options(unittest.TestCase):
    def test_detectors_that_watch_data_refuse_values_off(self):
        result = subprocess.run([SPTC, "run", PLANTED / "race.ptx", "--launch", "none.json", "--sanitize", "race", "--values", "off"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, KERNEL_ERROR)
        self.assertIn("--sanitize race watches data that --values off does not compute", result.stderr)

    def test_an_unknown_detector_is_refused_with_the_list(self):
        result = subprocess.run([SPTC, "run", PLANTED / "race.ptx", "--launch", "none.json", "--sanitize", "race,leaks"],
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, KERNEL_ERROR)
        self.assertIn("found 'leaks' in 'race,leaks', expected some of memory, race, init, async and sync", result.stderr)


if __name__ == "__main__":
    unittest.main()

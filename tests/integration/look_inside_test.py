"""--timeline and --vcd, and the pictures of them, as a user makes them."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SPTC = ROOT / os.environ.get("SPTC_BUILD_DIR", "build/release") / "sptc"
GEMM = ("gemm", "--m", "128", "--n", "128", "--k", "128", "--baseline", "none")
TRACE = ("replay", ROOT / "traces" / "examples" / "sparse_gemm.trace")
RUN = ("run", ROOT / "traces" / "examples" / "sparse_gemm.ptx", "--launch",
       ROOT / "traces" / "examples" / "sparse_gemm.launch.json")


def sptc(*arguments):
    return subprocess.run([SPTC, *map(str, arguments)], capture_output=True, text=True)


def threads_of(trace):
    return {event["args"]["name"] for event in trace["traceEvents"] if event["name"] == "thread_name"}


class LookInside(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def succeed(self, *arguments):
        result = sptc(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def refuse(self, *arguments):
        """What is said; nothing is left behind."""
        result = sptc(*arguments)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertEqual(list(self.path.iterdir()), [])
        self.assertNotIn("arning", result.stderr)
        return result.stderr

    def test_gemm_run_and_replay_write_both_files_and_print_the_same(self):
        for command in (GEMM, RUN, TRACE):
            with self.subTest(command=command[0]):
                timeline, waves = self.path / "t.json", self.path / "w.vcd"
                plain, looked = self.path / "plain.json", self.path / "looked.json"
                self.succeed(*command, "--json", plain)
                self.succeed(*command, "--json", looked, "--timeline", timeline, "--vcd", waves)
                results = [json.loads(file.read_text()) for file in (plain, looked)]
                for result in results:
                    result.pop("host", None)
                self.assertEqual(*results)
                trace = json.loads(timeline.read_text())
                self.assertEqual(trace["otherData"]["schema"], "sptc.timeline/1")
                self.assertLessEqual({"issue slot", "tensor core", "CTAs", "shared memory wavefronts", "L1 tags",
                                      "load/store queue", "global memory, in flight"}, threads_of(trace))
                self.assertIn("$enddefinitions", waves.read_text())
                for file in (timeline, waves, plain, looked):
                    file.unlink()
                self.assertEqual(list(self.path.iterdir()), [])

    def test_what_is_not_recorded_is_said(self):
        file = self.path / "t.json"
        result = self.succeed(*GEMM, "--timeline", file, "--timeline-cycles", "100:50")
        self.assertRegex(result.stderr, r"timeline: cycles 100 \.\. 149 of the \d+ of \w+ are recorded")
        result = self.succeed(*GEMM, "--timeline", file, "--timeline-cycles", "900000:50")
        self.assertIn("timeline: no cycle of the", result.stderr)
        result = self.succeed(*GEMM, "--timeline", file, "--timeline-cycles", "1000000")
        self.assertNotIn("timeline:", result.stderr)

    def test_a_second_file_replaces_the_first_whole(self):
        file = self.path / "t.json"
        file.write_text("old")
        self.succeed(*GEMM, "--timeline", file)
        json.loads(file.read_text())
        self.assertEqual([each.name for each in self.path.iterdir()], ["t.json"])

    def test_bad_input_is_refused_before_the_work(self):
        timeline, waves = self.path / "t.json", self.path / "w.vcd"
        self.assertIn("cannot be written", self.refuse(*GEMM, "--timeline", self.path / "missing" / "t.json"))
        self.assertIn("cannot be written", self.refuse(*GEMM, "--vcd", self.path / "missing" / "w.vcd"))
        self.assertIn("--timeline-cycles '5:'", self.refuse(*GEMM, "--timeline", timeline, "--timeline-cycles", "5:"))
        self.assertIn("--timeline-sms '-1'", self.refuse(*GEMM, "--timeline", timeline, "--timeline-sms=-1"))
        self.assertIn("SMs 3 .. 3: simulated is SM 0 only",
                      self.refuse(*GEMM, "--timeline", timeline, "--timeline-sms", "3:1"))
        self.assertIn("SMs 107 .. 108: simulated is 0 .. 107",
                      self.refuse(*GEMM, "--sms", "all", "--timeline", timeline, "--timeline-sms", "107:2"))
        self.assertIn("at most 1000000 cycles", self.refuse(*GEMM, "--vcd", waves, "--vcd-cycles", "1000001"))
        self.assertIn("no sub-core 4", self.refuse(*GEMM, "--vcd", waves, "--vcd-sub-core", "4"))

    def test_a_run_that_fails_leaves_no_file(self):
        self.assertIn("still running after the limit",
                      self.refuse(*RUN, "--max-cycles", "500", "--timeline", self.path / "t.json", "--vcd",
                                  self.path / "w.vcd"))

    def test_pictures_are_drawn_of_both(self):
        timeline, waves = self.path / "t.json", self.path / "w.vcd"
        self.succeed(*GEMM, "--values", "on", "--timeline", timeline, "--vcd", waves)
        first = next(event["ts"] for event in json.loads(timeline.read_text())["traceEvents"]
                     if event.get("cat") == "sparse")
        for script, source in (("draw_timeline", timeline), ("draw_waves", waves)):
            with self.subTest(script=script):
                picture = self.path / (script + ".svg")
                result = subprocess.run([ROOT / "scripts" / script, source, f"{first}:40", picture],
                                        capture_output=True, text=True)
                self.assertEqual(result.returncode, 0, result.stderr)
                texts = {each.text for each in xml.etree.ElementTree.parse(picture).iter()}
                self.assertIn("tensor core" if script == "draw_timeline" else "metadata_decoder.row0_selects", texts)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""sptc sweep, query and export from outside: what is killed goes on, what fails is recorded, what is wrong is said."""

import csv
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from sweep_case import ROOT, SPTC, SweepCase

SMALL = {"m": 64, "n": 64, "k": 64}


class Sweep(SweepCase):
    def small_sweep(self, count=6):
        return self.write_sweep(defaults=SMALL, grid={"pattern": ["dense", "2:4"], "/sm/tensor_core/b_bits_per_cycle": [256, 512][: max(1, count // 2)]})

    def test_results_do_not_depend_on_jobs_or_on_being_killed_ten_times(self):
        demo = ROOT / "configs" / "sweep" / "demo.json"
        out = self.sptc("sweep", demo, "--db", "whole.sqlite", "--jobs", "2")
        self.assertIn("60 computed, 0 failed, 0 were there", out)
        whole = self.export("whole.sqlite")
        self.assertEqual([row["ordinal"] for row in whole], list(range(60)))
        self.assertTrue(all(row["cycles"] > 0 for row in whole))
        self.assertTrue(any(row["speedup"] > 1.2 for row in whole))

        self.sptc("sweep", demo, "--db", "one.sqlite", "--jobs", "1")
        self.assertEqual(self.export("one.sqlite"), whole)

        rng = random.Random(7)
        seen = 0
        for kill in range(10):
            process = subprocess.Popen([SPTC, "sweep", demo, "--db", "killed.sqlite", "--resume", "--jobs", "2"],
                                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.0, 0.7))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if os.path.exists(self.path("killed.sqlite")) and os.path.getsize(self.path("killed.sqlite")) > 0:
                with sqlite3.connect(self.path("killed.sqlite")) as database:
                    self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                    tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'points'").fetchone()[0]
                    now = database.execute("SELECT count(*) FROM points").fetchone()[0] if tables else 0
                database.close()
                self.assertGreaterEqual(now, seen, "a finished point was lost")
                seen = now
        out = self.sptc("sweep", demo, "--db", "killed.sqlite", "--resume", "--jobs", "2")
        self.assertIn(f"{60 - seen} computed, 0 failed, {seen} were there", out)
        self.assertEqual(self.export("killed.sqlite"), whole)

    def test_ctrl_c_records_no_failure(self):
        self.write_sweep(defaults={"m": 2048, "n": 2048, "k": 2048}, grid={"seed": list(range(40))})
        process = subprocess.Popen([SPTC, "sweep", "sweep.json", "--db", "r.sqlite", "--jobs", "2"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertIn("--resume goes on", err)
        rows = self.export("r.sqlite")
        self.assertEqual([row for row in rows if row["status"] == "failed"], [])
        self.assertLess(len(rows), 40)

    def test_a_failing_point_is_recorded_and_the_others_run(self):
        # No tile of this name for a dense kernel; tf32 has no 2:4 datapath.
        self.write_sweep(defaults=SMALL, points=[{"pattern": "2:4"}, {"type": "tf32", "pattern": "2:4"}, {"pattern": "dense"}])
        out = self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.assertIn("2 computed, 1 failed", out)
        self.assertIn("first failure: point 1: ", out)
        failed = json.loads(self.sptc("query", "r.sqlite", "SELECT ordinal, error, cycles FROM results WHERE status = 'failed'", "--json"))
        self.assertEqual(len(failed), 1)
        self.assertEqual(failed[0]["ordinal"], 1)
        self.assertIn("2:4", failed[0]["error"])
        self.assertIsNone(failed[0]["cycles"])
        self.assertIn("0 computed, 0 failed, 3 were there", self.sptc("sweep", "sweep.json", "--db", "r.sqlite", "--resume"))
        self.assertIn("0 computed, 1 failed, 2 were there", self.sptc("sweep", "sweep.json", "--db", "r.sqlite", "--retry-failed"))

    def test_a_point_gives_what_gemm_gives(self):
        self.write_sweep(defaults={"m": 128, "n": 96, "k": 192, "pattern": "2:4"}, grid={"/sm/tensor_core/b_bits_per_cycle": [256]})
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        row = self.export("r.sqlite")[0]
        self.sptc("gemm", "--m", "128", "--n", "96", "--k", "192", "--pattern", "2:4", "--baseline", "none",
                  "--set", "/sm/tensor_core/b_bits_per_cycle=256", "--json", "gemm.json")
        gemm = json.loads((self.folder / "gemm.json").read_text())
        gemm.pop("host")
        self.assertEqual({key: row["result"][key] for key in gemm}, gemm)
        self.assertEqual(row["/sm/tensor_core/b_bits_per_cycle"], 256)

    def test_a_value_check_runs_in_a_sweep(self):
        self.write_sweep(defaults=SMALL | {"values": "on", "check": "on"}, grid={"pattern": ["dense", "2:4"]})
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        checks = [row["result"]["check"] for row in self.export("r.sqlite")]
        self.assertEqual([(check["elements"], check["mismatches"]) for check in checks], [(64 * 64, 0)] * 2)

    def test_variants_are_a_dimension_beside_the_gpu(self):
        shape = {"m": 128, "n": 128, "k": 192}
        self.write_sweep(defaults=shape, grid={"density_b": [0.25, 1.0]}, points=[
            {"variant": "tc"}, {"variant": "stc", "pattern": "2:4"}, {"variant": "dual", "pattern": "2:6", "check": "on"},
            {"variant": "dstc", "pattern": "0.1", "machine": "dstc", "/shared_words_per_cycle": 1000}])
        self.assertIn("8 computed, 0 failed", self.sptc("sweep", "sweep.json", "--db", "r.sqlite"))
        rows = {(row["variant"], row["density_b"]): row for row in self.export("r.sqlite")}
        for (variant, density), row in rows.items():
            self.sptc("variant", "run", variant, "--m", 128, "--n", 128, "--k", 192, "--pattern", row["pattern"],
                      "--density-b", density, "--machine", row["machine"], "--json", "one.json")
            one = json.loads((self.folder / "one.json").read_text())
            if variant != "dstc":  # its feed was widened
                self.assertEqual(row["cycles"], one["cycles"])
                self.assertAlmostEqual(row["speedup"], rows["tc", density]["cycles"] / row["cycles"])
                self.assertAlmostEqual(row["energy_uj"], one["energy_uj"])
        self.assertLess(rows["dual", 0.25]["cycles"], rows["dual", 1.0]["cycles"])
        for wrong, said in [({"variant": "stc", "tile": "64x64x64x2"}, "tile: means nothing to variant"), ({"density_b": 0.5}, "without a variant"),
                            ({"variant": "hss", "pattern": "2:4"}, "takes G:H/N:M"), ({"variant": "x"}, "unknown variant"),
                            ({"variant": "tc", "machine": "x"}, "unknown machine"), ({"variant": "tc", "/sms": 4}, "names nothing")]:
            self.write_sweep(defaults=shape, points=[wrong])
            self.assertIn(said, self.sptc("sweep", "sweep.json", "--db", "w.sqlite", status=3))

    def test_a_report_shows_variants(self):
        self.write_sweep(defaults={"m": 64, "n": 64, "k": 64}, points=[{"variant": "tc"}, {"variant": "vegeta", "pattern": "0.1", "machine": "vegeta"}, {"pattern": "2:4"}])
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.sptc("report", "r.sqlite", "-o", "r.html")
        page = (self.folder / "r.html").read_text()
        self.assertIn('"array_busy"', page)
        self.assertIn('"variant":"vegeta"', page)

    def test_equal_points_of_another_sweep_are_not_computed_again(self):
        self.small_sweep()
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.write_sweep("other.json", name="other", defaults=SMALL, grid={"pattern": ["dense", "2:4"], "seed": [1, 2],
                                                                           "/sm/tensor_core/b_bits_per_cycle": [512]})
        self.assertIn("2 computed, 0 failed, 2 were there", self.sptc("sweep", "other.json", "--db", "r.sqlite", "--resume"))

    def test_a_dry_run_counts_estimates_and_leaves_nothing(self):
        self.small_sweep()
        out = self.sptc("sweep", "sweep.json", "--dry-run", "--db", "r.sqlite")
        self.assertRegex(out, r"to run +4 \(0 are in the results already\)")
        self.assertRegex(out, r"time +about|time +less|time +.*with --jobs")
        self.assertFalse(os.path.exists(self.path("r.sqlite")))
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.assertRegex(self.sptc("sweep", "sweep.json", "--dry-run", "--db", "r.sqlite"), r"to run +0 \(4 are")

    def test_a_thousand_large_points_are_estimated(self):
        out = self.sptc("sweep", ROOT / "configs" / "sweep" / "large.json", "--dry-run")
        self.assertIn("sweep large: 1000 points", out)
        self.assertRegex(out, r"time +about .*(min|h) with --jobs")
        memory = float(out.split("memory")[1].split("MiB")[0])
        self.assertLess(memory, 1024)

    def test_existing_foreign_and_newer_files_are_refused(self):
        self.small_sweep()
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        before = self.export("r.sqlite")
        self.assertIn("holds results already: use --resume", self.sptc("sweep", "sweep.json", "--db", "r.sqlite", status=3))

        (self.folder / "text.sqlite").write_text("not a database, but long enough to be read as one " * 100)
        for verb in (["sweep", "sweep.json", "--resume", "--db", "text.sqlite"], ["query", "text.sqlite", "SELECT 1"]):
            self.assertIn("text.sqlite: ", self.sptc(*verb, status=3))
            self.assertIn("not a SQLite database", self.sptc(*verb, status=3))
        with sqlite3.connect(self.path("foreign.sqlite")) as database:
            database.execute("CREATE TABLE notes (words TEXT)")
        database.close()
        self.assertIn("of another program", self.sptc("sweep", "sweep.json", "--resume", "--db", "foreign.sqlite", status=3))
        self.assertIn("of another program", self.sptc("query", "foreign.sqlite", "SELECT 1", status=3))

        shutil.copy(self.path("r.sqlite"), self.path("newer.sqlite"))
        with sqlite3.connect(self.path("newer.sqlite")) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        self.assertIn("has schema version 99, this program reads 1", self.sptc("sweep", "sweep.json", "--resume", "--db", "newer.sqlite", status=3))
        self.assertIn("has schema version 99", self.sptc("query", "newer.sqlite", "SELECT 1", status=3))

        self.assertIn("cannot be written", self.sptc("sweep", "sweep.json", "--db", "/proc/r.sqlite", status=3))
        self.assertIn("is a directory", self.sptc("sweep", "sweep.json", "--db", self.folder, status=3))
        self.assertIn("no such file", self.sptc("query", "none.sqlite", "SELECT 1", status=3))
        self.assertEqual(self.export("r.sqlite"), before)

    def test_a_second_sweep_waits_for_no_one(self):
        self.write_sweep(defaults={"m": 2048, "n": 2048, "k": 2048}, grid={"seed": list(range(40))})
        first = subprocess.Popen([SPTC, "sweep", "sweep.json", "--db", "r.sqlite", "--jobs", "1"], cwd=self.folder,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.7)
            self.assertIn("another sweep is writing to it", self.sptc("sweep", "sweep.json", "--db", "r.sqlite", "--resume", status=3))
            self.sptc("query", "r.sqlite", "SELECT count(*) FROM results")  # reading goes on
        finally:
            first.kill()
            first.wait()

    def test_when_the_disk_is_full_what_is_there_stays(self):
        # A limit on the size of files stands in for a full disk: writing fails in the same place.
        self.write_sweep(defaults=SMALL, grid={"seed": {"from": 1, "to": 60, "step": 1}})
        limit = 150_000
        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        error = self.sptc("sweep", "sweep.json", "--db", "r.sqlite", status=3, preexec_fn=small_files)
        self.assertIn("r.sqlite: ", error)
        kept = self.export("r.sqlite")
        self.assertGreater(len(kept), 0)
        self.assertLess(len(kept), 60)
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite", "--resume")
        whole = self.export("r.sqlite")
        self.assertEqual(len(whole), 60)
        self.assertEqual([row for row in whole if row["hash"] in {k["hash"] for k in kept}], kept)

    def test_queries_read_only_and_formats_agree(self):
        self.small_sweep()
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        for sql in ("DELETE FROM points", "DROP TABLE points", "CREATE TABLE t (x)"):
            self.assertIn("would write", self.sptc("query", "r.sqlite", sql, status=3))
        self.assertIn("one SQL statement", self.sptc("query", "r.sqlite", "SELECT 1; SELECT 2", status=3))
        self.assertIn("no such column", self.sptc("query", "r.sqlite", "SELECT colour FROM results", status=3))
        sql = "SELECT pattern, cycles, speedup FROM results ORDER BY ordinal"
        table = self.sptc("query", "r.sqlite", sql).splitlines()
        rows = json.loads(self.sptc("query", "r.sqlite", sql, "--json"))
        lines = list(csv.DictReader(io.StringIO(self.sptc("query", "r.sqlite", sql, "--csv"))))
        self.assertEqual(len(table), 1 + len(rows))
        self.assertEqual([int(line["cycles"]) for line in lines], [row["cycles"] for row in rows])
        self.assertEqual([line.split()[0] for line in table[1:]], [row["pattern"] for row in rows])

    def test_an_export_is_whole_or_not_there(self):
        self.small_sweep()
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.sptc("export", "r.sqlite", "--csv", "-o", "r.csv")
        with open(self.path("r.csv"), newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 4)
        self.assertEqual({row["/sm/tensor_core/b_bits_per_cycle"] for row in rows}, {"256", "512"})
        def tiny_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        self.sptc("export", "r.sqlite", "--json", "-o", "r.json", status=3, preexec_fn=tiny_files)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith("r.j")), [])


if __name__ == "__main__":
    unittest.main()

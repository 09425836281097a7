#!/usr/bin/env python3
"""sptc variant from outside: every variant that is listed runs and is exact, its JSON adds up, and what is wrong is said."""

import json
import re
import unittest

from sweep_case import ROOT, SweepCase

EXAMPLES = {"tc": "dense", "stc": "2:4", "flex": "2:6", "flex-rle": "2:6", "dual": "2:6", "venom": "64:2:8", "hss": "4:6/2:4",
            "vector-wise": "8:32", "dstc": "0.3", "s2ta": "4:8/3:8", "vegeta": "0.1"}


class Variant(SweepCase):
    def run_one(self, name, pattern, *more):
        self.sptc("variant", "run", name, "--m", 96, "--n", 160, "--k", 192, "--pattern", pattern, "--density-b", 0.5, "--json", "result.json", *more)
        return json.loads((self.folder / "result.json").read_text())

    def test_every_listed_variant_has_a_page_and_gives_the_reference_bit_for_bit(self):
        names = [line.split()[0] for line in self.sptc("variant", "list").splitlines()[1:]]
        self.assertEqual(sorted(names), sorted(EXAMPLES))
        pages = (ROOT / "docs" / "variants" / "README.md").read_text()
        for name in names:
            self.assertIn(f"`{name}`", pages)
            self.assertTrue(self.run_one(name, EXAMPLES[name], "--check")["exact"], name)

    def test_cycles_are_the_sum_of_what_the_array_did(self):
        for name, pattern in EXAMPLES.items():
            result = self.run_one(name, pattern)
            self.assertEqual(result["cycles"], sum(result["stalls"].values()), name)
            self.assertGreaterEqual(result["cycles"], result["stalls"]["array_busy"])
            self.assertAlmostEqual(result["energy_uj"], sum(result["energy_pj"].values()) / 1e6)
            self.assertNotIn("exact", result)

    def test_values_are_no_matter_of_cycles(self):
        for name, pattern in EXAMPLES.items():
            checked = self.run_one(name, pattern, "--check")
            del checked["exact"]
            self.assertEqual(checked, self.run_one(name, pattern), name)

    def test_a_variant_whose_cycles_depend_on_values_names_its_density_model(self):
        for name, pattern in EXAMPLES.items():
            text = self.sptc("variant", "run", name, "--m", 64, "--n", 64, "--k", 64, "--pattern", pattern)
            self.assertEqual("cycles depend on the zeros of" in text, name in ("dual", "venom", "dstc", "vegeta"), name)

    def test_a_machine_of_ones_own_is_read_and_checked(self):
        machine = json.loads((ROOT / "configs" / "accelerator" / "sparseloop-stc.json").read_text())
        machine["shared_words_per_cycle"]["value"] = 84
        (self.folder / "wide.json").write_text(json.dumps(machine))
        self.assertLess(self.run_one("flex", "2:8", "--machine", "wide.json")["datapath_cycles"], self.run_one("flex", "2:8")["datapath_cycles"])
        machine["shared_words_per_cycle"]["value"] = 0
        (self.folder / "none.json").write_text(json.dumps(machine))
        machine["unknown"] = 1
        (self.folder / "unknown.json").write_text(json.dumps(machine))
        for file, said in [("none.json", "shared_words_per_cycle is 0"), ("unknown.json", "/unknown"), ("absent.json", "absent.json"), ("absent", "unknown machine")]:
            error = self.sptc("variant", "run", "tc", "--m", 64, "--n", 64, "--k", 64, "--pattern", "dense", "--machine", file, status=3)
            self.assertIn(said, error)

    def test_anchors_print_every_published_figure_with_its_error(self):
        text = self.sptc("variant", "anchors")
        self.assertEqual(len(re.findall(r"^M\d+ K\d+ N\d+ ", text, re.MULTILINE)), 96)
        self.assertEqual(len(re.findall(r"^ +(?:1|0\.\d+) +(?:1|0\.4) +[01]\.\d{3} ", text, re.MULTILINE)), 10)
        self.assertEqual(len(re.findall(r"^ +0\.(?:1|05) +[23]\.\d\d ", text, re.MULTILINE)), 2)


if __name__ == "__main__":
    unittest.main()

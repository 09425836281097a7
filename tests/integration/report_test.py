#!/usr/bin/env python3
"""sptc report in a real browser: the page needs no network, says nothing on the console, filters, explains and opens points.

Skipped where chromium and chromedriver are not installed (Debian: chromium-driver).
"""

import json
import re
import sys
import unittest

from sweep_case import ROOT, SweepCase

sys.path.insert(0, str(ROOT / "tests" / "support"))
import browser  # noqa: E402

PROGRAMS = browser.find()


class Report(SweepCase):
    def test_a_report_without_points_or_place_is_refused(self):
        self.write_sweep(defaults={"m": 64, "n": 64, "k": 64}, grid={"pattern": ["2:4"]})
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.assertIn("cannot be written", self.sptc("report", "r.sqlite", "-o", "none/r.html", status=3))
        self.assertIn("no such file", self.sptc("report", "none.sqlite", "-o", "r.html", status=3))

    def test_words_of_a_sweep_cannot_become_tags(self):
        self.write_sweep(description="</script><script>document.title = 'broken'</script>", defaults={"m": 64, "n": 64, "k": 64},
                         grid={"pattern": ["2:4"]})
        self.sptc("sweep", "sweep.json", "--db", "r.sqlite")
        self.sptc("report", "r.sqlite", "-o", "r.html")
        self.assertNotIn("</script><script>document.title", (self.folder / "r.html").read_text())


@unittest.skipUnless(PROGRAMS, "chromium and chromedriver are not installed (Debian: apt-get install chromium-driver)")
class ReportInBrowser(SweepCase):
    results = None

    def setUp(self):
        super().setUp()
        if ReportInBrowser.results is None:  # the sweep is made once for all tests
            self.sptc("sweep", ROOT / "configs" / "sweep" / "demo.json", "--db", "r.sqlite", "--jobs", "2")
            # A point that fails is shown too.
            self.write_sweep(defaults={"m": 64, "n": 64, "k": 64}, grid={"type": ["tf32"], "pattern": ["2:4"]})
            self.sptc("sweep", "sweep.json", "--db", "r.sqlite", "--resume")
            ReportInBrowser.results = (self.folder / "r.sqlite").read_bytes()
        (self.folder / "r.sqlite").write_bytes(ReportInBrowser.results)
        self.sptc("report", "r.sqlite", "-o", "r.html")
        self.page = browser.Browser(PROGRAMS)
        self.addCleanup(self.page.close)
        self.page.open(self.folder / "r.html")
        self.page.wait_for("document.querySelectorAll('.chart svg.marks').length === 4")

    def rows(self):
        return self.page.run("return document.querySelectorAll('#table tbody tr').length")

    def test_the_page_fetches_nothing_and_the_console_is_silent(self):
        # chrome: is the start page of the browser itself.
        self.assertEqual([address for address in self.page.requests() if not address.startswith(("file:", "data:", "blob:", "chrome:"))], [])
        self.assertEqual(self.page.console(), [])
        text = (self.folder / "r.html").read_text()
        self.assertEqual(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?!data:)', text), [])

    def test_filters_narrow_charts_and_table(self):
        self.assertEqual(self.rows(), 61)
        marks = "return document.querySelectorAll('#roofline .mark-symbol.role-mark path').length"
        self.assertEqual(self.page.run(marks), 60)  # the failed point has no place there
        self.page.run("const box = document.querySelector('select[name=pattern]'); box.value = 'dense'; box.dispatchEvent(new Event('change'))")
        self.page.wait_for("document.querySelectorAll('#roofline .mark-symbol.role-mark path').length === 30")
        self.assertEqual(self.rows(), 30)
        self.assertEqual(self.page.run("return document.getElementById('count').textContent"), "30 of 61 points")
        self.page.click("#reset")
        self.page.wait_for("document.querySelectorAll('#roofline .mark-symbol.role-mark path').length === 60")
        self.assertEqual(self.rows(), 61)
        self.page.run("const box = document.querySelector('th[data-column=speedup] input'); box.value = '>1.2'; box.dispatchEvent(new Event('input'))")
        fast = json.loads(self.sptc("query", "r.sqlite", "SELECT count(*) AS n FROM results WHERE speedup > 1.2", "--json"))[0]["n"]
        self.assertGreater(fast, 0)
        self.assertEqual(self.rows(), fast)
        self.assertEqual(self.page.console(), [])

    def test_a_heading_sorts_up_and_down(self):
        cycles = "return [...document.querySelectorAll('#table tbody tr')].map((row) => row.children[[...document.querySelectorAll('#table th')].findIndex((head) => head.dataset.column === 'cycles')].textContent.replace(/\\D/g, '')).filter(Boolean).map(Number)"
        self.page.click("th[data-column=cycles] button")
        up = self.page.run(cycles)
        self.assertEqual(up, sorted(up))
        self.page.click("th[data-column=cycles] button")
        self.assertEqual(self.page.run(cycles), sorted(up, reverse=True))

    def test_words_and_marks_explain_themselves(self):
        self.page.move_to("#speedup .term")
        self.page.wait_for("getComputedStyle(document.getElementById('tip')).display === 'block'")
        self.assertIn("dense A", self.page.run("return document.getElementById('tip').textContent"))
        self.page.move_to("#stalls .mark-rect.role-mark path")
        self.page.wait_for("document.querySelector('#vg-tooltip-element.visible')")
        self.assertIn("meaning", self.page.run("return document.getElementById('vg-tooltip-element').textContent"))

    def test_a_mark_and_a_row_open_the_configuration(self):
        self.page.click("#pareto .mark-symbol.role-mark path")
        self.page.wait_for("document.querySelector('#details.open')")
        self.assertIn("/sm/tensor_core/b_bits_per_cycle", self.page.run("return document.getElementById('details').textContent"))
        self.page.click("#details .close")
        self.page.wait_for("!document.querySelector('#details.open')")
        self.page.run("document.querySelector('#table tr.failed').click()")
        self.assertIn("2:4", self.page.run("return document.querySelector('#details .note').textContent"))
        self.assertEqual(self.page.console(), [])

    def test_axes_have_titles_with_units(self):
        titles = self.page.run("return [...document.querySelectorAll('.chart .role-axis-title')].map((title) => title.textContent)")
        for words in ("speedup over dense (×)", "throughput (TFLOPS)", "intensity (FLOP per byte of HBM traffic)", "time (us)", "share of sub-core cycles"):
            self.assertIn(words, titles)


if __name__ == "__main__":
    unittest.main()

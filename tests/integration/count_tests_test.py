#!/usr/bin/env python3
"""scripts/count_tests counts the cases of every program, and never loses a failure."""

import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]


class CountTestsTest(unittest.TestCase):
    def assert_counts(self, expected, *programs):
        """Each program is (status as ctest writes it, output)."""
        suite = ElementTree.Element("testsuite")
        for status, output in programs:
            case = ElementTree.SubElement(suite, "testcase", name="program", status=status)
            ElementTree.SubElement(case, "system-out").text = output
        with tempfile.TemporaryDirectory() as directory:
            report = pathlib.Path(directory) / "report.xml"
            ElementTree.ElementTree(suite).write(report)
            command = [sys.executable, str(ROOT / "scripts" / "count_tests"), str(report)]
            printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        self.assertEqual(printed.strip(), expected)

    def test_catch2_programs_count_their_cases(self):
        self.assert_counts("32 0", ("run", "====\nAll tests passed (134 assertions in 32 test cases)\n"))
        self.assert_counts("1 0", ("run", "All tests passed (1 assertion in 1 test case)\n"))
        self.assert_counts("30 2", ("fail", "test cases:  32 |  30 passed | 2 failed\nassertions: 9 | ..."))
        self.assert_counts("0 3", ("fail", "test cases: 3 | 3 failed\n"))
        self.assert_counts("0 0", ("run", "No test cases matched '[.slow]'\nNo tests ran\n"))

    def test_unittest_programs_count_their_cases(self):
        self.assert_counts("10 0", ("run", "..........\nRan 10 tests in 1.3s\n\nOK\n"))
        self.assert_counts("7 3", ("fail", "Ran 10 tests in 1.3s\n\nFAILED (failures=2, errors=1)\n"))

    def test_a_program_that_dies_counts_as_a_failure(self):
        self.assert_counts("0 1", ("fail", "Segmentation fault"))
        self.assert_counts("31 1", ("fail", "All tests passed (9 assertions in 32 test cases)\nleak"))
        self.assert_counts("0 1", ("notrun", ""))

    def test_programs_add_up(self):
        self.assert_counts("6 2", ("run", "All tests passed (9 assertions in 5 test cases)\n"),
                           ("run", "something else"), ("fail", ""), ("fail", "killed"))


if __name__ == "__main__":
    unittest.main()

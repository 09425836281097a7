#!/usr/bin/env python3
"""scripts/check_layering finds each kind of violation that is planted in a small tree, and nothing in the repository."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTINGS = {
    "models": ("base", "isa", "numeric", "reference", "sm"),
    "traces": ("launch", "ptx"),
    "sim": ("run",),
}


class CheckLayeringTest(unittest.TestCase):
    def check(self, files):
        """Runs the script on a tree of these {path: text}. Returns its exit status and its lines."""
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for tree, folders in LISTINGS.items():
                (root / tree).mkdir()
                lines = [f"add_subdirectory({folder})\n" for folder in folders]
                (root / tree / "CMakeLists.txt").write_text("".join(lines))
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            return self.run_script(root)

    def run_script(self, root):
        command = [sys.executable, str(ROOT / "scripts" / "check_layering"), str(root)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout.splitlines()

    def assert_refused(self, path, include, reason, line=2):
        status, lines = self.check({path: f"#pragma once\n#include {include}\n"})
        self.assertEqual(status, 1)
        self.assertEqual(len(lines), 2, lines)
        self.assertTrue(lines[0].startswith(f"{path}:{line}: "), lines[0])
        self.assertIn(reason, lines[0])

    def assert_accepted(self, path, include):
        status, lines = self.check({path: f"#pragma once\n#include {include}\n"})
        self.assertEqual((status, lines), (0, ["layering: 1 files, 0 violations"]))

    def test_this_repository_has_no_violation(self):
        status, lines = self.run_script(ROOT)
        self.assertEqual(status, 0, "\n".join(lines))

    def test_a_folder_may_include_itself_and_what_stands_to_its_left(self):
        self.assert_accepted("models/isa/a.hpp", '"models/isa/b.hpp"')
        self.assert_accepted("models/isa/a.hpp", '"models/base/b.hpp"')
        self.assert_accepted("traces/ptx/a.hpp", '"models/sm/b.hpp"')
        self.assert_accepted("sim/run/a.hpp", '"traces/ptx/b.hpp"')
        self.assert_accepted("sim/main.cpp", '"sim/run/b.hpp"')
        self.assert_accepted("tests/unit/a_test.cpp", '"sim/run/b.hpp"')

    def test_an_include_to_the_right_is_found(self):
        self.assert_refused("models/base/a.hpp", '"models/isa/b.hpp"', "to its right")
        self.assert_refused("models/sm/a.cpp", '"traces/launch/b.hpp"', "to its right")
        self.assert_refused("traces/launch/a.cpp", '"traces/ptx/b.hpp"', "to its right")
        self.assert_refused("traces/ptx/a.cpp", '"sim/run/b.hpp"', "to its right")

    def test_reference_and_numeric_stay_apart(self):
        self.assert_refused("models/reference/a.cpp", '"models/numeric/b.hpp"', "apart")
        self.assert_refused("models/numeric/a.cpp", '"models/reference/b.hpp"', "apart")
        self.assert_refused("models/reference/a.cpp", '"models/sm/b.hpp"', "to its right")

    def test_systemc_outside_its_folders_is_found(self):
        self.assert_accepted("models/sm/a.hpp", "<systemc>")
        self.assert_accepted("sim/run/a.cpp", "<systemc>")
        self.assert_accepted("tests/timing/a_test.cpp", "<systemc>")
        self.assert_refused("models/isa/a.cpp", "<systemc>", "SystemC")
        self.assert_refused("traces/ptx/a.cpp", "<systemc.h>", "SystemC")
        self.assert_refused("sim/main.cpp", "<systemc>", "SystemC")

    def test_source_only_libraries_in_headers_are_found(self):
        for include in ("nlohmann/json.hpp", "fmt/format.h", "CLI/CLI.hpp", "sqlite3.h",
                        "boost/multiprecision/cpp_int.hpp"):
            self.assert_accepted("models/base/a.cpp", f"<{include}>")
            self.assert_refused("models/base/a.hpp", f"<{include}>", "in a header")

    def test_includes_not_written_from_the_root_are_found(self):
        self.assert_refused("models/isa/a.cpp", '"mma.hpp"', "repository root")
        self.assert_refused("models/isa/a.cpp", '"models/isa/../base/a.hpp"', "repository root")

    def test_products_do_not_include_tests(self):
        self.assert_refused("models/isa/a.cpp", '"tests/support/a.hpp"', "includes tests")

    def test_a_folder_that_no_listing_names_is_found(self):
        self.assert_refused("models/other/a.cpp", "<vector>", "not in models/CMakeLists.txt", line=1)

    def test_every_violation_is_reported(self):
        text = '#include <fmt/format.h>\n#include <systemc>\n#include "models/sm/a.hpp"\n'
        status, lines = self.check({"models/base/a.hpp": text, "models/isa/b.hpp": text})
        self.assertEqual(status, 1)
        self.assertEqual(len(lines), 7, lines)


if __name__ == "__main__":
    unittest.main()

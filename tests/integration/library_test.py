#!/usr/bin/env python3
"""Installs the package somewhere, builds docs/examples/library against it, and runs it."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("SPTC_BUILD_DIR", str(ROOT / "build" / "release"))
FLAGS = os.environ.get("SPTC_EXAMPLE_FLAGS", "")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Library(unittest.TestCase):
    def test_an_installed_package_builds_the_example(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix, build = f"{folder}/prefix", f"{folder}/build"
            run("cmake", "--install", BUILD, "--prefix", prefix)
            run("cmake", "-S", str(ROOT / "docs" / "examples" / "library"), "-B", build,
                f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_FLAGS={FLAGS}")
            run("cmake", "--build", build)
            lines = run(f"{build}/example").splitlines()
            self.assertEqual(lines[0].split(), [str(100 + 32 * 2 * n) for n in range(8)])
            self.assertEqual(lines[1], "sm_80 has no 'mma.sy...")
            self.assertTrue(pathlib.Path(prefix, "bin", "sptc").exists())


if __name__ == "__main__":
    unittest.main()

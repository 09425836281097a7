"""What tests of sweeps share: running sptc, a small sweep file, the content of results."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPTC = pathlib.Path(os.environ.get("SPTC_BUILD_DIR", ROOT / "build" / "release")) / "sptc"


class SweepCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def path(self, name):
        return str(self.folder / name)

    def sptc(self, *arguments, status=0, **options):
        """Runs sptc in the folder and gives its standard output, or, when it fails as expected, its error."""
        run = subprocess.run([str(SPTC), *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, **options)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout if status == 0 else run.stderr

    def write_sweep(self, file="sweep.json", **keys):
        sweep = {"schema": "sptc.sweep/1", "name": "test"} | keys
        (self.folder / file).write_text(json.dumps(sweep))
        return file

    def export(self, database):
        """Everything that a comparison may see: no host figures."""
        return json.loads(self.sptc("export", database, "--json"))

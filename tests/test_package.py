"""The wheel: all that the addon needs, and nothing of its development."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

DEVELOPMENT = ("dev", "docs", "tests", ".ci", "pyproject.toml", "README.md", "static/tests")


@tagged("post_install", "-at_install")
class TestWheel(BaseCase):
    def test_wheel(self):
        root = Path(file_path("lead_to_cash/__manifest__.py")).resolve().parent
        if not (root / "pyproject.toml").exists():
            self.skipTest("installed from a wheel: there is nothing to build from")
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
            subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=60)
            [wheel] = Path(folder).iterdir()
            self.assertTrue(wheel.name.startswith("odoo_addon_lead_to_cash-19.0."))
            packed = set(zipfile.ZipFile(wheel).namelist())
        tracked = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True
        ).stdout.split()
        wanted = {
            f"odoo/addons/lead_to_cash/{name}"
            for name in tracked
            if (root / name).is_file() and not name.startswith((*DEVELOPMENT, ".", "LICENSE"))
        }
        self.assertEqual({name for name in packed if ".dist-info/" not in name}, wanted)
        self.assertTrue(any(name.endswith("licenses/LICENSE") for name in packed))

"""The Debian package in a clean root. Slow, and only where a package has been built and everything needed is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging import check_deb

PACKAGES = sorted((Path(__file__).resolve().parents[2] / "dist").glob("*.deb"))


def missing() -> str | None:
    """Why the check cannot be made here."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root rights on Linux"
    for program in (*check_deb.PROGRAMS, "apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            return f"needs {program}"
    return None if PACKAGES else "there is no package in dist; docs/installers.md tells how to build one"


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_it_installs_runs_and_goes_in_a_clean_root(package: Path) -> None:
    done = subprocess.run(
        [sys.executable, check_deb.__file__, str(package)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "FAILED" not in done.stdout

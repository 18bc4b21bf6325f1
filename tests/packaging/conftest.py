"""The modules of the installers, which are no part of the package."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).resolve().parents[2] / "resources" / "installer"


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the installers, from which ``contents``, ``icons`` and ``requirements`` can be imported."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    for name in ("contents", "icons", "requirements"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return INSTALLER

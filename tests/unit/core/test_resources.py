"""Finding the files that ship with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.core import resources
from fewshot_gui.core.resources import resource


@pytest.mark.parametrize("name", ["encoders.json", "icons", "style.qss"])
def test_what_ships_is_found(name: str) -> None:
    assert resource(name).exists()


def test_what_is_installed_goes_before_what_lies_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "package")
    beside, inside = tmp_path / "resources" / "x.txt", tmp_path / "package" / "resources" / "x.txt"
    for path in (beside, inside):
        path.parent.mkdir(parents=True)
    beside.touch()
    assert resource("x.txt") == beside
    inside.touch()
    assert resource("x.txt") == inside


def test_what_is_missing_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such\.svg"):
        resource("icons/no-such.svg")

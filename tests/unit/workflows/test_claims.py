"""Who works on which photo."""

from __future__ import annotations

from pathlib import Path

from fewshot_gui.workflows.claims import Claims


def test_a_photo_is_one_runs_until_it_is_released() -> None:
    claims = Claims()
    assert claims.take(Path("a"))
    assert not claims.take(Path("a"))
    assert claims.take(Path("b"))
    claims.release([Path("a"), Path("never taken")])
    assert claims.take(Path("a"))
    assert not claims.take(Path("b"))

"""Errors are sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.core import errors
from fewshot_gui.core.errors import Cancelled, FewshotError, PhotoError


def test_a_photo_error_is_a_sentence_with_the_name_alone() -> None:
    error = PhotoError(Path("a/long/way/Früh.jpg"), "the file is cut off")
    assert str(error) == "“Früh.jpg” could not be read: the file is cut off."
    assert (error.path, error.reason) == (Path("a/long/way/Früh.jpg"), "the file is cut off")


def test_a_cancel_is_never_taken_for_a_failure() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind for kind in kinds if not issubclass(kind, FewshotError)} == {Cancelled}


@pytest.mark.parametrize("name", ["no\nline", "bad\udcff.jpg", ""])
def test_odd_names_make_a_sentence_all_the_same(name: str) -> None:
    assert str(PhotoError(Path("x") / name, "it is empty")).endswith("could not be read: it is empty.")

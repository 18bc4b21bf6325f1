"""What class names say of the photos."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewshot_gui.exporting import NONE_OF_THESE_LABEL
from fewshot_gui.exporting.tables.observation_types import ObservationType, observation_type
from tests.unit.exporting.tables.making import by_machine


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Empty", "blank"),
        ("no_animal", "blank"),
        ("FALSE  trigger", "blank"),
        ("People", "human"),
        ("Car", "vehicle"),
        ("Unknown", "unknown"),
        ("Carp", "animal"),
        ("Empty nest", "animal"),
        (NONE_OF_THESE_LABEL, "unknown"),
        ("", "unclassified"),
    ],
)
def test_usual_names(label: str, expected: str) -> None:
    assert observation_type(by_machine(Path("/a.jpg"), label), {}) == expected


def test_what_a_person_says_goes_first() -> None:
    photo = by_machine(Path("/a.jpg"), "Leer")
    assert observation_type(photo, {"Leer": ObservationType.BLANK}) is ObservationType.BLANK

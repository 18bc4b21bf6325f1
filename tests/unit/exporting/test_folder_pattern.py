"""The pattern that names copies."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.folders.pattern import DEFAULT_PATTERN, FIELDS, NamePattern

_VALUES = {
    "label": "fox",
    "name": "IMG_1.JPG",
    "stem": "IMG_1",
    "suffix": ".JPG",
    "folder": "DCIM",
    "confidence": "093",
    "number": "007",
    "date": "2024-05-31",
    "fingerprint": "0123456789ab",
    "project": "Forest",
}


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        (DEFAULT_PATTERN, "fox/IMG_1.JPG"),
        ("{label}/{confidence} {name}", "fox/093 IMG_1.JPG"),
        ("{project}/{label}/{date}_{stem}{suffix}", "Forest/fox/2024-05-31_IMG_1.JPG"),
        ("{number}", "007.JPG"),
        ("{label}\\{folder}-{fingerprint}", "fox/DCIM-0123456789ab.JPG"),
        ("{stem}.jpg", "IMG_1.jpg"),
        ("by class/{label}/{name}", "by class/fox/IMG_1.JPG"),
    ],
)
def test_a_pattern_is_filled_in(pattern: str, place: str) -> None:
    assert NamePattern.parse(pattern).fill(_VALUES) == PurePosixPath(place)


def test_every_field_can_be_used() -> None:
    for field in FIELDS:
        pattern = NamePattern.parse(f"x{{{field}}}")
        assert pattern.fields == {field}
        assert str(pattern.fill(_VALUES)).lower().endswith(".jpg")


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{species}/{name}", "no field {species}"),
        ("{}/{name}", "no field {}"),
        ("{label!r}/{name}", "no field {label!r}"),
        ("{label.__class__}", "no field"),
        ("{label/{name}", "brace"),
        ("label}/{name}", "brace"),
        ("", "empty part"),
        ("/{name}", "empty part"),
        ("{label}//{name}", "empty part"),
        ("{label}/", "empty part"),
        ("../{name}", "stay in the target"),
        ("C:/{name}", "stay in the target"),
    ],
)
def test_a_wrong_pattern_is_explained_in_one_sentence(pattern: str, says: str) -> None:
    with pytest.raises(FewshotError, match=says.replace("{", r"\{").replace(".", r"\.")) as caught:
        NamePattern.parse(pattern)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "..", "C:\\Windows", "NUL", "a\0b"])
def test_no_value_leads_out_of_the_target_folder(value: str) -> None:
    for field in FIELDS:
        place = NamePattern.parse(f"{{{field}}}/{{{field}}}").fill({**_VALUES, field: value})
        assert not place.is_absolute()
        assert len(place.parts) == 2
        assert ".." not in place.parts

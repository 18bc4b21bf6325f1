"""Relative paths, groups and published paths."""

from __future__ import annotations

import random
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from fewshot_gui.exporting.tables.photo_places import PhotoPlaces
from fewshot_gui.exporting.tables.published_path import published_path

# The constraint on media.filePath in the table schema.
ALLOWED = re.compile(r"^(?=^[^./~])(^((?!\.{2}).)*$).*$")


@pytest.mark.parametrize(
    ("roots", "path", "relative", "group"),
    [
        (["/p"], "/p/a/b/1.jpg", "a/b/1.jpg", "a"),
        (["/p"], "/p/1.jpg", "1.jpg", "p"),
        (["/p"], "/q/a/1.jpg", "1.jpg", "photos"),
        (["/"], "/a/1.jpg", "a/1.jpg", "a"),
        (["/"], "/1.jpg", "1.jpg", "photos"),
        (["/p", "/q/p"], "/q/p/a/1.jpg", "p 2/a/1.jpg", "p 2/a"),
        (["/p", "/q"], "/q/1.jpg", "q/1.jpg", "q"),
        (["/p", "/p/q"], "/p/q/a/1.jpg", "q/a/1.jpg", "q/a"),
        (["/p", "/p"], "/p/a/1.jpg", "a/1.jpg", "a"),
        ([], "/p/1.jpg", "1.jpg", "photos"),
    ],
)
def test_places(roots: list[str], path: str, relative: str, group: str) -> None:
    places = PhotoPlaces([Path(root) for root in roots])
    assert places.relative(Path(path)) == PurePosixPath(relative)
    assert places.group(Path(path)) == group


def test_groups_of_the_same_name_are_told_apart() -> None:
    places = PhotoPlaces([Path("/x/p")])
    assert [places.group(Path(path)) for path in ("/x/p/p/1.jpg", "/x/p/1.jpg", "/x/p/p/2.jpg")] == ["p", "p 2", "p"]


@pytest.mark.parametrize("address", ["", "https://example.org/photos"])
def test_every_published_path_is_allowed_and_leads_back(address: str) -> None:
    random_of = random.Random(3)
    for _ in range(2000):
        path = PurePosixPath(
            "".join(random_of.choices("ab./~ \n\té鹿\x85\u2028+=#?", k=random_of.randint(1, 12))).strip("/")
        )
        if str(path) == "." or ".." in path.parts:
            continue
        published = published_path(path, address)
        assert ALLOWED.match(published), published
        assert unquote(published).removeprefix(f"{address}/" if address else "") == str(path)


def test_ordinary_paths_are_published_as_they_are() -> None:
    assert published_path(PurePosixPath("Été 100%/a b.jpg"), "") == "Été 100%/a b.jpg"

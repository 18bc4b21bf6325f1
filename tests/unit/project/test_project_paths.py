"""Paths in a project file: relative where possible, exact for every name, never climbing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from fewshot_gui.project.paths import StoredPaths, is_below, topmost

FOLDER = Path("/data/my project")
STORED = StoredPaths(FOLDER)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the names are those of POSIX systems")


@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("/data/my project/a.jpg", "./a.jpg"),
        ("/data/my project/cam 1/a.jpg", "./cam 1/a.jpg"),
        ("/data/my project", "."),
        ("/data/my project 2/a.jpg", "/data/my project 2/a.jpg"),
        ("/data/a.jpg", "/data/a.jpg"),
        (
            "/data/my project/line\nbreak \N{LEAF FLUTTERING IN WIND}.jpg",
            "./line\nbreak \N{LEAF FLUTTERING IN WIND}.jpg",
        ),
        ("/data/my project/latin-\udce9.jpg", b"./latin-\xe9.jpg"),
        ("/data/my project/C:/a.jpg", "./C:/a.jpg"),
        ("/data/my project/back\\slash.jpg", "./back\\slash.jpg"),
    ],
)
def test_entries_round_trip(file: str, entry: str | bytes) -> None:
    assert STORED.encode(file) == entry
    assert STORED.decode(entry) == file


def test_random_byte_names_round_trip() -> None:
    rng = random.Random(0)
    letters = [byte for byte in range(1, 256) if byte != ord("/")]
    for _ in range(500):
        name = b"_" + bytes(rng.choices(letters, k=12))
        for folder in ("/data/my project", "/elsewhere"):
            file = os.fsdecode(folder.encode() + b"/" + name)
            assert STORED.decode(STORED.encode(file)) == file


@pytest.mark.parametrize(
    "entry",
    ["./../a.jpg", "./a/../../b.jpg", "./..", "./", ".//etc/passwd", "././a.jpg", "a.jpg", "", b"./../a.jpg", "../a"],
)
def test_entries_that_climb_are_refused(entry: str | bytes) -> None:
    with pytest.raises(ValueError, match="entry"):
        STORED.decode(entry)


def test_dots_inside_names_do_not_climb() -> None:
    assert STORED.decode("./..a/b..jpg") == "/data/my project/..a/b..jpg"


def test_a_path_of_another_system_is_kept_as_it_is() -> None:
    assert STORED.decode("D:/photos/a.jpg") == "D:/photos/a.jpg"
    assert STORED.encode("D:/photos/a.jpg") == "D:/photos/a.jpg"


def test_a_project_in_the_root_folder() -> None:
    stored = StoredPaths(Path("/"))
    assert stored.encode("/a.jpg") == "./a.jpg"
    assert stored.decode("./a.jpg") == "/a.jpg"


def test_below_means_in_the_folder_not_beside_it() -> None:
    assert is_below("/a/b/c.jpg", "/a/b")
    assert not is_below("/a/bc/c.jpg", "/a/b")
    assert not is_below("/a/b", "/a/b")


def test_topmost_folders() -> None:
    assert topmost(["/b/c", "/a", "/a/x", "/a b", "/b/c/d"]) == ("/a", "/a b", "/b/c")

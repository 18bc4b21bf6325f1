"""Names that every file system takes."""

from __future__ import annotations

import random

import pytest

from fewshot_gui.exporting.folders.names import (
    MAX_BYTES,
    distinct_names,
    numbered,
    safe_file_name,
    safe_name,
    same_name_key,
    without_number,
)


@pytest.mark.parametrize(
    "name", ["fox", "Écureuil roux", "狐 と 狸", "سنجاب", "Mt. Etna", "a (2)", "na\u200dme", "concrete", "10%"]
)
def test_a_harmless_name_stays_as_it_is(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("unsafe", "safe"),
    [
        ("Fox/Dog", "Fox_Dog"),
        ("..", "_"),
        (".", "_"),
        ("../../etc", "__.._etc"),
        ("", "_"),
        ("   ", "_"),
        ("C:\\x", "C__x"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1", "_com1"),
        ("LPT³.jpg", "_LPT³.jpg"),
        ("trailing...", "trailing"),
        ("trailing . ", "trailing"),
        (".hidden", "_hidden"),
        ('what?<>|*"', "what______"),
        ("a\0b\nc\x7f", "a_b_c_"),
        ("gpj\u202egnp.exe", "gpjgnp.exe"),
    ],
)
def test_an_unsafe_name_becomes_the_nearest_safe_one(unsafe: str, safe: str) -> None:
    assert safe_name(unsafe) == safe


def test_random_texts_become_names_that_are_single_parts_and_stay_as_they_are() -> None:
    alphabet = './\\ :*?"<>|~aZ0é狐🦊\0\n\r\t\x7f\u202e\u2028()-_ NULCON\udcff'
    generator = random.Random(0)
    for _ in range(3000):
        name = safe_name("".join(generator.choices(alphabet, k=generator.randrange(0, 130))))
        assert name
        assert not set(name) & set('<>:"/\\|?*\0\n\r\t')
        assert name.strip(" ").rstrip(". ") == name
        assert not name.startswith(".")
        assert len(name.encode("utf-8", "surrogateescape")) <= MAX_BYTES
        assert safe_name(name) == name


def test_a_long_name_keeps_its_ending_and_room_for_a_number() -> None:
    name = safe_file_name("狐" * 200, ".jpeg")
    assert name.endswith("狐.jpeg")
    assert len(numbered(name, 1234567).encode()) <= MAX_BYTES


def test_numbers_stand_before_the_ending_and_are_recognised() -> None:
    assert numbered("IMG 1.jpg", 1) == "IMG 1.jpg"
    assert numbered("IMG 1.jpg", 2) == "IMG 1 (2).jpg"
    assert without_number("IMG 1 (2).jpg") == ("IMG 1.jpg", 2)
    assert without_number("IMG (1).jpg") == ("IMG (1).jpg", 1)
    assert without_number("(2).jpg") == ("(2).jpg", 1)


def test_classes_that_some_file_system_would_mix_get_folders_of_their_own() -> None:
    texts = ["Fox", "fox", "FOX", "a/b", "a_b", "e\u0301", "é", "Straße", "STRASSE", "x" * 300, "x" * 301]
    found = distinct_names(texts)
    assert found[:5] == ["Fox", "fox (2)", "FOX (3)", "a_b", "a_b (2)"]
    assert len({same_name_key(name) for name in found}) == len(texts)
    assert all(len(name.encode()) <= MAX_BYTES for name in found)

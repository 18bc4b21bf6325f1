"""One function for all plain tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting import TABLE_COLUMNS, write_csv
from fewshot_gui.exporting.tables import TABLE_SUFFIXES, require_table_suffix, write_table
from tests.unit.exporting.tables.making import Impatient, Remembering, by_machine, by_person, labels_of, unreadable

PHOTOS = (
    by_machine(Path("/photos/a.jpg"), "Fox", 0.75),
    by_person(Path("/photos/é ñ.jpg"), "Élan"),
    unreadable(Path("/photos/c.jpg")),
)


def test_the_csv_is_that_of_the_command_line(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", labels_of(PHOTOS))
    write_csv(tmp_path / "b.csv", (photo.row for photo in PHOTOS))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_names_that_look_like_formulas_stand_in_the_csv_as_they_are(tmp_path: Path) -> None:
    names = ["=1+1.jpg", "+a.jpg", "-b.jpg", "@c.jpg"]
    write_table(tmp_path / "a.csv", labels_of(by_machine(Path("/photos") / name, "Fox") for name in names))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["photo"] for row in csv.DictReader(file)] == names


def test_json_holds_every_row_and_the_facts_but_no_absolute_path(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    write_table(path, labels_of(PHOTOS, Path("/photos")))
    table = json.loads(path.read_text(encoding="utf-8"))
    assert table["format"] == "fewshot-gui labels"
    assert table["classes"] == ["Fox", "Empty"]
    assert table["labelled_at"] == "2026-11-21T18:00:05Z"
    assert table["facts"] == {"expected accuracy": "88 % ± 4"}
    assert [list(record)[: len(TABLE_COLUMNS)] for record in table["photos"]] == [list(TABLE_COLUMNS)] * 3
    machine, person, failed = table["photos"]
    assert (machine["confidence"], machine["by_person"], machine["decided_by"]) == (0.75, False, "")
    assert (person["label"], person["confidence"], person["decided_by"]) == ("Élan", None, "Zoë Müller")
    assert (failed["label"], failed["error"]) == ("", "the file is cut off")
    assert "/photos" not in path.read_text(encoding="utf-8")


def test_json_of_nothing(tmp_path: Path) -> None:
    assert write_table(tmp_path / "t.json", labels_of([])).photos == 0
    assert json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["photos"] == []


def test_json_knows_no_nan(tmp_path: Path) -> None:
    write_table(tmp_path / "t.json", labels_of([by_machine(Path("/a.jpg"), "Fox", float("nan"))]))
    assert json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["photos"][0]["confidence"] is None


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_what_no_format_can_hold_is_escaped(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix.upper()}"
    write_table(path, labels_of([by_machine(Path("/bad\udcff.jpg"), "\x00bell\x07\udc80")]))
    assert path.stat().st_size > 0


def test_unreadable_photos_are_told(tmp_path: Path) -> None:
    written = write_table(tmp_path / "t.csv", labels_of(PHOTOS))
    assert written.photos == 3
    assert written.notes == ("1 photo could not be read; the column “error” says why.",)
    assert write_table(tmp_path / "t.csv", labels_of(PHOTOS[:2])).notes == ()


@pytest.mark.parametrize("name", ["t.txt", "t", "t.xls", ".csv"])
def test_another_suffix_is_an_error_that_names_those_that_work(tmp_path: Path, name: str) -> None:
    for attempt in (lambda path: write_table(path, labels_of(PHOTOS)), require_table_suffix):
        with pytest.raises(FewshotError, match=r"\.csv, \.xlsx or \.json"):
            attempt(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_cancelling_keeps_the_old_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(Cancelled):
        write_table(path, labels_of(PHOTOS), Impatient(2))
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_every_photo_is_reported(tmp_path: Path, suffix: str) -> None:
    progress = Remembering()
    write_table(tmp_path / f"t{suffix}", labels_of(PHOTOS), progress)
    assert progress.reports == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match="choose another place"):
        write_table(tmp_path / "file" / f"t{suffix}", labels_of(PHOTOS))

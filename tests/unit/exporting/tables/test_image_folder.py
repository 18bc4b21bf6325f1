"""The metadata of an image folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.exporting import LabelSet
from fewshot_gui.exporting.tables import METADATA_NAME, write_image_folder
from tests.unit.exporting.tables.making import Impatient, by_machine, by_person, labels_of, unreadable


def _read(folder: Path) -> list[dict[str, str]]:
    with (folder / METADATA_NAME).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def labels(tmp_path: Path) -> LabelSet:
    photos = [
        by_machine(tmp_path / "a b" / "é,1.jpg", "Fox", 0.75),
        by_person(tmp_path / "2.jpg", "Empty"),
        unreadable(tmp_path / "3.jpg"),
        by_machine(tmp_path.parent / "elsewhere.jpg", "Fox"),
        by_machine(tmp_path / "bad\udcff.jpg", "Fox"),
    ]
    return labels_of(photos, tmp_path)


def test_paths_start_where_the_table_lies(labels: LabelSet, tmp_path: Path) -> None:
    written = write_image_folder(tmp_path, labels)
    assert _read(tmp_path) == [
        {
            "file_name": "a b/é,1.jpg",
            "label": "Fox",
            "confidence": "0.7500",
            "familiarity": "0.7000",
            "by_person": "false",
        },
        {"file_name": "2.jpg", "label": "Empty", "confidence": "", "familiarity": "", "by_person": "true"},
    ]
    assert written.photos == 2
    assert written.notes[0].startswith("3 photos were left out: without label, unreadable, outside the folder")


def test_a_table_of_ours_is_replaced_and_another_one_kept(labels: LabelSet, tmp_path: Path) -> None:
    write_image_folder(tmp_path, labels)
    write_image_folder(tmp_path, labels_of(labels.photos[:1], tmp_path))
    assert len(_read(tmp_path)) == 1
    (tmp_path / METADATA_NAME).write_text("file_name,text\n", encoding="utf-8")
    with pytest.raises(FewshotError, match=r"already has another metadata\.csv"):
        write_image_folder(tmp_path, labels)
    assert (tmp_path / METADATA_NAME).read_text(encoding="utf-8") == "file_name,text\n"


def test_a_folder_without_the_photos_is_refused(labels: LabelSet, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(FewshotError, match="None of the labelled photos lies in “other”"):
        write_image_folder(tmp_path / "other", labels)
    assert list((tmp_path / "other").iterdir()) == []


def test_the_folder_may_be_named_from_where_one_is(
    labels: LabelSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert write_image_folder(Path(), labels).photos == 2
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")
    assert write_image_folder(Path(".."), labels).photos == 2


def test_cancelling_writes_nothing(labels: LabelSet, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        write_image_folder(tmp_path, labels, Impatient(1))
    assert list(tmp_path.iterdir()) == []

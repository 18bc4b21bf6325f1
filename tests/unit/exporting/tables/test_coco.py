"""COCO JSON with image-level labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fewshot_gui.core.errors import Cancelled
from fewshot_gui.exporting import NONE_OF_THESE_LABEL, LabelSet
from fewshot_gui.exporting.tables import write_coco
from tests.unit.exporting.tables.making import Impatient, by_machine, by_person, labels_of, take_photo, unreadable


def _written(path: Path, labels: LabelSet) -> dict[str, Any]:
    write_coco(path, labels)
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@pytest.fixture
def labels(tmp_path: Path) -> LabelSet:
    root = tmp_path / "photos"
    photos = [
        unreadable(root / "0.jpg"),
        by_machine(take_photo(root / "é" / "1.jpg", size=(40, 20), orientation=6), "Empty", 0.75),
        by_machine(take_photo(root / "2.jpg", ""), ""),
        by_person(take_photo(root / "3.jpg"), "Fox"),
        by_machine(root / "gone.jpg", "Fox"),
        by_machine(take_photo(root / "4.jpg"), NONE_OF_THESE_LABEL),
    ]
    return labels_of(photos, root)


def test_images_categories_and_annotations(labels: LabelSet, tmp_path: Path) -> None:
    data = _written(tmp_path / "c.json", labels)
    assert set(data) == {"info", "licenses", "images", "annotations", "categories"}
    assert data["info"]["description"] == "Forêt 2024"
    assert data["images"][0] == {
        "id": 1,
        "file_name": "é/1.jpg",
        # As the photo is shown, turned by a quarter.
        "width": 20,
        "height": 40,
        "date_captured": "2024-05-04 03:02:01",
    }
    assert [image["file_name"] for image in data["images"]] == ["é/1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert "date_captured" not in data["images"][1]
    assert data["categories"] == [
        {"id": 1, "name": "Fox"},
        {"id": 2, "name": "Empty"},
        {"id": 3, "name": NONE_OF_THESE_LABEL},
    ]
    assert data["annotations"] == [
        {"id": 1, "image_id": 1, "category_id": 2, "by_person": False, "score": 0.75},
        {"id": 2, "image_id": 3, "category_id": 1, "by_person": True},
        {"id": 3, "image_id": 4, "category_id": 3, "by_person": False, "score": 0.9},
    ]
    assert str(tmp_path) not in (tmp_path / "c.json").read_text(encoding="utf-8")


def test_what_is_left_out_is_told(labels: LabelSet, tmp_path: Path) -> None:
    written = write_coco(tmp_path / "c.json", labels)
    assert written.photos == 4
    assert written.notes == ("2 photos could not be read and are left out.",)


def test_nothing_is_a_valid_file(tmp_path: Path) -> None:
    data = _written(tmp_path / "c.json", labels_of([]))
    assert (data["images"], data["annotations"], len(data["categories"])) == ([], [], 2)


def test_names_that_are_no_text_are_escaped(tmp_path: Path) -> None:
    photo = by_machine(take_photo(tmp_path / "bad\udcff.jpg"), "Fox\udcff")
    data = _written(tmp_path / "c.json", labels_of([photo], tmp_path))
    assert data["images"][0]["file_name"] == "bad\\udcff.jpg"
    assert data["categories"][-1]["name"] == "Fox\\udcff"


def test_cancelling_keeps_the_old_file(labels: LabelSet, tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("old", encoding="utf-8")
    with pytest.raises(Cancelled):
        write_coco(tmp_path / "c.json", labels, Impatient(3))
    assert (tmp_path / "c.json").read_text(encoding="utf-8") == "old"

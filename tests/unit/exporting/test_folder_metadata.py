"""Labels inside copies."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from PIL import Image

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.folders import SortingOptions, SortingOutcome, carry_out, plan_sorting
from fewshot_gui.exporting.labels import LabelSet
from tests.unit.exporting.folder_photos import label_set, labelled, names, packet_of, picture, state, write
from tests.unit.exporting.test_xmp_label import facts, keywords

_OPTIONS = SortingOptions(metadata=True, above=("Wild",))


@pytest.fixture
def labels(tmp_path: Path) -> LabelSet:
    photos = tmp_path / "photos"
    return label_set(
        labelled(write(photos / "a.jpg", picture(1)), "Écureuil", 0.8),
        labelled(write(photos / "b" / "a.jpg", picture(2)), "Écureuil", 0.7),
        labelled(write(photos / "c.tif", picture(3, "TIFF")), "狐", 0.9),
        labelled(write(photos / "d.webp", picture(4, "WEBP")), "狐", 0.9),
        labelled(write(photos / "e.gif", picture(5, "GIF")), "狐", 0.9),
        labelled(write(photos / "f.jpg", picture(6)[:30]), "狐", 0.9),
        classes=("Écureuil", "狐"),
        root=photos,
    )


def _sort(labels: LabelSet, target: Path, options: SortingOptions = _OPTIONS) -> SortingOutcome:
    return carry_out(plan_sorting(labels, target, Unwatched(), options=options), Unwatched())


def _packet(copy: Path) -> bytes:
    packet = packet_of(copy.read_bytes(), copy.suffix)
    assert packet is not None
    return packet


def test_copies_hold_their_label_and_the_same_picture(labels: LabelSet, tmp_path: Path) -> None:
    originals = state(tmp_path / "photos")
    _sort(labels, tmp_path / "sorted")
    assert state(tmp_path / "photos") == originals
    for photo, copy in zip(
        labels.photos, ("Écureuil/a.jpg", "Écureuil/a (2).jpg", "狐/c.tif", "狐/d.webp"), strict=False
    ):
        path = tmp_path / "sorted" / copy
        assert keywords(_packet(path))["hierarchical"] == [f"Wild|{photo.row.label}"]
        assert path.stat().st_mtime_ns == photo.path.stat().st_mtime_ns
        with Image.open(path) as copied, Image.open(io.BytesIO(photo.path.read_bytes())) as original:
            assert copied.tobytes() == original.tobytes()


def test_what_cannot_hold_a_label_gets_a_sidecar(labels: LabelSet, tmp_path: Path) -> None:
    outcome = _sort(labels, tmp_path / "sorted")
    for name in ("e.gif", "f.jpg"):
        copy = tmp_path / "sorted" / "狐" / name
        original = next(photo.path for photo in labels.photos if photo.path.name == name)
        assert copy.read_bytes() == original.read_bytes()
        assert keywords(copy.with_name(name + ".xmp").read_bytes())["tags"] == ["Wild/狐"]
    (note,) = outcome.notes
    assert note == "With the label in a sidecar beside it, because the file can't hold one: 2 copies."


def test_a_missing_sidecar_is_added_by_the_next_run(labels: LabelSet, tmp_path: Path) -> None:
    _sort(labels, tmp_path / "sorted")
    before = state(tmp_path / "sorted")
    sidecar = tmp_path / "sorted" / "狐" / "e.gif.xmp"
    sidecar.unlink()
    _sort(labels, tmp_path / "sorted")
    assert {name: facts[0] for name, facts in state(tmp_path / "sorted").items()} == {
        name: facts[0] for name, facts in before.items()
    }


def test_another_confidence_renews_the_copies_instead_of_adding_to_them(labels: LabelSet, tmp_path: Path) -> None:
    _sort(labels, tmp_path / "sorted")
    before = names(tmp_path / "sorted")
    surer = dataclasses.replace(
        labels, photos=tuple(labelled(photo.path, photo.row.label, 0.99) for photo in labels.photos)
    )
    outcome = _sort(surer, tmp_path / "sorted")
    assert names(tmp_path / "sorted") == before
    assert (outcome.copied, outcome.renewed, outcome.in_place) == (0, 4, 2)
    for name in ("Écureuil/a.jpg", "Écureuil/a (2).jpg", "狐/c.tif", "狐/d.webp"):
        assert facts(_packet(tmp_path / "sorted" / name))["Confidence"] == "0.9900"


def test_a_copy_that_somebody_has_worked_on_is_left(labels: LabelSet, tmp_path: Path) -> None:
    _sort(labels, tmp_path / "sorted")
    copy = tmp_path / "sorted" / "Écureuil" / "a.jpg"
    with Image.open(copy) as image:
        edited = io.BytesIO()
        image.rotate(180).save(edited, "JPEG", xmp=image.info["xmp"])
    copy.write_bytes(edited.getvalue())
    _sort(labels, tmp_path / "sorted")
    assert copy.read_bytes() == edited.getvalue()
    assert (copy.parent / "a (3).jpg").exists()


def test_links_of_an_earlier_run_become_copies_and_the_originals_stay(labels: LabelSet, tmp_path: Path) -> None:
    originals = state(tmp_path / "photos")
    _sort(labels, tmp_path / "sorted", SortingOptions(hard_links=True))
    outcome = _sort(labels, tmp_path / "sorted")
    assert state(tmp_path / "photos") == originals
    assert (outcome.renewed, outcome.in_place) == (4, 2)
    assert not (tmp_path / "sorted" / "Écureuil" / "a.jpg").samefile(labels.photos[0].path)

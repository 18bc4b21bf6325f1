"""XMP sidecars beside originals."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelSet
from fewshot_gui.exporting.sidecars import (
    KeywordOptions,
    SidecarNaming,
    remove_from_sidecars,
    sidecar_path,
    write_sidecars,
)
from fewshot_gui.exporting.sidecars import writing as writing_module
from tests.unit.exporting.folder_photos import label_set, labelled, names, picture, state, write
from tests.unit.exporting.test_xmp_label import LIGHTROOM, facts, keywords


class _Stopped(Unwatched):
    def __init__(self, after: int) -> None:
        self.left = after

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.fixture
def labels(tmp_path: Path) -> LabelSet:
    return label_set(
        labelled(write(tmp_path / "a" / "IMG_1.JPG", picture(1)), "Écureuil", 0.8),
        labelled(write(tmp_path / "a" / "IMG_1.CR2", b"II*\0raw"), "狐", 0.9),
        labelled(write(tmp_path / "b.png", picture(2, "PNG")), "狐", None, by_person=True),
        labelled(write(tmp_path / "doubt.png", picture(3, "PNG")), "狐", 0.2),
        labelled(write(tmp_path / "strange.png", picture(4, "PNG")), NONE_OF_THESE_LABEL, 0.9),
        classes=("Écureuil", "狐"),
        root=tmp_path,
    )


def _keywords(sidecar: Path) -> list[str | None]:
    return keywords(sidecar.read_bytes())["subject"]


def test_sidecars_stand_beside_the_photos_which_stay_as_they_were(labels: LabelSet, tmp_path: Path) -> None:
    before = state(tmp_path)
    report = write_sidecars(labels, Unwatched(), options=KeywordOptions(("Wild",), minimum_confidence=0.5))
    assert names(tmp_path) - set(before) == {"a/IMG_1.JPG.xmp", "a/IMG_1.xmp", "b.png.xmp"}
    assert before.items() <= state(tmp_path).items()
    assert _keywords(tmp_path / "a" / "IMG_1.JPG.xmp") == ["Écureuil"]
    assert keywords((tmp_path / "a" / "IMG_1.xmp").read_bytes())["tags"] == ["Wild/狐"]
    assert facts((tmp_path / "b.png.xmp").read_bytes()) == {"Label": "狐", "Confirmed": "True"}
    machine = facts((tmp_path / "a" / "IMG_1.JPG.xmp").read_bytes())
    assert machine["DecidedBy"] == "fewshot-gui, ridge on Fast"
    assert "DecidedAt" not in machine
    assert (len(report.written), report.unchanged, report.left) == (3, 2, ())


def test_writing_twice_changes_no_byte(labels: LabelSet, tmp_path: Path) -> None:
    write_sidecars(labels, Unwatched())
    before = state(tmp_path)
    report = write_sidecars(labels, Unwatched())
    assert state(tmp_path) == before
    assert (report.written, report.unchanged) == ((), 5)


def test_corrected_labels_do_not_pile_up(labels: LabelSet, tmp_path: Path) -> None:
    write_sidecars(labels, Unwatched())
    first, second, *others = labels.photos
    corrected = dataclasses.replace(
        labels, photos=(labelled(first.path, "狐"), labelled(second.path, NONE_OF_THESE_LABEL), *others)
    )
    report = write_sidecars(corrected, Unwatched())
    assert _keywords(tmp_path / "a" / "IMG_1.JPG.xmp") == ["狐"]
    assert report.removed == (tmp_path / "a" / "IMG_1.xmp",)
    report = write_sidecars(corrected, Unwatched(), options=KeywordOptions(none_of_these=True))
    assert _keywords(tmp_path / "a" / "IMG_1.xmp") == [NONE_OF_THESE_LABEL]


def test_the_sidecar_of_another_program_is_kept_merged_and_restored(labels: LabelSet, tmp_path: Path) -> None:
    sidecar = write(tmp_path / "b.png.xmp", LIGHTROOM)
    sidecar.chmod(0o640)
    os.utime(sidecar, (1_600_000_000, 1_600_000_000))
    report = write_sidecars(labels, Unwatched())
    backup = tmp_path / "b.png.xmp.bak"
    assert report.backups == (backup,)
    assert (backup.read_bytes(), backup.stat().st_mtime) == (LIGHTROOM, 1_600_000_000)
    assert _keywords(sidecar) == ["Wald & Wiese", "2024", "狐"]
    assert sidecar.stat().st_mode & 0o777 == 0o640
    assert write_sidecars(labels, Unwatched()).backups == ()
    remove_from_sidecars([photo.path for photo in labels.photos], Unwatched())
    assert ET.canonicalize(sidecar.read_bytes()) == ET.canonicalize(LIGHTROOM)
    assert _keywords(sidecar) == ["Wald & Wiese", "2024"]
    assert {name for name in names(tmp_path) if ".xmp" in name} == {"b.png.xmp", "b.png.xmp.bak"}


def test_every_state_of_another_programs_sidecar_is_kept_once(labels: LabelSet, tmp_path: Path) -> None:
    paths = [photo.path for photo in labels.photos]
    for content in (LIGHTROOM, LIGHTROOM, LIGHTROOM.replace(b"2024", b"2025")):
        write(tmp_path / "b.png.xmp", content)
        write_sidecars(labels, Unwatched())
        remove_from_sidecars(paths, Unwatched())
    assert {name for name in names(tmp_path) if name.endswith(".bak")} == {"b.png.xmp.bak", "b.png.xmp (2).bak"}
    assert (tmp_path / "b.png.xmp.bak").read_bytes() == LIGHTROOM


@pytest.mark.parametrize(
    "content", [b"", b"no XML", LIGHTROOM[:300], b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>"]
)
def test_a_sidecar_that_cannot_be_read_is_left_and_told(labels: LabelSet, tmp_path: Path, content: bytes) -> None:
    sidecar = write(tmp_path / "b.png.xmp", content)
    report = write_sidecars(labels, Unwatched())
    assert sidecar.read_bytes() == content
    (left,) = report.left
    assert (left.photo, left.sidecar) == (tmp_path / "b.png", sidecar)
    assert len(report.written) == 3
    assert str(report).endswith("; 1 could not be changed.")


def test_two_photos_that_would_share_a_sidecar_do_not(labels: LabelSet, tmp_path: Path) -> None:
    report = write_sidecars(labels, Unwatched(), naming=SidecarNaming.WITHOUT_SUFFIX)
    (left,) = report.left
    assert left.photo.name == "IMG_1.CR2"
    assert "“IMG_1.JPG” has the same sidecar" in left.reason
    assert _keywords(tmp_path / "a" / "IMG_1.xmp") == ["Écureuil"]


def test_no_sidecar_is_made_for_a_photo_that_is_gone(labels: LabelSet, tmp_path: Path) -> None:
    labels.photos[2].path.unlink()
    (left,) = write_sidecars(labels, Unwatched()).left
    assert left.reason == "the photo is no longer there"
    assert not (tmp_path / "b.png.xmp").exists()


def test_a_folder_that_may_not_be_written_to_is_told(labels: LabelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(writing_module, "whole_file", refuse)
    report = write_sidecars(labels, Unwatched())
    assert {left.reason for left in report.left} == {"you may not change it"}
    assert report.written == ()


def test_a_full_disk_ends_the_work_with_a_sentence(labels: LabelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing_module, "whole_file", refuse)
    with pytest.raises(FewshotError, match="is full; the sidecars written so far are whole"):
        write_sidecars(labels, Unwatched())


def test_a_cancel_leaves_whole_sidecars_only(labels: LabelSet, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_sidecars(labels, _Stopped(after=2))
    written = {name for name in names(tmp_path) if name.endswith(".xmp")}
    assert written == {"a/IMG_1.JPG.xmp", "a/IMG_1.xmp"}


@pytest.mark.parametrize(
    ("photo", "naming", "existing", "expected"),
    [
        ("IMG_1.jpg", SidecarNaming.AUTOMATIC, "", "IMG_1.jpg.xmp"),
        ("IMG_1.jpg", SidecarNaming.AUTOMATIC, "IMG_1.xmp", "IMG_1.jpg.xmp"),  # may be that of IMG_1.cr2
        ("IMG_1.CR2", SidecarNaming.AUTOMATIC, "", "IMG_1.xmp"),
        ("IMG_1.CR2", SidecarNaming.AUTOMATIC, "IMG_1.CR2.xmp", "IMG_1.CR2.xmp"),
        ("IMG_1.CR2", SidecarNaming.WHOLE_NAME, "", "IMG_1.CR2.xmp"),
        ("IMG_1.jpg", SidecarNaming.WITHOUT_SUFFIX, "", "IMG_1.xmp"),
        ("a.b.jpg", SidecarNaming.WITHOUT_SUFFIX, "", "a.b.xmp"),
        ("bare", SidecarNaming.WITHOUT_SUFFIX, "", "bare.xmp"),
    ],
)
def test_sidecars_are_named_as_programs_look_for_them(
    tmp_path: Path, photo: str, naming: SidecarNaming, existing: str, expected: str
) -> None:
    if existing:
        (tmp_path / existing).touch()
    assert sidecar_path(tmp_path / photo, naming) == tmp_path / expected

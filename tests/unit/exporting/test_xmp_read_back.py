"""What other programs read of our XMP: exiftool and exiv2, the reader in digiKam and darktable."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.exporting.folders import SortingOptions, carry_out, plan_sorting
from fewshot_gui.exporting.sidecars import KeywordOptions, remove_from_sidecars, write_sidecars
from fewshot_gui.exporting.xmp.label import LabelMetadata, with_label
from fewshot_gui.exporting.xmp.photo_file import with_changed_packet
from fewshot_gui.exporting.xmp.tree import UnreadableXmpError
from tests.unit.exporting.folder_photos import label_set, labelled, picture, write
from tests.unit.exporting.test_xmp_label import LIGHTROOM, keywords
from tests.unit.exporting.test_xmp_photo_files import FILES

CLASSES = ("Écureuil roux", "狐 と 狸", "سنجاب", "Ель", "a & b <c>")

Keywords = dict[str, list[str]]
"""Of one file: ``"subject"``, ``"hierarchical"`` and ``"tags"``, and our ``"label"``."""

Read = Callable[[Sequence[Path]], list[Keywords]]


def _exiftool(paths: Sequence[Path]) -> list[Keywords]:
    names = {"XMP-dc:Subject": "subject", "XMP-lr:HierarchicalSubject": "hierarchical", "XMP-digiKam:TagsList": "tags"}
    names["XMP-fewshot:Label"] = "label"
    command = ["exiftool", "-j", "-G1", "-charset", "filename=utf8", "-XMP:all", *map(str, paths)]
    output = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    # A keyword such as 2024 comes as a number, a single one not as a list.
    return [
        {
            names[key]: list(map(str, value if isinstance(value, list) else [value]))
            for key, value in photo.items()
            if key in names
        }
        for photo in json.loads(output)
    ]


def _exiv2(paths: Sequence[Path]) -> list[Keywords]:
    return [_exiv2_one(path) for path in paths]


def _exiv2_one(path: Path) -> Keywords:
    names = {"Xmp.dc.subject": "subject", "Xmp.lr.hierarchicalSubject": "hierarchical", "Xmp.digiKam.TagsList": "tags"}
    names["Xmp.fewshot.Label"] = "label"
    command = ["exiv2", "-q", "-PXkt", "pr", str(path)]
    lines = subprocess.run(command, check=False, capture_output=True, encoding="utf-8").stdout.splitlines()
    found = dict(line.split(maxsplit=1) for line in lines if line.split()[0] in names)
    return {names[key]: value.strip().split(", ") for key, value in found.items()}


@pytest.fixture(params=[_exiftool, _exiv2], ids=["exiftool", "exiv2"])
def read(request: pytest.FixtureRequest) -> Read:
    name = str(request.param.__name__).removeprefix("_")
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    reader: Read = request.param
    return reader


def _expected(label: str) -> dict[str, list[str]]:
    return {"subject": [label], "hierarchical": [f"Wild|{label}"], "tags": [f"Wild/{label}"], "label": [label]}


def test_sidecars_are_read_with_every_script(tmp_path: Path, read: Read) -> None:
    photos = [labelled(write(tmp_path / f"{i}.jpg", picture(i)), label) for i, label in enumerate(CLASSES)]
    write_sidecars(label_set(*photos, classes=CLASSES), Unwatched(), options=KeywordOptions(("Wild",)))
    sidecars = [photo.path.with_name(photo.path.name + ".xmp") for photo in photos]
    assert read(sidecars) == [_expected(label) for label in CLASSES]


def test_labels_inside_copies_are_read(tmp_path: Path, read: Read) -> None:
    photos = [
        labelled(write(tmp_path / "photos" / name, content), CLASSES[number % len(CLASSES)])
        for number, (name, content) in enumerate(FILES.items())
        if "with xmp" not in name and not (read is _exiv2 and name == "big tiff.tif")  # exiv2 0.27 reads none of these
    ]
    plan = plan_sorting(
        label_set(*photos, classes=CLASSES),
        tmp_path / "sorted",
        Unwatched(),
        options=SortingOptions(metadata=True, above=("Wild",)),
    )
    assert carry_out(plan, Unwatched()).copied == len(photos)
    copies = [copy.target for copy in plan.copies if copy.target]
    assert read(copies) == [_expected(copy.photo.row.label) for copy in plan.copies]


def test_a_merged_sidecar_is_read_with_what_was_in_it(tmp_path: Path, read: Read) -> None:
    photo = labelled(write(tmp_path / "a.jpg", picture()), "狐 と 狸")
    sidecar = write(tmp_path / "a.jpg.xmp", LIGHTROOM)
    write_sidecars(label_set(photo, classes=CLASSES), Unwatched())
    assert read([sidecar])[0] == {
        "subject": ["Wald & Wiese", "2024", "狐 と 狸"],
        "hierarchical": ["Orte|Wald & Wiese", "狐 と 狸"],
        "tags": ["狐 と 狸"],
        "label": ["狐 と 狸"],
    }


def test_what_exiv2_has_rewritten_is_still_recognised_as_ours(tmp_path: Path) -> None:
    if shutil.which("exiv2") is None:
        pytest.skip("exiv2 is not installed")
    photo = labelled(write(tmp_path / "a.jpg", picture()), "Écureuil roux")
    sidecar = tmp_path / "a.jpg.xmp"
    write_sidecars(label_set(photo, classes=CLASSES), Unwatched())
    subprocess.run(["exiv2", "-M", "set Xmp.xmp.Rating 3", str(sidecar)], check=True)
    rewritten = sidecar.read_bytes()
    assert b'fewshot:Label="' in rewritten
    assert keywords(rewritten)["subject"] == ["Écureuil roux"]
    write_sidecars(label_set(labelled(photo.path, "Ель"), classes=CLASSES), Unwatched())
    assert keywords(sidecar.read_bytes()) == {"subject": ["Ель"], "hierarchical": ["Ель"], "tags": ["Ель"]}
    remove_from_sidecars([photo.path], Unwatched())
    assert b'xmp:Rating="3"' in sidecar.read_bytes()
    assert b"fewshot:" not in sidecar.read_bytes()


def test_what_exiftool_has_written_is_merged_and_what_we_wrote_it_changes(tmp_path: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    photo = write(tmp_path / "a.jpg", picture())
    keyword = ["-charset", "filename=utf8", "-XMP-dc:Subject+=from exiftool", "-overwrite_original", "-q"]
    subprocess.run(["exiftool", *keyword, str(photo)], check=True)
    changed = with_changed_packet(
        photo.read_bytes(), ".jpg", lambda packet: with_label(packet, LabelMetadata("Ель", ("Wild",)))
    )
    photo.write_bytes(changed)
    assert _exiftool([photo])[0]["subject"] == ["from exiftool", "Ель"]
    subprocess.run(["exiftool", "-XMP-xmp:Rating=3", "-overwrite_original", "-q", str(photo)], check=True)
    again = with_changed_packet(photo.read_bytes(), ".jpg", lambda packet: with_label(packet, LabelMetadata("fox")))
    photo.write_bytes(again)
    assert _exiftool([photo])[0] == {
        "subject": ["from exiftool", "fox"],
        "hierarchical": ["fox"],
        "tags": ["fox"],
        "label": ["fox"],
    }


@pytest.mark.shared_data
def test_real_photos_take_a_label_without_a_change_of_their_pixels(shared_data: Path, tmp_path: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed")
    taken = 0
    for path in sorted((shared_data / "photos").iterdir()):
        if path.suffix not in {".jpg", ".tiff"} or path.stat().st_size > 1_000_000:
            continue
        try:
            data = with_changed_packet(
                path.read_bytes(), path.suffix, lambda packet: with_label(packet, LabelMetadata(CLASSES[0]))
            )
        except UnreadableXmpError:
            continue
        copy = write(tmp_path / path.name, data)
        with Image.open(path) as original, Image.open(copy) as copied:
            assert copied.tobytes() == original.tobytes()
        taken += 1
    command = ["exiftool", "-j", "-charset", "filename=utf8", "-XMP-dc:Subject", "-XMP-fewshot:Label", str(tmp_path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)
    assert len(found) == taken >= 15
    assert all(CLASSES[0] in photo["Subject"] and photo["Label"] == CLASSES[0] for photo in found)

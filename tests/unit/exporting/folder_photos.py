"""Photos with labels, and looks at folders, for the tests of copies and sidecars."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import TableRow
from fewshot_gui.exporting.xmp.photo_file import with_changed_packet


def picture(shade: int = 0, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """A small picture of its own, as the bytes of a file."""
    image = Image.linear_gradient("L").resize((20, 12)).point(lambda value: (value + shade * 37) % 256).convert(mode)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def labelled(path: Path, label: str, confidence: float | None = 0.9, *, by_person: bool = False) -> LabelledPhoto:
    return LabelledPhoto(path, TableRow(path.name, label, confidence), by_person=by_person)


def label_set(
    *photos: LabelledPhoto, classes: tuple[str, ...] = ("fox", "badger"), root: Path | None = None
) -> LabelSet:
    roots = (root,) if root else ()
    return LabelSet(
        "Forest", classes, photos, roots, datetime(2026, 5, 1, 12, tzinfo=UTC), "fewshot-gui, ridge on Fast"
    )


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def state(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Content, time of change and mode of every file in a folder, by its path within it."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
            path.stat().st_mode,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> set[str]:
    return set(state(folder))


def forest(source: Path) -> LabelSet:
    """Eight photos: two of one name, two of one content, a stranger, a doubtful one and one without a label."""
    photos = [
        labelled(write(source / "a" / "IMG_1.JPG", picture(1)), "fox"),
        labelled(write(source / "b" / "IMG_1.JPG", picture(2)), "fox"),
        labelled(write(source / "b" / "img_1.jpg", picture(3)), "fox"),
        labelled(write(source / "c" / "IMG_1.JPG", picture(1)), "fox"),
        labelled(write(source / "IMG (2).png", picture(4, "PNG")), "badger", 0.4),
        labelled(write(source / "strange.png", picture(5, "PNG")), NONE_OF_THESE_LABEL),
        labelled(write(source / "sure.png", picture(6, "PNG")), "badger", None, by_person=True),
        LabelledPhoto(write(source / "bad.jpg", b"no picture"), TableRow("bad.jpg", error="the file is damaged")),
    ]
    for number, photo in enumerate(photos):
        os.utime(photo.path, ns=(0, 1_600_000_000_123_456_700 + number * 10**9))
        photo.path.chmod(0o444)
    return label_set(*photos, root=source)


def packet_of(data: bytes, suffix: str) -> bytes | None:
    """The XMP packet inside a photo file."""
    seen: list[bytes | None] = []
    with_changed_packet(data, suffix, seen.append)
    return seen[0]

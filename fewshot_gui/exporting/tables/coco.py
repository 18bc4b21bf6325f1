"""Image-level labels as COCO JSON, in the manner of COCO Camera Traps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from fewshot_gui.core.errors import PhotoError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.table import whole_table
from fewshot_gui.exporting.tables.captures import iso_time
from fewshot_gui.exporting.tables.photo_places import PhotoPlaces
from fewshot_gui.exporting.tables.plain_text import plain_text
from fewshot_gui.exporting.tables.written import Written, counted
from fewshot_gui.imaging import photo_details


def write_coco(path: Path, labels: LabelSet, progress: Progress | None = None) -> Written:
    """Write ``images``, ``categories`` and one annotation without box per label.

    Paths start at the labelled folder; width and height are those of the upright photo; identifiers count from 1.
    "None of these" is a category of its own, after the classes. A photo without label has no annotation; one that
    cannot be read has no size and is left out. An annotation has two fields that are not of COCO: ``score``, the
    confidence, on labels of the machine, and ``by_person``.

    Args:
        path: The file to write.
        labels: What to write.
        progress: Told of every photo.

    Raises:
        FewshotError: The file cannot be written there.
        Cancelled: The person cancelled; what was at ``path`` is still there.
    """
    progress = progress or Unwatched()
    annotations = _Annotations([plain_text(name) for name in labels.classes])
    with whole_table(path) as draft, draft.open("w", encoding="utf-8") as file:
        info = {"description": plain_text(labels.name), "contributor": plain_text(labels.classifier)}
        file.write(f'{{\n"info": {_json({**info, "date_created": iso_time(labels.labelled_at)})},\n"licenses": [],\n')
        _write_list(file, "images", _images(labels, annotations, progress))
        _write_list(file, "annotations", annotations.records())
        _write_list(file, "categories", annotations.categories(), last=True)
        file.write("}\n")
    progress.report(len(labels.photos), len(labels.photos))
    left_out = len(labels.photos) - len(annotations.photos)
    note = f"{counted(left_out, 'photo', 'photos')} could not be read and {'is' if left_out == 1 else 'are'} left out."
    return Written(len(annotations.photos), (note,) if left_out else ())


@dataclass
class _Annotations:
    """The labels of the images written so far; the position of an image is its identifier."""

    names: list[str]
    photos: list[LabelledPhoto] = field(default_factory=list)

    def records(self) -> Iterator[dict[str, object]]:
        labelled = ((image, photo) for image, photo in enumerate(self.photos, 1) if photo.row.label)
        for number, (image, photo) in enumerate(labelled, 1):
            category = self._category(plain_text(photo.row.label))
            record: dict[str, object] = {
                "id": number,
                "image_id": image,
                "category_id": category,
                "by_person": photo.by_person,
            }
            confidence = photo.row.confidence
            yield record if photo.by_person or confidence is None else {**record, "score": round(float(confidence), 4)}

    def categories(self) -> Iterator[dict[str, object]]:
        for number, name in enumerate(self.names, 1):
            yield {"id": number, "name": name}

    def _category(self, label: str) -> int:
        if label not in self.names:
            self.names.append(label)
        return self.names.index(label) + 1


def _images(labels: LabelSet, annotations: _Annotations, progress: Progress) -> Iterator[dict[str, object]]:
    places = PhotoPlaces(labels.roots)
    for done, photo in enumerate(labels.photos):
        progress.check()
        progress.report(done, len(labels.photos))
        if photo.row.error:
            continue
        try:
            details = photo_details(photo.path)
        except PhotoError:
            continue
        annotations.photos.append(photo)
        image: dict[str, object] = {
            "id": len(annotations.photos),
            "file_name": plain_text(str(places.relative(photo.path))),
            "width": details.width,
            "height": details.height,
        }
        if details.taken is not None:
            image["date_captured"] = details.taken.isoformat(" ", timespec="seconds")
        yield image


def _write_list(file: TextIO, name: str, records: Iterator[dict[str, object]], *, last: bool = False) -> None:
    file.write(f'"{name}": [')
    file.writelines((",\n" if number else "\n") + _json(record) for number, record in enumerate(records))
    file.write("\n]\n" if last else "\n],\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

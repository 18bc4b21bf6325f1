"""Writing a Camera Trap Data Package from labels, photo by photo."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress, Unwatched
from fewshot_gui.exporting.labels import LabelledPhoto, LabelSet
from fewshot_gui.exporting.tables.camtrap.deployments import DEPLOYMENT_COLUMNS, Deployment
from fewshot_gui.exporting.tables.camtrap.descriptor import descriptor
from fewshot_gui.exporting.tables.camtrap.details import CamtrapDetails, MissingPositionsError, require_valid
from fewshot_gui.exporting.tables.camtrap.rows import (
    MEDIA_COLUMNS,
    OBSERVATION_COLUMNS,
    media_row,
    observation_row,
    scientific_name,
)
from fewshot_gui.exporting.tables.captures import Capture, read_capture
from fewshot_gui.exporting.tables.identifiers import PhotoIdentifiers
from fewshot_gui.exporting.tables.photo_places import PhotoPlaces
from fewshot_gui.exporting.tables.plain_text import plain_text
from fewshot_gui.exporting.tables.published_path import published_path
from fewshot_gui.exporting.tables.whole_package import DESCRIPTOR, whole_package
from fewshot_gui.exporting.tables.written import Written, counted

_FILE_TIME = "The camera tells no time: timestamp is the time of the file."
_UNKNOWN_ZONE = "The time zone of the camera is not known: timestamp is in that of the computer that wrote this."


def deployment_names(labels: LabelSet) -> tuple[str, ...]:
    """The deployments that :func:`write_camtrap` makes, in their order: the names to give positions by."""
    places = PhotoPlaces(labels.roots)
    return tuple(dict.fromkeys(plain_text(places.group(photo.path)) for photo in labels.photos))


def write_camtrap(target: Path, labels: LabelSet, details: CamtrapDetails, progress: Progress | None = None) -> Written:
    """Write a package of ``datapackage.json``, ``deployments.csv``, ``media.csv`` and ``observations.csv``.

    A deployment is a folder directly below a labelled folder. Every photo has one media and one observation row, those
    that cannot be read or have no label too (``unclassified``); photos that are no longer there are left out. Photos
    are not copied: their paths start at the labelled folder, or at ``details.media_address``.

    Args:
        target: A new folder, an empty one or an earlier package of ours; or a zip file, if it ends in ``.zip``.
        labels: What to write.
        details: What the photos do not tell.
        progress: Told of every photo.

    Raises:
        MissingPositionsError: For some deployments no position is known.
        FewshotError: The details are not valid, no photo is there, or the package cannot be written there.
        Cancelled: The person cancelled; what was at ``target`` is still there.
    """
    require_valid(details)
    progress = progress or Unwatched()
    with whole_package(target) as folder:
        tables = _Tables(labels, details)
        with (
            _table(folder / "media.csv", MEDIA_COLUMNS) as media,
            _table(folder / "observations.csv", OBSERVATION_COLUMNS) as observations,
        ):
            for done, photo in enumerate(labels.photos):
                progress.check()
                progress.report(done, len(labels.photos))
                for media_record, observation_record in tables.records(photo):
                    media.writerow(media_record)
                    observations.writerow(observation_record)
        deployments = tables.deployment_records()
        with _table(folder / "deployments.csv", DEPLOYMENT_COLUMNS) as table:
            table.writerows(deployments)
        text = json.dumps(descriptor(labels, details, deployments, tables.taxa), ensure_ascii=False, indent=2)
        (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")
    progress.report(len(labels.photos), len(labels.photos))
    return Written(len(labels.photos) - tables.gone, tables.notes())


class _Tables:
    """The rows of a package in the making, and what is gathered from them."""

    def __init__(self, labels: LabelSet, details: CamtrapDetails) -> None:
        self._labels, self._details = labels, details
        self._places, self._identifiers = PhotoPlaces(labels.roots), PhotoIdentifiers()
        self._deployments: dict[str, Deployment] = {}
        self.taxa: dict[str, str] = {}
        self.gone = self._file_times = self._unknown_zones = 0

    def records(self, photo: LabelledPhoto) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """The rows of ``media.csv`` and ``observations.csv`` for ``photo``; none if the file is no longer there."""
        details = self._details
        relative = self._places.relative(photo.path)
        # Asked of every photo, so that leaving one out never renumbers its copies.
        media_id = self._identifiers.next(photo.fingerprint, str(relative))
        capture = read_capture(photo.path, details.zone)
        if capture is None:
            self.gone += 1
            return
        name = plain_text(self._places.group(photo.path))
        deployment = self._deployments.setdefault(name, Deployment(name))
        time = deployment.add(capture)
        path = published_path(relative, details.media_address)
        comments = tuple(filter(None, (plain_text(photo.row.error), self._time_comment(capture))))
        self._add_taxon(photo)
        yield (
            media_row(photo, media_id, deployment.identifier, time, path, comments, details),
            observation_row(photo, media_id, deployment.identifier, time, self._labels, details),
        )

    def deployment_records(self) -> Sequence[dict[str, str]]:
        """The rows of ``deployments.csv``.

        Raises:
            FewshotError: There are none, or positions are missing.
        """
        if not self._deployments:
            raise FewshotError("A package needs at least one photo, and none of these is there any more.")
        deployments = self._deployments.values()
        missing = [deployment.name for deployment in deployments if deployment.place(self._details) is None]
        if missing:
            raise MissingPositionsError(missing)
        return [deployment.record(self._details) for deployment in deployments]

    def notes(self) -> tuple[str, ...]:
        """What a person should know of the package."""
        notes = []
        if self.gone:
            notes.append(f"{counted(self.gone, 'photo is', 'photos are')} no longer there and left out.")
        if self._file_times:
            photos = counted(self._file_times, "photo tells", "photos tell")
            notes.append(f"{photos} no time: the time of the file is given.")
        if self._unknown_zones:
            photos = counted(self._unknown_zones, "photo tells", "photos tell")
            notes.append(f"{photos} no time zone: that of this computer is given.")
        return tuple(notes)

    def _time_comment(self, capture: Capture) -> str:
        if capture.camera_time is None:
            self._file_times += 1
            return _FILE_TIME
        if capture.camera_time.tzinfo is None:
            self._unknown_zones += 1
            return _UNKNOWN_ZONE
        return ""

    def _add_taxon(self, photo: LabelledPhoto) -> None:
        name = scientific_name(photo, self._details)
        if name:
            label = plain_text(photo.row.label)
            self.taxa.setdefault(name, "" if name == label else label)


@contextmanager
def _table(path: Path, columns: Sequence[str]) -> Iterator[csv.DictWriter[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        yield writer

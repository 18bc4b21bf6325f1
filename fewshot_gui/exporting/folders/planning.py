"""Making the plan of sorting: every photo's place, without writing anything."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import datetime
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.folders.apart import is_inside, require_apart
from fewshot_gui.exporting.folders.content import CopyContent, Match
from fewshot_gui.exporting.folders.log import outdated_copies
from fewshot_gui.exporting.folders.names import distinct_names
from fewshot_gui.exporting.folders.pattern import NamePattern
from fewshot_gui.exporting.folders.places import Places, UnusableFolderError
from fewshot_gui.exporting.folders.plan import UNSURE, PlannedCopy, SortingOptions, SortingPlan, Step
from fewshot_gui.exporting.labels import NONE_OF_THESE_LABEL, LabelledPhoto, LabelSet
from fewshot_gui.exporting.sidecars.options import KeywordOptions, metadata_of
from fewshot_gui.exporting.tables.written import counted
from fewshot_gui.imaging.details import photo_details
from fewshot_gui.imaging.fingerprint import fingerprint
from fewshot_gui.imaging.problems import NOT_A_FILE, file_reason

_STEPS = {Match.SAME: Step.IN_PLACE, Match.OTHER_LABEL: Step.RENEW}
_FINGERPRINT_DIGITS = 12


def plan_sorting(
    labels: LabelSet, target: Path, progress: Progress, *, options: SortingOptions | None = None
) -> SortingPlan:
    """Decide what is to become of each photo.

    Copies of an earlier run that are complete are recognised by their content. A name that something else has is
    never used: the copy gets a number, as in ``IMG_1 (2).jpg``.

    Args:
        labels: The photos.
        target: The folder for the folders of the classes; it need not exist.
        progress: Told of each photo.
        options: How to sort.

    Raises:
        FewshotError: The pattern is wrong, or the target is no place for copies.
        Cancelled: Nothing has been written.
    """
    options = options or SortingOptions()
    target = Path(os.path.realpath(target))
    if options.hard_links and options.metadata:
        raise FewshotError(
            "A label can only be put into copies: a hard link is the original itself; choose one of them."
        )
    if target.exists() and not target.is_dir():
        raise FewshotError(f"“{target}” is a file; choose a folder for the copies.")
    require_apart(target, labels.roots)
    planner = _Planner(labels, target, options)
    copies = []
    for index, photo in enumerate(labels.photos):
        progress.check()
        progress.report(index, len(labels.photos), "Looking what is there")
        copies.append(planner.plan(photo, index))
    progress.report(len(labels.photos), len(labels.photos), "Looking what is there")
    outdated = outdated_copies(target, copies)
    notes = _notes(options, copies, len(outdated))
    return SortingPlan(labels, target, options, tuple(copies), _free_bytes(target), outdated, notes)


class _Planner:
    """Plans one photo after the other."""

    def __init__(self, labels: LabelSet, target: Path, options: SortingOptions) -> None:
        self._labels = labels
        self._target = target
        self._options = options
        self._pattern = NamePattern.parse(options.pattern)
        self._places = Places(target)
        self._device = _nearest_folder(target).stat().st_dev
        self._folder_names, self._unsure_name = _folder_names(labels)
        self._seen: set[Path] = set()
        self._in_target: dict[Path, bool] = {}

    def plan(self, photo: LabelledPhoto, index: int) -> PlannedCopy:
        reason = self._reason_to_leave_out(photo)
        if reason:
            return PlannedCopy(photo, Step.LEAVE_OUT, reason=reason)
        try:
            facts = photo.path.stat()
            if not stat.S_ISREG(facts.st_mode):
                return PlannedCopy(photo, Step.LEAVE_OUT, reason=NOT_A_FILE)
            wanted = self._pattern.fill(self._values(photo, index, facts.st_mtime))
            content = content_of(photo, self._labels, self._options)
            place, match = self._places.find(wanted, content)
        except OSError as error:
            return PlannedCopy(photo, Step.LEAVE_OUT, reason=file_reason(error))
        except PhotoError as error:
            return PlannedCopy(photo, Step.LEAVE_OUT, reason=error.reason)
        except UnusableFolderError as error:
            return PlannedCopy(photo, Step.LEAVE_OUT, reason=str(error))
        new = Step.LINK if self._options.hard_links and facts.st_dev == self._device else Step.COPY
        return PlannedCopy(photo, _STEPS.get(match, new), place, bytes=facts.st_size)

    def _reason_to_leave_out(self, photo: LabelledPhoto) -> str:
        if photo.row.error or not photo.row.label:
            return photo.row.error or "it has no label"
        if photo.row.label == NONE_OF_THESE_LABEL and not self._options.strangers:
            return "it belongs to none of the classes"
        if photo.path in self._seen:
            return "it is in the list twice"
        self._seen.add(photo.path)
        folder = photo.path.parent
        if folder not in self._in_target:
            self._in_target[folder] = is_inside(folder, self._target)
        return "it lies in the target folder itself" if self._in_target[folder] else ""

    def _values(self, photo: LabelledPhoto, index: int, changed: float) -> dict[str, str]:
        path, row = photo.path, photo.row
        digits = len(str(len(self._labels.photos)))
        confidence = 1.0 if photo.by_person or row.confidence is None else row.confidence
        values = {
            "label": self._unsure_name if self._is_unsure(photo) else self._folder_names[row.label],
            "name": path.name,
            "stem": path.stem,
            "suffix": path.suffix,
            "folder": path.parent.name,
            "confidence": f"{int(confidence * 100):03}",
            "number": f"{index + 1:0{digits}}",
            "project": self._labels.name,
        }
        if "date" in self._pattern.fields:
            values["date"] = _date(path, changed)
        if "fingerprint" in self._pattern.fields:
            values["fingerprint"] = (photo.fingerprint or fingerprint(path))[:_FINGERPRINT_DIGITS]
        return values

    def _is_unsure(self, photo: LabelledPhoto) -> bool:
        certain = photo.by_person or photo.row.label == NONE_OF_THESE_LABEL
        return not certain and (photo.row.confidence or 0.0) < self._options.minimum_confidence


def content_of(photo: LabelledPhoto, labels: LabelSet, options: SortingOptions) -> CopyContent:
    """What the copy of a photo is to hold."""
    keywords = KeywordOptions(options.above, options.minimum_confidence)
    return CopyContent(photo.path, metadata_of(photo, labels, keywords) if options.metadata else None)


def _folder_names(labels: LabelSet) -> tuple[dict[str, str], str]:
    """The folder of each label, and that of the unsure photos."""
    # Labels that are no classes (any more) come last, so that they change no other's name.
    others = {photo.row.label for photo in labels.photos} - {*labels.classes, NONE_OF_THESE_LABEL}
    texts = [*dict.fromkeys(labels.classes), NONE_OF_THESE_LABEL, UNSURE, *sorted(others)]
    names = distinct_names(texts)
    unsure = len(set(labels.classes)) + 1
    return dict(zip(texts[:unsure] + texts[unsure + 1 :], names[:unsure] + names[unsure + 1 :], strict=True)), names[
        unsure
    ]


def _date(path: Path, changed: float) -> str:
    try:
        taken = photo_details(path).taken
    except PhotoError:  # what can't be decoded can still be copied
        taken = None
    return (taken or datetime.fromtimestamp(changed)).strftime("%Y-%m-%d")


def _notes(options: SortingOptions, copies: list[PlannedCopy], outdated: int) -> tuple[str, ...]:
    notes = []
    far = sum(copy.step is Step.COPY for copy in copies) if options.hard_links else 0
    if far:
        photos = counted(far, "photo", "photos")
        notes.append(f"Copied instead of linked, because the target is on another disk: {photos}.")
    if outdated:
        copies_of_earlier = counted(outdated, "copy", "copies")
        notes.append(
            f"Left where it was, though the photo now belongs elsewhere: {copies_of_earlier} of an earlier run."
        )
    return tuple(notes)


def _free_bytes(target: Path) -> int:
    return shutil.disk_usage(_nearest_folder(target)).free


def _nearest_folder(target: Path) -> Path:
    for place in (target, *target.parents):
        if place.is_dir():
            return place
    raise FewshotError(f"There is no disk for “{target}”; choose another folder.")

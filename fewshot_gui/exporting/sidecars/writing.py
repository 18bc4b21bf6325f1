"""Writing labels into sidecars, and taking them out again. The photos themselves are not even opened."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.exporting.labels import LabelSet
from fewshot_gui.exporting.sidecars.naming import SidecarNaming, sidecar_path
from fewshot_gui.exporting.sidecars.options import KeywordOptions, metadata_of
from fewshot_gui.exporting.sidecars.report import LeftSidecar, SidecarReport
from fewshot_gui.exporting.xmp.label import LabelMetadata, holds_label, with_label
from fewshot_gui.exporting.xmp.tree import MAX_BYTES, UnreadableXmpError
from fewshot_gui.imaging.problems import file_reason

logger = logging.getLogger(__name__)

BACKUP_SUFFIX = ".bak"
"""Added to the name of a sidecar for the copy that is kept of it."""

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class Change(Enum):
    """What became of one sidecar."""

    WRITTEN = "written"
    REMOVED = "removed"
    NONE = "none"


def write_sidecars(
    labels: LabelSet,
    progress: Progress,
    *,
    options: KeywordOptions | None = None,
    naming: SidecarNaming = SidecarNaming.AUTOMATIC,
) -> SidecarReport:
    """Put the labels into sidecars beside the originals.

    What a sidecar says already is kept; before the first change of one that another program made, a copy of it is
    kept beside it. Keywords that an earlier run has added are replaced, and taken back from photos that have no
    label any more. A sidecar that can't be read is left as it is.

    Args:
        labels: The photos.
        progress: Told of each photo.
        options: How labels become keywords.
        naming: How sidecars are named.

    Raises:
        FewshotError: The disk is full.
        Cancelled: The sidecars written so far are whole.
    """
    chosen = options or KeywordOptions()
    wanted = ((photo.path, metadata_of(photo, labels, chosen)) for photo in labels.photos)
    return _change_all(wanted, len(labels.photos), naming, progress)


def remove_from_sidecars(
    photos: Iterable[Path], progress: Progress, *, naming: SidecarNaming = SidecarNaming.AUTOMATIC
) -> SidecarReport:
    """Take out of the sidecars of ``photos`` what :func:`write_sidecars` has put there, and nothing else.

    Sidecars that this program made, and in which nothing else stands, are removed.

    Raises:
        FewshotError: The disk is full.
        Cancelled: The sidecars changed so far are whole.
    """
    paths = list(photos)
    return _change_all(((path, None) for path in paths), len(paths), naming, progress)


def put_into_sidecar(sidecar: Path, metadata: LabelMetadata | None) -> tuple[Change, Path | None]:
    """Put one label into one sidecar; ``None`` takes it back.

    Returns:
        What became of it, and where a copy of it was kept, if one was.

    Raises:
        UnreadableXmpError: The sidecar can't be changed without harm; it stays as it is.
        OSError: It can't be read or written.
    """
    old = _read(sidecar)
    new = with_label(old, metadata)
    if new is None and old is None:
        return Change.NONE, None
    if new is None:
        sidecar.unlink()
        return Change.REMOVED, None
    if new == old:
        return Change.NONE, None
    backup = _keep_copy(sidecar, old) if old is not None and not holds_label(old) else None
    with whole_file(sidecar) as draft:
        draft.write_bytes(new)
        if old is not None:
            shutil.copymode(sidecar, draft)
    return Change.WRITTEN, backup


def _change_all(
    wanted: Iterable[tuple[Path, LabelMetadata | None]], total: int, naming: SidecarNaming, progress: Progress
) -> SidecarReport:
    changes: dict[Change, list[Path]] = {change: [] for change in Change}
    backups: list[Path] = []
    left: list[LeftSidecar] = []
    owners: dict[str, Path] = {}
    for done, (photo, metadata) in enumerate(wanted):
        progress.check()
        progress.report(done, total, "Writing sidecars")
        sidecar = sidecar_path(photo, naming)
        owner = owners.setdefault(os.path.normcase(sidecar), photo)
        try:
            _require_own(photo, owner)
            change, backup = put_into_sidecar(sidecar, metadata)
        except (UnreadableXmpError, OSError) as error:
            left.append(LeftSidecar(photo, sidecar, _reason(error, sidecar)))
        else:
            changes[change].append(sidecar)
            backups += [backup] if backup else []
    progress.report(total, total, "Writing sidecars")
    written, removed = tuple(changes[Change.WRITTEN]), tuple(changes[Change.REMOVED])
    return SidecarReport(written, removed, len(changes[Change.NONE]), tuple(backups), tuple(left))


def _require_own(photo: Path, owner: Path) -> None:
    if owner != photo:
        raise UnreadableXmpError(f"“{owner.name}” has the same sidecar; choose names with the whole name of the photo")
    if not photo.exists():
        raise UnreadableXmpError("the photo is no longer there")


def _reason(error: UnreadableXmpError | OSError, sidecar: Path) -> str:
    if isinstance(error, UnreadableXmpError):
        logger.info("left the sidecar %r: %s", str(sidecar), error, exc_info=error.__cause__)
        return str(error)
    if error.errno in _DISK_FULL:
        raise FewshotError(
            f"The disk of “{sidecar.parent}” is full; the sidecars written so far are whole: make room and try again."
        ) from error
    logger.info("could not change the sidecar %r", str(sidecar), exc_info=error)
    reasons = {
        errno.EACCES: "you may not change it",
        errno.EPERM: "you may not change it",
        errno.EROFS: "its disk is read-only",
    }
    return reasons.get(error.errno or 0, file_reason(error))


def _read(sidecar: Path) -> bytes | None:
    try:
        with sidecar.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def _keep_copy(sidecar: Path, content: bytes) -> Path | None:
    """Keep a copy of a sidecar that another program made, unless there is one with the same content."""
    number = 1
    while True:
        middle = "" if number == 1 else f" ({number})"
        copy = sidecar.with_name(f"{sidecar.name}{middle}{BACKUP_SUFFIX}")
        if not copy.exists():
            break
        if copy.read_bytes() == content:
            return None
        number += 1
    with whole_file(copy) as draft:
        draft.write_bytes(content)
        shutil.copystat(sidecar, draft)
    return copy

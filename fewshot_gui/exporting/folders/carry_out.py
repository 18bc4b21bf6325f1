"""Doing what a plan of sorting says."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.folders.content import CopyContent, Match, have_same_content
from fewshot_gui.exporting.folders.copying import TakenError, drafts_folder, make_copy, make_link, renew_copy
from fewshot_gui.exporting.folders.log import LogRow, row_of, write_log
from fewshot_gui.exporting.folders.places import UnusableFolderError, require_inside
from fewshot_gui.exporting.folders.plan import PlannedCopy, SortingPlan, Step
from fewshot_gui.exporting.folders.planning import content_of
from fewshot_gui.exporting.sidecars.naming import sidecar_path
from fewshot_gui.exporting.sidecars.writing import put_into_sidecar
from fewshot_gui.exporting.tables.written import counted
from fewshot_gui.exporting.xmp.tree import UnreadableXmpError
from fewshot_gui.imaging.problems import file_reason

logger = logging.getLogger(__name__)

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_FAILED, _NOT_DONE = "failed", "not done"


@dataclass(frozen=True)
class SortingOutcome:
    """What became of the photos.

    Attributes:
        copied: The number of copies made.
        linked: The number of hard links made.
        renewed: The number of copies that got their new label.
        in_place: The number of copies that were there already.
        left_out: The number of photos left out, as planned.
        failed: The photos that could not be copied, each with the reason as a short clause.
        notes: What the person should know, in sentences.
        log: The list of copies.
    """

    copied: int
    linked: int
    renewed: int
    in_place: int
    left_out: int
    failed: tuple[tuple[Path, str], ...]
    notes: tuple[str, ...]
    log: Path

    def __str__(self) -> str:
        parts = [f"{counted(self.copied, 'photo', 'photos')} copied"] if self.copied or not self.linked else []
        parts += [f"{counted(self.linked, 'photo', 'photos')} linked"] if self.linked else []
        parts += [f"{self.renewed:,} with a new label inside"] if self.renewed else []
        parts += [f"{self.in_place:,} there already"] if self.in_place else []
        parts += [f"{self.left_out:,} left out"] if self.left_out else []
        parts += [f"{len(self.failed):,} could not be copied: “{self.log.name}” says why"] if self.failed else []
        return "; ".join(parts) + "."


def carry_out(plan: SortingPlan, progress: Progress) -> SortingOutcome:
    """Make the copies of a plan, and the list of them in the target.

    A copy is at its place only when it is complete. After a cancel, a full disk or a power cut a new plan for the same
    target goes on where this one ended.

    Raises:
        FewshotError: There is not space enough, or the target can't be written to.
        Cancelled: The copies made so far are complete, and listed.
    """
    if not plan.fits:
        raise FewshotError(
            f"The copies need {_gigabytes(plan.needed_bytes)} and the disk of “{plan.target}” has "
            f"{_gigabytes(plan.free_bytes)} left; make room or choose another disk."
        )
    run = _Run(plan)
    try:
        with drafts_folder(plan.target) as drafts:
            try:
                run.all(drafts, progress)
            except BaseException:
                run.write_log_if_possible()
                raise
            log = run.write_log()
    except OSError as error:
        reason = error.strerror or str(error)
        raise FewshotError(f"“{plan.target}” can't be written to ({reason}); choose another folder.") from error
    return run.outcome(log)


@dataclass
class _Run:
    """One run of a plan: what was done so far."""

    plan: SortingPlan
    statuses: list[tuple[str, str]] = field(default_factory=list)
    done: dict[Step, int] = field(default_factory=lambda: dict.fromkeys(Step, 0))
    links_refused: int = 0
    sidecars: int = 0
    folders: set[Path] = field(default_factory=set)

    def all(self, drafts: Path, progress: Progress) -> None:
        """Do the steps of the plan one after the other."""
        total = len(self.plan.copies)
        for index, copy in enumerate(self.plan.copies):
            progress.check()
            progress.report(index, total, "Copying")
            try:
                status = self._one(copy, drafts, progress)
            except OSError as error:
                status = _FAILED, self._reason(error, copy)
            except TakenError:
                status = _FAILED, "another file has come to its place; sort again"
            except UnusableFolderError as error:
                status = _FAILED, str(error)
            self.statuses.append(status)
        progress.report(total, total, "Copying")

    def write_log(self) -> Path:
        """Write the list of copies, with the photos that were not reached."""
        target, copies = self.plan.target, self.plan.copies
        statuses = self.statuses + [(_status_before(copy), copy.reason) for copy in copies[len(self.statuses) :]]
        rows: list[LogRow] = [row_of(copy, target, *status) for copy, status in zip(copies, statuses, strict=True)]
        return write_log(target, copies, rows)

    def write_log_if_possible(self) -> None:
        """As :meth:`write_log`, after something else has gone wrong."""
        try:
            self.write_log()
        except OSError:
            logger.warning("could not write the list of copies in %r", str(self.plan.target), exc_info=True)

    def outcome(self, log: Path) -> SortingOutcome:
        """The sums."""
        failed = tuple(
            (copy.photo.path, reason)
            for copy, (status, reason) in zip(self.plan.copies, self.statuses, strict=True)
            if status == _FAILED
        )
        notes = list(self.plan.notes)
        if self.links_refused:
            photos = counted(self.links_refused, "photo", "photos")
            notes.append(f"Copied instead of linked, because the disk takes no such links: {photos}.")
        if self.sidecars:
            copies = counted(self.sidecars, "copy", "copies")
            notes.append(f"With the label in a sidecar beside it, because the file can't hold one: {copies}.")
        return SortingOutcome(
            copied=self.done[Step.COPY],
            linked=self.done[Step.LINK],
            renewed=self.done[Step.RENEW],
            in_place=self.done[Step.IN_PLACE],
            left_out=self.done[Step.LEAVE_OUT],
            failed=failed,
            notes=tuple(notes),
            log=log,
        )

    def _one(self, copy: PlannedCopy, drafts: Path, progress: Progress) -> tuple[str, str]:
        """Do one step. Returns status and reason for the list."""
        if copy.target is None:
            self.done[copy.step] += 1
            return Step.LEAVE_OUT.value, copy.reason
        self._make_folder(copy.target.parent)
        content = content_of(copy.photo, self.plan.labels, self.plan.options)
        step = copy.step
        if step is Step.LINK and not make_link(copy.photo.path, copy.target):
            self.links_refused += 1
            step = Step.COPY
        if step is Step.COPY:
            make_copy(content, copy.target, drafts, progress.check)
        elif step is Step.RENEW:
            if content.compare(copy.target) is Match.DIFFERENT:
                raise TakenError
            renew_copy(content, copy.target, drafts, progress.check)
        status = _kind(copy.photo.path, copy.target), self._label_beside(content, copy.target)
        self.done[step] += 1
        return status

    def _make_folder(self, folder: Path) -> None:
        if folder not in self.folders:
            require_inside(folder, self.plan.target)
            folder.mkdir(parents=True, exist_ok=True)
            self.folders.add(folder)

    def _label_beside(self, content: CopyContent, target: Path) -> str:
        """Put the label into a sidecar if the copy can't hold it. Returns what went wrong, or nothing."""
        if content.metadata is None or not have_same_content(content.source, target):
            return ""
        try:
            put_into_sidecar(sidecar_path(target), content.metadata)
        except UnreadableXmpError as error:
            return f"the label could not be put beside it: {error}"
        self.sidecars += 1
        return ""

    def _reason(self, error: OSError, copy: PlannedCopy) -> str:
        logger.warning("could not copy %r to %r", str(copy.photo.path), str(copy.target), exc_info=error)
        if error.errno in _DISK_FULL:
            made = counted(sum(self.done[step] for step in (Step.COPY, Step.RENEW)), "copy", "copies")
            raise FewshotError(
                f"The disk of “{self.plan.target}” is full; what was made before ({made}) is complete: make room and "
                "sort again to go on."
            ) from error
        if not self.plan.target.is_dir():
            raise FewshotError(
                f"“{self.plan.target}” is no longer there; bring it back and sort again to go on."
            ) from error
        if error.filename is None or Path(error.filename) == copy.photo.path:
            return file_reason(error)
        return f"the copy could not be written ({error.strerror or error})"


def _status_before(copy: PlannedCopy) -> str:
    """What the list says of a photo that this run has not reached."""
    if copy.step is Step.LEAVE_OUT:
        return Step.LEAVE_OUT.value
    if copy.step in {Step.IN_PLACE, Step.RENEW} and copy.target and copy.target.exists() and copy.photo.path.exists():
        return _kind(copy.photo.path, copy.target)
    return _NOT_DONE


def _kind(photo: Path, target: Path) -> str:
    """What is at ``target``, for the list."""
    return (Step.LINK if target.samefile(photo) else Step.COPY).value


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e8 else f"{number / 1e6:,.1f} MB"

"""The open project and all that is computed from it: what the window shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import DEFAULT_ENCODER, EmbeddingCache, EncoderSpec, encoder_spec, is_ready
from fewshot_gui.project.edits import Edit
from fewshot_gui.project.photo_edits import add_photos, add_source
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import Kind, PhotoRecord
from fewshot_gui.ui.folder_scanner import FolderScanner, FoundPhoto
from fewshot_gui.ui.known_photos import KnownPhotos
from fewshot_gui.ui.labeller import Labeller
from fewshot_gui.ui.pending_writer import PendingWriter
from fewshot_gui.ui.photo_embedder import EmbeddedBatch, PhotoEmbedder
from fewshot_gui.ui.readapter import Readapter
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.workflows.adapt_snapshot import (
    ENCODER_SETTING,
    METHOD_SETTING,
    Snapshot,
    reads_activations,
    take_snapshot,
)
from fewshot_gui.workflows.adapting import AdaptOutcome
from fewshot_gui.workflows.embedding_source import EmbeddingSource, WantedDevice

_ADAPTS_TO = frozenset({Kind.CLASSES, Kind.EXAMPLES, Kind.CARRIED_EXAMPLES, Kind.DECISIONS, Kind.SETTINGS})


@dataclass(frozen=True)
class NewPhotos:
    """Photos that came into the project: ids, paths, times in seconds since 1970."""

    ids: tuple[int, ...]
    paths: tuple[Path, ...]
    times: tuple[float, ...]


class LabellingSession(QObject):
    """Keeps what is computed in step with what the person does.

    The person's actions come in as edits; scanning, embedding and adapting run as tasks; results go out as signals.

    Signals:
        opened: another :class:`Project`, or ``None``.
        edited: the :class:`Edit` of the person that was applied, undone or redone.
        photos_added: :class:`NewPhotos`.
        labelled: :class:`~fewshot_gui.ui.labeller.LabelBatch`.
        unreadable: list of (photo id, reason), or ``None`` for a reason that no longer holds.
        adapted: the :class:`AdaptOutcome`, or ``None`` when there is no classifier any more.
        cannot_adapt: a sentence why there is no classifier.
        problem: a sentence.
        settled: nothing is being computed any more.
        resumed: work that had been stopped goes on.
        overwritten: list of the ids of photos whose content has become another.
    """

    opened = Signal(object)
    edited = Signal(object)
    photos_added = Signal(object)
    labelled = Signal(object)
    unreadable = Signal(object)
    adapted = Signal(object)
    cannot_adapt = Signal(str)
    problem = Signal(str)
    settled = Signal()
    resumed = Signal()
    overwritten = Signal(object)

    def __init__(
        self, runner: TaskRunner, cache: EmbeddingCache, *, device: WantedDevice = "auto", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self._device = device
        self.project: Project | None = None
        self.outcome: AdaptOutcome | None = None
        self.source: EmbeddingSource | None = None
        self._known = KnownPhotos()
        self._shown: set[int] = set()
        self.scanner = FolderScanner(runner, self)
        self.embedder = PhotoEmbedder(runner, self)
        self._readapter = Readapter(runner, self.snapshot, self)
        self._labeller = Labeller(runner, self)
        self._writer = PendingWriter(runner, self)
        self.scanner.found.connect(self.take_found)
        self.scanner.skipped.connect(self.problem)
        self.scanner.finished.connect(self._check_settled)
        self.embedder.embedded.connect(self._take_embedded)
        self.embedder.failed.connect(self.problem)
        self.embedder.idle.connect(self._embedding_ended)
        self._readapter.adapted.connect(self._take_adapted)
        self._readapter.labelled.connect(self.labelled)
        self._readapter.failed.connect(self._lose_classifier)
        self._readapter.finished.connect(self._check_settled)
        self._labeller.labelled.connect(self.labelled)
        self._labeller.failed.connect(self.problem)
        self._writer.failed.connect(self.problem)
        self._labeller.idle.connect(self._check_settled)

    @property
    def failures(self) -> Mapping[int, str]:
        """Why a photo could not be read, by photo id."""
        return self._known.failures

    @property
    def encoder_id(self) -> str:
        """The encoder in use, as the person knows it; empty without a project."""
        return (self.source.spec.base or self.source.spec.id) if self.source is not None else ""

    @property
    def busy(self) -> bool:
        """Whether anything is still being computed."""
        return self.scanner.running or self.embedder.running or self._readapter.busy or self._labeller.busy

    @property
    def interrupted(self) -> bool:
        """Whether the person stopped work that :meth:`resume` would go on with."""
        stopped = bool(self.embedder.unfinished) and not self.embedder.running
        return self.project is not None and (stopped or self._readapter.cancelled)

    def open(self, project: Project | None) -> None:
        """Work on ``project`` and close the one before; ``None`` only closes."""
        self._stop()
        if self.project is not None:
            self.project.close()
        self.project = project
        self._use_encoder()
        self.opened.emit(project)
        if project is None:
            return
        self.scanner.look_up([photo.file for photo in project.photos.values()])
        self._scan_sources()
        self._readapter.ask()

    def close(self) -> None:
        """Stop all work and close the project."""
        self.open(None)

    def add_folders(self, paths: Sequence[Path]) -> None:
        """Label the photos in these folders from now on; files among them are taken as single photos."""
        if self.project is None:
            return
        try:
            for path in paths:
                if path.is_dir():
                    self.apply(add_source(self.project, path))
        except FewshotError as error:
            self.problem.emit(str(error))
            return
        self.resume()
        self.scanner.scan(paths)

    @Slot()
    def resume(self) -> None:
        """Go on with what the person, or a failure, had stopped."""
        self.embedder.resume()
        if self._readapter.cancelled:
            self._readapter.ask()
        self.resumed.emit()

    def look_again(self, paths: Sequence[Path]) -> None:
        """Read photos whose files have come back."""
        if self.project is not None:
            found = [self.project.photo_id(str(path)) for path in paths]
            self._try_again([photo_id for photo_id in found if photo_id is not None])
            self._readapter.ask()

    def read_again(self, photo_ids: Sequence[int]) -> None:
        """Read photos whose files were written anew; until that is done they keep their labels."""
        if self.project is not None:
            self.embedder.add_again([(photo_id, self.project.photos[photo_id].file) for photo_id in photo_ids])

    def retry_failures(self) -> None:
        """Try once more to read the photos that could not be read."""
        self._try_again(list(self._known.failures))

    def apply(self, edit: Edit) -> None:
        """Take over an edit of the project: tell the views and adapt again if it matters."""
        if not edit:
            return
        settings = {change.key for change in edit.changes if change.kind is Kind.SETTINGS}
        if ENCODER_SETTING in settings or (METHOD_SETTING in settings and self._wants_other_rows):
            self._use_encoder()
            self._embed(list(self.project.photos) if self.project else [])
        self._follow_photos(edit)
        self.edited.emit(edit)
        if edit.kinds & _ADAPTS_TO:
            self._readapter.ask()

    def undo(self) -> Edit | None:
        """Take the person's last action back; returns what was applied."""
        edit = self.project.undo() if self.project else None
        if edit:
            self.apply(edit)
        return edit

    def redo(self) -> Edit | None:
        """Do the action that was taken back again; returns what was applied."""
        edit = self.project.redo() if self.project else None
        if edit:
            self.apply(edit)
        return edit

    def embedding_of(self, photo_id: int) -> NDArray[np.float32] | None:
        """The embedding of a photo, float32 (d,), or ``None`` while it has none."""
        here, rows = self._known.embeddings.of([photo_id])
        return rows[0].astype(np.float32) if here else None

    def source_for(self, encoder_id: str) -> EmbeddingSource:
        """Where embeddings of this encoder come from; the project's own source if it uses the same.

        Raises:
            FewshotError: There is no such encoder.
        """
        if self.source is not None and self.source.spec.id == encoder_id:
            return self.source
        return EmbeddingSource(encoder_spec(encoder_id), self._cache, device=self._device)

    def use_device(self, device: WantedDevice) -> None:
        """Encode on this device from now on."""
        self._device = device
        if self.source is not None:
            self.source.use_device(device)
            self.embedder.restart()

    def _try_again(self, photo_ids: Sequence[int]) -> None:
        self.resume()
        failed = [photo_id for photo_id in photo_ids if self._known.failures.pop(photo_id, None) is not None]
        self.unreadable.emit([(photo_id, None) for photo_id in failed])
        self._embed(
            [photo_id for photo_id in photo_ids if self.project is not None and photo_id in self.project.photos]
        )

    def _stop(self) -> None:
        self.scanner.stop()
        self._readapter.stop()
        self._labeller.stop()
        self.embedder.use(None)
        self._keep_fingerprints()
        self._writer.stop()
        self._shown.clear()
        self._known.failures.clear()
        self._known.start_over(1)  # a large project's embeddings would be kept beside those of the next
        self.outcome = None

    def _use_encoder(self) -> None:
        """Start over with the encoder that the project asks for; what it has embedded before is in the cache."""
        self._readapter.stop()
        self._labeller.stop()
        self.outcome = None
        if self.project is None:
            self.source = None
            self.embedder.use(None)
            return
        wanted = str(self.project.settings.get(ENCODER_SETTING, DEFAULT_ENCODER))
        source = EmbeddingSource(self._ready_spec(wanted), self._cache, device=self._device)
        self.source = (source.with_activations() if reads_activations(self.project) else None) or source
        self._known.start_over(self.source.spec.dimension)
        self.embedder.use(self.source)
        self.adapted.emit(None)

    @property
    def _wants_other_rows(self) -> bool:
        """Whether the method needs activations that are not there, or has no use for those that are."""
        if self.project is None or self.source is None:
            return False
        return reads_activations(self.project) != bool(self.source.spec.activations)

    def _ready_spec(self, wanted: str) -> EncoderSpec:
        """The encoder ``wanted``, or the default where it is not on this computer."""
        try:
            spec = encoder_spec(wanted)
        except FewshotError as error:
            self.problem.emit(str(error))
        else:
            if is_ready(spec):
                return spec
            self.problem.emit(f"The encoder “{spec.title}” is not on this computer, so the default is used instead.")
        return encoder_spec(DEFAULT_ENCODER)

    def _scan_sources(self) -> None:
        if self.project is None:
            return
        there = [source.path for source in self.project.sources.values() if source.path.is_dir()]
        missing = [source.path for source in self.project.sources.values() if not source.path.is_dir()]
        for path in missing:
            self.problem.emit(f"The folder “{path}” is not there any more; use “Find moved photos” if it was moved.")
        if there:
            self.scanner.scan(there)

    def _follow_photos(self, edit: Edit) -> None:
        """Photos that left are not waited for; photos that Undo brought back are shown and embedded again."""
        back = []
        for change in edit.changes:
            if isinstance(change.after, PhotoRecord) and change.before is None and change.after.id not in self._shown:
                back.append(change.after.file)
            elif change.kind is Kind.PHOTOS and change.after is None:
                self._shown.discard(int(change.key))
                self.embedder.discard([int(change.key)])
        if back:
            self.scanner.look_up(back)

    @Slot(object)
    def take_found(self, found: list[FoundPhoto]) -> list[int]:
        """Show and label these photos; returns the ids of those that were not shown before."""
        if self.project is None:
            return []
        add_photos(self.project, [str(photo.path) for photo in found], at_once=False)
        self._writer.write(self.project)
        new = []
        for photo in found:
            photo_id = self.project.photo_id(str(photo.path))
            if photo_id is not None and photo_id not in self._shown:
                self._shown.add(photo_id)
                new.append((photo_id, photo))
        if new:
            self.photos_added.emit(
                NewPhotos(
                    tuple(photo_id for photo_id, _ in new),
                    tuple(photo.path for _, photo in new),
                    tuple(photo.time for _, photo in new),
                )
            )
            self._embed([photo_id for photo_id, _ in new])
            if any(photo_id in self._known.embeddings for photo_id, _ in new):
                self._readapter.ask()  # they were here before: Undo brought them back, and they want labels
        return [photo_id for photo_id, _ in new]

    def _embed(self, photo_ids: Sequence[int]) -> None:
        if self.project is not None:
            photos = self.project.photos
            wanted = [(photo_id, photos[photo_id].file) for photo_id in self._known.without_embedding(photo_ids)]
            self._known.embeddings.reserve(len(photos))
            self.embedder.add(wanted)

    @Slot(object)
    def _take_embedded(self, batch: EmbeddedBatch) -> None:
        new, unreadable = self._known.take(batch, self.project.photos if self.project is not None else {})
        if unreadable:
            self.unreadable.emit(unreadable)
        if self._known.overwritten:
            overwritten, self._known.overwritten = self._known.overwritten, []
            self.overwritten.emit(overwritten)
        if self.project is not None:
            self._known.keep_some(self.project)
            self._writer.write(self.project)
        if new:
            self._labeller.go_on()

    @Slot()
    def _embedding_ended(self) -> None:
        self._keep_fingerprints()
        if self.outcome is not None or self._readapter.busy:
            self._readapter.ask()  # familiarity looks at the whole folder, which is known only now
        self._check_settled()

    def _keep_fingerprints(self) -> None:
        if self.project is not None:
            self._known.keep(self.project)
            self._writer.write(self.project)

    def snapshot(self) -> Snapshot | None:
        """What the project holds at this moment, for the worker."""
        project, source = self.project, self.source
        if project is None or source is None:
            return None
        snapshot = take_snapshot(project, source, self._known.embeddings)
        if snapshot is None:
            self._lose_classifier("Drop a few example photos on each class, and the labels appear here.")
        return snapshot

    @Slot(object, object)
    def _take_adapted(self, outcome: AdaptOutcome, photo_ids: NDArray[np.int64]) -> None:
        self.outcome = outcome
        self.adapted.emit(outcome)
        self._labeller.use(outcome.adapted, self._known.embeddings, len(photo_ids))

    @Slot(str)
    def _lose_classifier(self, reason: str) -> None:
        self._labeller.stop()
        self.outcome = None
        self.adapted.emit(None)
        self.cannot_adapt.emit(reason)

    @Slot()
    def _check_settled(self) -> None:
        if not self.busy:
            self.settled.emit()

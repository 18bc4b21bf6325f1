"""Keeps what the window shows in step with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.project.edits import Edit
from fewshot_gui.project.records import DecisionRecord, Kind, PhotoRecord
from fewshot_gui.ui import wording
from fewshot_gui.ui.labeller import LabelBatch
from fewshot_gui.ui.method_list import project_choices, title_of
from fewshot_gui.ui.models.photo_columns import UNDECIDED
from fewshot_gui.ui.models.photo_filter import PhotoFilter
from fewshot_gui.ui.session import NewPhotos
from fewshot_gui.ui.window_states import (
    class_cards,
    class_styles,
    encoder_choices,
    expected_accuracy,
)
from fewshot_gui.workflows.adapt_snapshot import DEFAULT_METHOD, method_of

if TYPE_CHECKING:
    from fewshot_gui.ui.main_window import MainWindow

_SHOW_COUNTS_MS = 200


class ProjectView(QObject):
    """Shows the session's project in the parts of a window, and each change of it where it belongs."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._why_not = ""
        self._relabelled = 0
        self._counts_timer = QTimer(self, singleShot=True, interval=_SHOW_COUNTS_MS)
        self._counts_timer.timeout.connect(self._show_counts)
        self._session.opened.connect(self._open)
        self._session.edited.connect(self._take_edit)
        self._session.photos_added.connect(self._add_photos)
        self._session.labelled.connect(self._take_labels)
        self._session.unreadable.connect(self._take_unreadable)
        self._session.adapted.connect(self._show_classifier)
        self._session.cannot_adapt.connect(self._say_why_not)
        self._session.settled.connect(self._settle)
        self._session.resumed.connect(self._show_interrupted)
        self._window.model.counts_changed.connect(self._counts_timer.start)

    @Slot(object)
    def _open(self, project: object) -> None:
        window = self._window
        window.task_bar.outdate_error()
        window.model.reset()
        window.focus.choose([], None)
        window.show_page(working=project is not None)
        window.photos.focus_grid()
        self.show_choices()
        self._show_project()
        self._show_classes()
        self._show_counts()
        self._show_interrupted()

    @Slot(object)
    def _take_edit(self, edit: Edit) -> None:
        self._window.task_bar.outdate_error()
        if Kind.SETTINGS in edit.kinds:
            self._show_project()
            self.show_choices()
        if edit.kinds & {Kind.CLASSES, Kind.EXAMPLES, Kind.CARRIED_EXAMPLES, Kind.DECISIONS, Kind.SOURCES}:
            self._show_classes()
        changed = [change for change in edit.changes if change.kind is Kind.DECISIONS]
        if changed:
            decisions = [c.after.class_id if isinstance(c.after, DecisionRecord) else UNDECIDED for c in changed]
            self._window.model.set_decisions([int(change.key) for change in changed], decisions)
        gone = [int(change.key) for change in edit.changes if change.kind is Kind.PHOTOS and change.after is None]
        if gone:
            self._window.model.remove_photos(gone)
        moved = [
            change.after
            for change in edit.changes
            if isinstance(change.after, PhotoRecord)
            and isinstance(change.before, PhotoRecord)
            and change.after.file != change.before.file
        ]
        if moved:
            self._window.model.set_paths([photo.id for photo in moved], [photo.path for photo in moved])
        self._show_undo()
        self._window.focus.refresh()

    @Slot(object)
    def _add_photos(self, new: NewPhotos) -> None:
        project = self._session.project
        self._window.model.append_photos(new.ids, new.paths, new.times)
        decided = [photo_id for photo_id in new.ids if project is not None and photo_id in project.decisions]
        if project is not None and decided:
            self._window.model.set_decisions(decided, [project.decisions[photo_id].class_id for photo_id in decided])

    @Slot(object)
    def _take_labels(self, batch: LabelBatch) -> None:
        changed = self._window.model.set_predictions(
            batch.photo_ids,
            batch.ranked.first,
            batch.ranked.first_confidence,
            batch.stranger,
            batch.familiarity,
            batch.ranked.second,
            batch.ranked.second_confidence,
        )
        if changed:
            self._relabelled += changed
            self._window.task_bar.show_change(f"{wording.counted(self._relabelled, 'label')} changed")
        current = self._window.focus.current
        if current is not None and np.isin(current, batch.photo_ids):
            self._window.focus.refresh()

    @Slot(object)
    def _take_unreadable(self, photos: list[tuple[int, str | None]]) -> None:
        self._window.model.set_errors([photo_id for photo_id, _ in photos], [reason for _, reason in photos])

    @Slot(object)
    def _show_classifier(self, outcome: object) -> None:
        self._why_not = ""
        self._relabelled = 0
        if outcome is None:
            self._window.model.clear_predictions()
        self._window.header.set_accuracy(expected_accuracy(self._session.outcome))
        self.show_choices()
        self._show_classes()

    @Slot(str)
    def _say_why_not(self, reason: str) -> None:
        """There is no classifier; the sentence stands where the number of labels would."""
        self._why_not = reason
        self._show_counts()

    @Slot()
    def _settle(self) -> None:
        """Once all labels are there, bring the photos in order, unless the person is looking at them already."""
        grid = self._window.photos.grid
        untouched = not self._window.photos.chosen_ids() and grid.verticalScrollBar().value() == 0
        if untouched and self._window.model.order_stale:
            self._window.model.refresh_order()
            grid.scrollToTop()
        self._window.focus.refresh()
        self._show_interrupted()

    @Slot()
    def show_choices(self) -> None:
        """Show the methods and encoders and which are in use."""
        project, outcome, source = self._session.project, self._session.outcome, self._session.source
        if project is None or source is None:
            return
        method = method_of(project)
        resolved = title_of(outcome.adapted.method) if outcome is not None and method == DEFAULT_METHOD else ""
        reason = outcome.adapted.reason if outcome is not None else ""
        choices = project_choices(self._session.encoder_id, self._window.points.points, method)
        self._window.header.set_methods(choices, method, resolved, reason)
        self._window.header.set_encoders(encoder_choices(), self._session.encoder_id)

    @Slot()
    def _show_interrupted(self) -> None:
        self._window.task_bar.set_interrupted(self._session.interrupted)

    def _show_project(self) -> None:
        project = self._session.project
        if project is not None:
            self._window.header.set_project(project.name, "Saved")
            self._window.preferences.remember(project.path, project.name)
        self._window.setWindowTitle(f"{project.name} – Fewshot" if project is not None else "Fewshot")
        self._show_undo()

    def _show_classes(self) -> None:
        project = self._session.project
        if project is not None:
            self._window.model.set_classes(class_styles(project))
            if self._window.model.photo_filter.class_id not in {None, *(record.id for record in project.classes)}:
                self._window.model.set_filter(PhotoFilter())  # the class is gone
            self._window.classes.show_classes(class_cards(project, self._session.outcome))
            self._window.photos.set_title(
                " + ".join(source.path.name for source in project.sources.values()) or "Photos"
            )

    def _show_undo(self) -> None:
        history = self._session.project.history if self._session.project is not None else None
        for name, verb, edit in (
            ("undo", "Undo", history.next_undo if history else None),
            ("redo", "Redo", history.next_redo if history else None),
        ):
            action = self._window.actions_table[name]
            action.setEnabled(edit is not None)
            action.setText(f"{verb} {edit.description}" if edit is not None else verb)

    @Slot()
    def _show_counts(self) -> None:
        counts = self._window.model.counts()
        self._window.header.set_doubtful(counts.look)
        self._window.task_bar.set_failures(counts.errors)
        labelled = f"{wording.count(counts.all - counts.errors - counts.unlabelled)} labelled"
        said = self._why_not or labelled
        self._window.task_bar.set_summary(f"{wording.counted(counts.all, 'photo')} · {said}" if counts.all else "")

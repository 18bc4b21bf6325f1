"""Choosing a method, and telling why it labels as it does."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.ui.method_list import ADD_STARTING_POINT
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.workflows.adapt_snapshot import METHOD_SETTING
from fewshot_gui.workflows.adapting import AdaptOutcome


class MethodFlow(QObject):
    """Another method is one edit, which Undo takes back.

    Signals:
        add_requested: take a starting point from a file.
        told: after another method has adapted, why it labels as it does.
        failed: a sentence.
    """

    add_requested = Signal()
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, session: LabellingSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting = False
        session.adapted.connect(self._tell_reason)

    @Slot(str)
    def choose(self, method: str) -> None:
        """Use this method, or do what the choice stands for."""
        project = self._session.project
        if method == ADD_STARTING_POINT:
            self.add_requested.emit()
        elif project is not None:
            try:
                self._session.apply(set_setting(project, METHOD_SETTING, method))
            except FewshotError as error:
                self.failed.emit(str(error))
            else:
                self._waiting = True

    @Slot(object)
    def _tell_reason(self, outcome: AdaptOutcome | None) -> None:
        if outcome is not None and self._waiting:
            self._waiting = False
            self.told.emit(outcome.adapted.reason)

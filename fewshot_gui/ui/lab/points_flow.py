"""What the page of starting points shows, and who answers to it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.ui.lab.points_page import PointsPage, PointState
from fewshot_gui.ui.method_list import encoder_title, title_of, why_it_does_not_fit
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.starting_point_flow import StartingPointFlow
from fewshot_gui.workflows.starting_points import InstalledStartingPoint

_NO_PROJECT = "Open a project to use it."
_FACTS: Final = {
    "data": "Learned from",
    "classes": "Classes",
    "steps": "Steps",
    "evaluation": "On unseen classes",
    "licence": "Licence",
}
"""What is worth showing of a starting point's facts, and how it is called."""


class PointsFlow(QObject):
    """Keeps the page in step with what is installed and with the open project.

    Signals:
        use_requested: the reference of a method with its starting point.
    """

    use_requested = Signal(str)

    def __init__(self, page: PointsPage, session: LabellingSession, points: StartingPointFlow, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._session = session
        self._points = points
        page.add_requested.connect(points.add)
        page.save_requested.connect(points.save_copy)
        page.remove_requested.connect(points.remove)
        page.use_requested.connect(self._use)
        points.changed.connect(self.show)
        points.added.connect(self._choose)
        session.opened.connect(self.show)
        session.edited.connect(self.show)
        self.show()

    @Slot()
    def show(self) -> None:
        """Show what is installed."""
        self._page.show_points([self._state(point) for point in self._points.points])
        if self._points.problems:
            self._page.error.show_sentence(self._points.problems[0])

    def _state(self, point: InstalledStartingPoint) -> PointState:
        facts = [("Method", title_of(point.method)), ("Encoder", encoder_title(point.header.encoder))]
        facts += [(name, point.header.facts[key]) for key, name in _FACTS.items() if point.header.facts.get(key)]
        open_project = self._session.project is not None
        why_not = why_it_does_not_fit(point, self._session.encoder_id) if open_project else _NO_PROJECT
        return PointState(point.id, point.header.title, tuple(facts), not point.is_shipped, why_not)

    @Slot(object)
    def _choose(self, point: InstalledStartingPoint) -> None:
        self._page.choose(point.id)

    @Slot(str)
    def _use(self, point_id: str) -> None:
        point = self._points.point(point_id)
        if point is not None:
            self.use_requested.emit(point.reference)

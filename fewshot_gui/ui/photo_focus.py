"""The photo that the person looks at: shown in the inspector and in the large view."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.imaging import PhotoDetails
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.picture_loader import Picture, PictureLoader
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.widgets.inspector import Inspector
from fewshot_gui.ui.widgets.large_view import LargeView
from fewshot_gui.ui.window_states import inspector_state


class PhotoFocus(QObject):
    """Keeps inspector and large view in step with the photo in focus and with what is known of it.

    Signals:
        moved: another photo, by id, is in focus or several are chosen: list of all chosen ids.
    """

    moved = Signal(object)

    def __init__(
        self,
        session: LabellingSession,
        model: PhotoModel,
        inspector: Inspector,
        large_view: LargeView,
        runner: TaskRunner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._inspector = inspector
        self._large_view = large_view
        self._loader = PictureLoader(runner, self)
        self._loader.loaded.connect(self._take_picture)
        self._current: int | None = None
        self._chosen: list[int] = []
        self._details: PhotoDetails | None = None
        self._picture: Picture | None = None

    @property
    def current(self) -> int | None:
        """The id of the photo in focus."""
        return self._current

    @Slot(object, object)
    def choose(self, chosen: list[int], current: int | None) -> None:
        """The person chose photos; ``current`` is the one in focus."""
        self._chosen = chosen
        if chosen and current not in chosen:
            current = chosen[0]
        if current != self._current:
            self._current = current
            self._details = self._picture = None
            row = self._model.photo(current) if current is not None else None
            if row is None:
                self._loader.forget()
            else:
                self._loader.load(row.photo_id, row.path)
        self.refresh()
        self.moved.emit(chosen)

    @Slot()
    def refresh(self) -> None:
        """Show what is known now."""
        project = self._session.project
        row = self._model.photo(self._current) if self._current is not None else None
        if project is None or row is None:
            self._inspector.show_photo(None)
            self._large_view.close_view()
            return
        embedding = self._session.embedding_of(row.photo_id)
        outcome = self._session.outcome
        state = inspector_state(row, project, outcome, embedding, self._details, max(1, len(self._chosen)))
        self._inspector.show_photo(state)
        if self._large_view.isVisible():
            self._large_view.show_photo(state)
            self._show_picture()

    @Slot()
    def open_large(self) -> None:
        """Show the photo in focus as large as the window."""
        if self._current is not None:
            self._large_view.open_view()
            self.refresh()

    @Slot(object)
    def _take_picture(self, picture: Picture) -> None:
        if picture.photo_id == self._current:
            self._details, self._picture = picture.details, picture
            self.refresh()
            self._show_picture()

    def _show_picture(self) -> None:
        if self._picture is not None and self._picture.image is not None:
            self._inspector.set_picture(self._picture.photo_id, self._picture.image)
            if self._large_view.isVisible():
                self._large_view.set_picture(self._picture.photo_id, self._picture.image)

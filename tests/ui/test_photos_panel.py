"""The middle column as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.drops import photos_mime
from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.photos_panel import PhotosPanel
from tests.ui.photo_models import HAT, Pictures, end, label, model_of, shown_ids


@pytest.fixture
def model(qapp: object) -> Iterator[PhotoModel]:
    model = model_of([f"IMG_{i}.jpg" for i in range(30)])
    yield model
    end(model)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, model: PhotoModel) -> PhotosPanel:
    panel = PhotosPanel(theme, Pictures(), model)  # type: ignore[arg-type]  # a stand-in
    qtbot.addWidget(panel)
    panel.resize(690, 600)
    panel.show()
    return panel


def files_mime(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def entering(mime: QMimeData) -> QDragEnterEvent:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    event.ignore()
    return event


def test_an_empty_project_says_what_to_do(qtbot: QtBot, panel: PhotosPanel, model: PhotoModel) -> None:
    model.reset()
    assert panel.no_photos.isVisible()
    assert not panel.bar.isVisible()
    with qtbot.waitSignal(panel.add_folder_requested, timeout=0):
        panel.no_photos.button.click()
    model.append_photos([1], ["/photos/a.jpg"])
    assert panel.grid.isVisible()
    assert panel.bar.isVisible()


def test_a_filter_without_a_match_offers_to_show_all(panel: PhotosPanel, model: PhotoModel) -> None:
    model.set_filter(PhotoFilter(text="nothing like it"))
    assert panel.no_match.isVisible()
    assert panel.bar.search.text() == "nothing like it"
    panel.no_match.button.click()
    assert panel.grid.isVisible()
    assert panel.bar.search.text() == ""
    assert model.rowCount() == 30


def test_the_first_match_ends_the_empty_state(panel: PhotosPanel, model: PhotoModel) -> None:
    model.set_filter(PhotoFilter(FilterKind.LOOK))
    assert panel.no_match.isVisible()
    label(model, [10], [HAT], [0.1])
    assert panel.grid.isVisible()


def test_bar_and_model_agree(qtbot: QtBot, panel: PhotosPanel, model: PhotoModel) -> None:
    label(model, [10, 11], [HAT, HAT], [0.1, 0.2])
    qtbot.waitUntil(lambda: panel.bar.filter_tabs.tabs[FilterKind.LOOK].text() == "Doubtful 2")
    panel.bar.filter_tabs.tabs[FilterKind.LOOK].click()
    assert shown_ids(model) == [10, 11]
    model.set_sort(SortKey.MOST_CERTAIN)
    assert panel.bar.sort.currentData() == SortKey.MOST_CERTAIN
    assert shown_ids(model) == [11, 10]
    label(model, [10], [HAT], [0.6])
    qtbot.waitUntil(panel.bar.refresh.isVisible)
    panel.bar.refresh.click()
    assert shown_ids(model) == [10, 11]
    assert not panel.bar.refresh.isVisible()


def test_a_new_class_can_be_shown_at_once(qtbot: QtBot, panel: PhotosPanel, model: PhotoModel) -> None:
    model.set_classes([ClassStyle(HAT, "Cap", 0)])
    qtbot.waitUntil(lambda: panel.bar.class_filter.findText("Cap  0") == 1)


def test_another_filter_begins_at_the_current_photo_or_at_the_top(panel: PhotosPanel, model: PhotoModel) -> None:
    panel.go_to_row(29)
    assert panel.grid.verticalOffset() > 0
    model.set_sort(SortKey.NAME)
    assert panel.grid.viewport().rect().contains(panel.grid.visualRect(panel.grid.currentIndex()))
    model.set_decisions([10], [HAT])
    model.set_filter(PhotoFilter(FilterKind.DECIDED))
    model.set_filter(PhotoFilter())
    assert panel.grid.verticalOffset() == 0


def test_moving_on(panel: PhotosPanel) -> None:
    panel.go_to_row(3)
    panel.go_by(1)
    assert panel.chosen_ids() == [14]
    panel.go_by(-100)
    assert panel.chosen_ids() == [14]


def test_size_slider_and_grid_agree(panel: PhotosPanel) -> None:
    panel.bar.size_slider.setValue(200)
    assert panel.grid.tile_side == 200
    panel.grid.set_tile_side(120)
    assert panel.bar.size_slider.value() == 120


def test_dropped_files_are_handed_on(qtbot: QtBot, panel: PhotosPanel) -> None:
    mime = files_mime("/photos/summer", "/photos/a.jpg")
    event = entering(mime)
    panel.dragEnterEvent(event)
    assert event.isAccepted()
    assert panel.veil.isVisible()
    assert panel.veil.geometry() == panel.rect()
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(panel.photos_dropped, timeout=0) as told:
        panel.dropEvent(drop)
    assert told.args == [[Path("/photos/summer"), Path("/photos/a.jpg")]]
    assert drop.dropAction() == Qt.DropAction.CopyAction
    assert not panel.veil.isVisible()


def test_leaving_with_a_drag_takes_the_frame_away(panel: PhotosPanel) -> None:
    mime = files_mime("/photos/a.jpg")
    panel.dragEnterEvent(entering(mime))
    panel.dragLeaveEvent(QDragLeaveEvent())
    assert not panel.veil.isVisible()


def test_its_own_photos_and_links_cannot_be_dropped_on_it(panel: PhotosPanel) -> None:
    link = QMimeData()
    link.setUrls([QUrl("https://example.org/a.jpg")])
    for mime in (photos_mime([10], [Path("/photos/IMG_0.jpg")]), link):
        event = entering(mime)
        panel.dragEnterEvent(event)
        assert not event.isAccepted()
        assert not panel.veil.isVisible()


def test_the_search_is_reached_and_left(qtbot: QtBot, panel: PhotosPanel) -> None:
    with qtbot.waitActive(panel):
        panel.activateWindow()
    panel.focus_search()
    assert panel.bar.search.hasFocus()
    panel.bar.search.left.emit()
    assert panel.grid.hasFocus()

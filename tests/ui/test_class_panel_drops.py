"""Dropping on the left column."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.drops import examples_mime, photos_mime
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.class_card import ClassCard
from fewshot_gui.ui.widgets.class_card_state import ClassCardState, ExampleState
from fewshot_gui.ui.widgets.class_panel import ClassPanel
from fewshot_gui.ui.widgets.drop_area import DropArea
from fewshot_gui.ui.widgets.drop_frame import DropState

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
NO_KEY, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def classes(count: int) -> tuple[ClassCardState, ...]:
    """Classes 1, 2, ..., with two examples each: 10 and 11, 20 and 21, ..."""
    return tuple(
        ClassCardState(
            n, f"Class {n}", n, None, tuple(ExampleState(10 * n + k, Path(f"{n}-{k}.jpg")) for k in (0, 1)), 0, None
        )
        for n in range(1, count + 1)
    )


class Drag:
    """A drag over the panel, as the window system would report it."""

    def __init__(self, panel: ClassPanel, mime: QMimeData, actions: Qt.DropAction = COPY | MOVE) -> None:
        self.panel, self.mime, self.actions = panel, mime, actions
        self.place = QPoint(1, 1)

    def enter(self, place: QPoint) -> bool:
        self.place = place
        event = QDragEnterEvent(place, self.actions, self.mime, LEFT, NO_KEY)
        QApplication.sendEvent(self.panel, event)
        return event.isAccepted() and self.move(place)

    def move(self, place: QPoint) -> bool:
        self.place = place
        event = QDragMoveEvent(place, self.actions, self.mime, LEFT, NO_KEY)
        QApplication.sendEvent(self.panel, event)
        return event.isAccepted()

    def leave(self) -> None:
        QApplication.sendEvent(self.panel, QDragLeaveEvent())

    def drop(self) -> Qt.DropAction:
        event = QDropEvent(self.place, self.actions, self.mime, LEFT, NO_KEY)
        QApplication.sendEvent(self.panel, event)
        return event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, runner: TaskRunner) -> ClassPanel:
    panel = ClassPanel(theme, ThumbnailStore(runner))
    qtbot.addWidget(panel)
    panel.show_classes(classes(3))
    panel.resize(272, 800)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def card(panel: ClassPanel, class_id: int) -> ClassCard:
    return next(card for card in panel.findChildren(ClassCard) if card.state.id == class_id)


def area(panel: ClassPanel) -> DropArea:
    return panel.findChild(DropArea)


def middle(widget: QWidget, panel: ClassPanel) -> QPoint:
    return widget.mapTo(panel, widget.rect().center())


def looks(panel: ClassPanel) -> list[DropState]:
    return [card(panel, n).drop_state for n in (1, 2, 3)] + [area(panel).drop_state]


def files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    return mime


def pixels() -> QMimeData:
    mime = QMimeData()
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime.setImageData(image)
    return mime


def link() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    return mime


def test_every_target_shows_that_it_can_take_files(panel: ClassPanel) -> None:
    drag = Drag(panel, files("/photos/a.jpg"))
    assert drag.enter(middle(card(panel, 2), panel))
    assert looks(panel) == [DropState.POSSIBLE, DropState.HERE, DropState.POSSIBLE, DropState.POSSIBLE]
    assert card(panel, 2).strip.shown[-1].text() == "Drop here"

    assert drag.move(middle(area(panel), panel))
    assert looks(panel) == [DropState.POSSIBLE] * 3 + [DropState.HERE]

    drag.leave()
    assert looks(panel) == [DropState.NONE] * 4


def test_a_gap_belongs_to_a_card_and_the_rest_to_the_area(panel: ClassPanel) -> None:
    drag = Drag(panel, files("/photos/a.jpg"))
    drag.enter(middle(card(panel, 2), panel) + QPoint(0, card(panel, 2).height() // 2 + 2))
    assert looks(panel)[1] is DropState.HERE

    drag.move(QPoint(100, panel.height() - 5))
    assert looks(panel)[3] is DropState.HERE


def test_files_on_a_class_and_beside(qtbot: QtBot, panel: ClassPanel) -> None:
    drag = Drag(panel, files("/photos/a.jpg", "/photos/folder"))
    drag.enter(middle(card(panel, 3), panel))
    with qtbot.waitSignal(panel.paths_dropped_on_class) as dropped:
        drag.drop()
    assert dropped.args == [3, [Path("/photos/a.jpg"), Path("/photos/folder")]]
    assert looks(panel) == [DropState.NONE] * 4

    drag.enter(middle(area(panel), panel))
    with qtbot.waitSignal(panel.paths_dropped_on_empty) as dropped:
        drag.drop()
    assert dropped.args == [[Path("/photos/a.jpg"), Path("/photos/folder")]]


def test_files_are_never_taken_by_moving_them(panel: ClassPanel) -> None:
    drag = Drag(panel, files("/photos/a.jpg"), COPY | MOVE)
    drag.enter(middle(card(panel, 1), panel))
    assert drag.drop() is COPY

    drag = Drag(panel, files("/photos/a.jpg"), MOVE)
    assert not drag.enter(middle(card(panel, 1), panel))
    assert drag.drop() is Qt.DropAction.IgnoreAction


def test_photos_of_the_gallery(qtbot: QtBot, panel: ClassPanel) -> None:
    drag = Drag(panel, photos_mime([7, 5], [Path("/photos/a.jpg")]))
    drag.enter(middle(card(panel, 1), panel))
    with (
        qtbot.waitSignal(panel.photos_dropped_on_class) as dropped,
        qtbot.assertNotEmitted(panel.paths_dropped_on_class),
    ):
        drag.drop()
    assert dropped.args == [1, [7, 5]]

    drag.enter(middle(area(panel), panel))
    with qtbot.waitSignal(panel.photos_dropped_on_empty) as dropped:
        drag.drop()
    assert dropped.args == [[7, 5]]


def test_pixels_without_a_file(qtbot: QtBot, panel: ClassPanel) -> None:
    drag = Drag(panel, pixels())
    drag.enter(middle(card(panel, 1), panel))
    with qtbot.waitSignal(panel.images_dropped_on_class) as dropped:
        drag.drop()
    assert dropped.args is not None
    assert dropped.args[0] == 1
    assert [image.width() for image in dropped.args[1]] == [3]

    drag.enter(middle(area(panel), panel))
    with qtbot.waitSignal(panel.images_dropped_on_empty) as dropped:
        drag.drop()
    assert dropped.args is not None
    assert [image.width() for image in dropped.args[0]] == [3]


def test_examples_move_to_another_class_only(qtbot: QtBot, panel: ClassPanel) -> None:
    drag = Drag(panel, examples_mime([20, 21]))
    assert drag.enter(middle(card(panel, 1), panel))
    assert looks(panel) == [DropState.HERE, DropState.NONE, DropState.POSSIBLE, DropState.NONE]
    assert not drag.move(middle(card(panel, 2), panel))
    assert not drag.move(middle(area(panel), panel))

    drag.move(middle(card(panel, 3), panel))
    with qtbot.waitSignal(panel.examples_moved) as moved:
        drag.drop()
    assert moved.args == [[20, 21], 3]


@pytest.mark.parametrize("on_card", [True, False])
def test_a_link_is_refused_with_a_sentence(qtbot: QtBot, panel: ClassPanel, on_card: bool) -> None:
    drag = Drag(panel, link())
    assert drag.enter(middle(card(panel, 1) if on_card else area(panel), panel))
    assert looks(panel) == [DropState.NONE] * 4
    with qtbot.waitSignal(panel.link_refused) as refused:
        drag.drop()
    assert refused.args is not None
    assert "save the picture" in refused.args[0]


def test_what_is_of_no_use_is_not_taken(panel: ClassPanel) -> None:
    mime = QMimeData()
    mime.setText("Hello")

    assert not Drag(panel, mime).enter(middle(card(panel, 1), panel))
    assert looks(panel) == [DropState.NONE] * 4


def test_an_empty_project_takes_photos_anywhere(qtbot: QtBot, panel: ClassPanel) -> None:
    panel.show_classes(())
    drag = Drag(panel, files("/photos/a.jpg"))
    assert drag.enter(QPoint(100, 100))
    with qtbot.waitSignal(panel.paths_dropped_on_empty):
        drag.drop()


def test_an_update_during_a_drag_keeps_the_targets(panel: ClassPanel) -> None:
    drag = Drag(panel, files("/photos/a.jpg"))
    drag.enter(middle(card(panel, 1), panel))
    panel.show_classes((*classes(3), *classes(4)[3:]))

    assert card(panel, 1).drop_state is DropState.HERE
    assert card(panel, 4).drop_state is DropState.POSSIBLE


def test_a_drag_at_the_edge_scrolls_and_aims_anew(qtbot: QtBot, panel: ClassPanel) -> None:
    panel.show_classes(classes(40))
    scroll = panel.findChild(QScrollArea)
    bar = scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 2000)
    place = scroll.mapTo(panel, QPoint(60, scroll.height() - 3))
    drag = Drag(panel, files("/photos/a.jpg"))
    drag.enter(place)
    first = next(c for c in panel.findChildren(ClassCard) if c.drop_state is DropState.HERE)

    qtbot.waitUntil(lambda: bar.value() > 300)
    assert first.drop_state is DropState.POSSIBLE
    drag.leave()
    stopped = bar.value()
    QApplication.processEvents()
    assert bar.value() == stopped

"""Examples that can be selected, dragged and removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QDrag, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.drops import example_ids_in
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.class_card_state import ExampleState
from fewshot_gui.ui.widgets.example_strip import ExampleStrip
from fewshot_gui.ui.widgets.tiles import AddTile, ExampleTile, MoreTile

NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
WIDTH = 232


def examples(*ids: int) -> tuple[ExampleState, ...]:
    return tuple(ExampleState(number, Path(f"photo {number}.jpg")) for number in ids)


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme, runner: TaskRunner) -> ExampleStrip:
    strip = ExampleStrip(theme, ThumbnailStore(runner))
    qtbot.addWidget(strip)
    strip.show_examples("Hat", examples(1, 2, 3, 4))
    strip.resize(WIDTH, strip.sizeHint().height())
    with qtbot.waitExposed(strip):
        strip.show()
    strip.activateWindow()
    return strip


def click(strip: ExampleStrip, at: int, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.mouseClick(strip.shown[at], LEFT, modifiers)


def press_key(strip: ExampleStrip, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClick(QApplication.focusWidget() or strip, key, modifiers)


def test_clicks_select_as_in_a_file_manager(strip: ExampleStrip) -> None:
    click(strip, 1)
    assert strip.selected_ids == [2]
    click(strip, 3, CTRL)
    assert strip.selected_ids == [2, 4]
    click(strip, 2, SHIFT)
    assert strip.selected_ids == [3, 4]
    click(strip, 0)
    assert strip.selected_ids == [1]
    assert [tile.isChecked() for tile in strip.shown if isinstance(tile, ExampleTile)] == [True, False, False, False]


def test_arrows_move_the_selection_and_stop_at_the_ends(strip: ExampleStrip) -> None:
    click(strip, 0)
    press_key(strip, Qt.Key.Key_Right)
    press_key(strip, Qt.Key.Key_Right, SHIFT)
    assert strip.selected_ids == [2, 3]

    press_key(strip, Qt.Key.Key_End)
    assert isinstance(QApplication.focusWidget(), AddTile)
    press_key(strip, Qt.Key.Key_Right)
    assert isinstance(QApplication.focusWidget(), AddTile)
    press_key(strip, Qt.Key.Key_Home)
    assert strip.selected_ids == [1]


def test_delete_removes_what_is_selected(qtbot: QtBot, strip: ExampleStrip) -> None:
    click(strip, 1)
    click(strip, 2, CTRL)

    with qtbot.waitSignal(strip.removed) as removed:
        press_key(strip, Qt.Key.Key_Delete)
    assert removed.args == [[2, 3]]


def test_after_removing_the_next_example_has_the_focus(strip: ExampleStrip) -> None:
    click(strip, 1)

    strip.show_examples("Hat", examples(1, 3, 4))

    assert QApplication.focusWidget() is strip.shown[1]
    assert strip.selected_ids == [3]


def test_an_update_keeps_tiles_focus_and_selection(strip: ExampleStrip) -> None:
    click(strip, 2)
    before = list(strip.shown[:4])

    strip.show_examples("Hat", examples(9, 1, 2, 3))

    assert strip.shown[1:4] == before[:3]
    assert strip.selected_ids == [3]


def test_more_shows_all_and_fewer_again(strip: ExampleStrip) -> None:
    strip.show_examples("Hat", examples(*range(1, 14)))
    assert strip.shown_ids == [1, 2, 3]
    assert strip.shown[3].text() == "+10"
    height = strip.sizeHint().height()

    click(strip, 3)
    assert strip.shown_ids == list(range(1, 14))
    assert strip.sizeHint().height() > 2 * height
    strip.resize(WIDTH, strip.sizeHint().height())

    press_key(strip, Qt.Key.Key_A, CTRL)
    assert strip.selected_ids == list(range(1, 14))
    click(strip, 13)
    assert strip.shown_ids == [1, 2, 3]
    assert strip.sizeHint().height() == height


def test_what_is_out_of_sight_is_never_selected(strip: ExampleStrip) -> None:
    strip.show_examples("Hat", examples(*range(1, 14)))
    click(strip, 0)
    press_key(strip, Qt.Key.Key_A, CTRL)

    assert strip.selected_ids == [1, 2, 3]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_open_an_example_and_browse(qtbot: QtBot, strip: ExampleStrip, key: Qt.Key) -> None:
    click(strip, 1)
    with qtbot.waitSignal(strip.activated) as activated:
        press_key(strip, key)
    assert activated.args == [2]

    press_key(strip, Qt.Key.Key_End)
    with qtbot.waitSignal(strip.browse_requested):
        press_key(strip, key)


def test_double_click_opens(qtbot: QtBot, strip: ExampleStrip) -> None:
    with qtbot.waitSignal(strip.activated) as activated:
        QTest.mouseDClick(strip.shown[2], LEFT)
    assert activated.args == [3]


def test_only_one_tile_is_a_tab_stop(strip: ExampleStrip) -> None:
    def stops() -> list[int]:
        return [at for at, tile in enumerate(strip.shown) if tile.focusPolicy() & Qt.FocusPolicy.TabFocus]

    assert len(stops()) == 1
    click(strip, 2)
    assert stops() == [2]


def test_the_selection_ends_where_the_focus_leaves(qtbot: QtBot, strip: ExampleStrip) -> None:
    click(strip, 1)
    strip.shown[1].clearFocus()

    assert strip.selected_ids == []


def test_the_menu_is_for_the_selection(qtbot: QtBot, strip: ExampleStrip) -> None:
    click(strip, 0)
    click(strip, 1, CTRL)
    centre = strip.shown[1].geometry().center()

    with qtbot.waitSignal(strip.menu_requested) as requested:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, strip.mapToGlobal(centre))
        QApplication.sendEvent(strip, event)
    assert requested.args is not None
    assert requested.args[0] == [1, 2]


def test_a_drag_carries_all_that_is_selected(strip: ExampleStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[list[int]] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: carried.append(example_ids_in(drag.mimeData())))
    click(strip, 0)
    click(strip, 2, CTRL)

    tile = strip.shown[2]
    QTest.mousePress(tile, LEFT, NO_KEY, QPoint(5, 5))
    QTest.mouseMove(tile, QPoint(6, 6))
    assert carried == []
    QTest.mouseMove(tile, QPoint(35, 35))
    assert carried == [[1, 3]]


def test_it_invites_without_changing_its_height(strip: ExampleStrip) -> None:
    before = strip.sizeHint().height()
    strip.set_inviting(True)
    assert strip.shown[-1].text() == "Drop here"
    assert strip.sizeHint().height() == before

    strip.set_inviting(False)
    assert strip.shown_ids == [1, 2, 3, 4]
    assert all(tile.isVisible() for tile in strip.shown)


def test_a_photo_is_painted_once_it_is_read(qtbot: QtBot, theme: Theme, runner: TaskRunner, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    image = QImage(30, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(path))
    store = ThumbnailStore(runner)
    strip = ExampleStrip(theme, store)
    store.ready.connect(strip.photo_ready)
    qtbot.addWidget(strip)
    strip.show_examples("Hat", (ExampleState(1, path), ExampleState(2, tmp_path / "missing.jpg")))
    strip.resize(WIDTH, strip.sizeHint().height())
    strip.show()

    def painted() -> bool:
        colour = strip.grab().toImage().pixelColor(strip.shown[0].geometry().center())
        return colour.red() > 200 and colour.green() < 50

    qtbot.waitUntil(painted)
    qtbot.waitUntil(lambda: "could not be read" in strip.shown[1].accessibleName())


def test_every_tile_has_a_name(strip: ExampleStrip) -> None:
    strip.show_examples("Hat", examples(*range(8)))

    assert [type(tile) for tile in strip.shown] == [ExampleTile] * 3 + [MoreTile, AddTile]
    assert all(tile.accessibleName() and tile.toolTip() for tile in strip.shown)

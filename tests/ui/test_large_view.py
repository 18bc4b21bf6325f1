"""The large view: a photo over the whole window, used by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.confidence_bars import BarState
from fewshot_gui.ui.widgets.inspector import InspectorState
from fewshot_gui.ui.widgets.large_view import LargeView

STATE = InspectorState(3, Path("absent.jpg"), "absent.jpg", bars=(BarState(5, "Shorts", 3, "5", 0.58),))


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """A window with a field and shortcuts on the keys that the large view uses too."""
    window = QMainWindow()
    qtbot.addWidget(window)
    content = QWidget()
    QVBoxLayout(content).addWidget(QLineEdit())
    window.setCentralWidget(content)
    for key in ("5", "Return", "Space", "Right", "Esc", "Ctrl+0"):
        action = QAction(key, window)
        action.setShortcut(key)
        window.addAction(action)
    window.resize(800, 600)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    return window


@pytest.fixture
def view(window: QMainWindow, theme: Theme, runner: TaskRunner, qtbot: QtBot) -> Iterator[LargeView]:
    store = ThumbnailStore(runner)
    view = LargeView(theme, store, window.centralWidget())
    window.centralWidget().findChild(QLineEdit).setFocus()
    view.show_photo(STATE)
    view.open_view()
    yield view
    store.close()


def test_it_covers_the_window_content_at_any_size(view: LargeView, window: QMainWindow) -> None:
    assert view.geometry() == window.centralWidget().rect()
    window.resize(1000, 700)
    assert view.geometry() == window.centralWidget().rect()


@pytest.mark.parametrize(
    ("key", "signal", "arguments"),
    [
        (Qt.Key.Key_Right, "next_requested", []),
        (Qt.Key.Key_Left, "previous_requested", []),
        (Qt.Key.Key_Return, "confirm_requested", []),
        (Qt.Key.Key_Enter, "confirm_requested", []),
        (Qt.Key.Key_0, "label_key", [0]),
        (Qt.Key.Key_5, "label_key", [5]),
        (Qt.Key.Key_Space, "closed", []),
        (Qt.Key.Key_Escape, "closed", []),
    ],
)
def test_keys_act_here_and_not_in_the_window_below(
    view: LargeView, window: QMainWindow, qtbot: QtBot, key: Qt.Key, signal: str, arguments: list[int]
) -> None:
    taken: list[bool] = []
    for action in window.actions():
        action.triggered.connect(taken.append)
    with qtbot.waitSignal(getattr(view, signal)) as emitted:
        # Through the window, as a real key press comes, so that shortcuts have their chance.
        qtbot.keyClick(window.windowHandle(), key)
    assert emitted.args == arguments
    assert taken == []


def test_closing_gives_the_keyboard_back(view: LargeView, window: QMainWindow, qtbot: QtBot) -> None:
    field = window.centralWidget().findChild(QLineEdit)
    assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert field.hasFocus()


def test_tab_stays_inside(view: LargeView, qtbot: QtBot) -> None:
    visited = []
    for _ in range(4):
        qtbot.keyClick(view.window().focusWidget(), Qt.Key.Key_Tab)
        visited.append(view.window().focusWidget())
    assert visited == [view._previous, view._next, view._close, view]
    qtbot.keyClick(view, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert view.window().focusWidget() is view._close


def test_it_zooms_by_keys_and_pans_with_shift(view: LargeView, qtbot: QtBot) -> None:
    view.set_picture(3, QImage(4000, 3000, QImage.Format.Format_RGB32))
    viewport = view._photo.viewport
    qtbot.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert viewport.scale == pytest.approx(1.0)
    before = viewport.target().x()
    with qtbot.assertNotEmitted(view.next_requested):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert viewport.target().x() < before
    qtbot.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert viewport.fitted


def test_it_shows_the_guess_and_afterwards_the_decision(view: LargeView) -> None:
    assert view._chip.accessibleName() == "Shorts"
    assert view._percent.text().replace("\N{NO-BREAK SPACE}", " ") == "58 %"
    view.show_photo(InspectorState(3, STATE.path, STATE.name, bars=STATE.bars, stranger=True))
    assert view._chip.accessibleName() == "None of these"
    view.show_photo(InspectorState(3, STATE.path, STATE.name, bars=STATE.bars, decision_text="You decided: Hat"))
    assert not view._chip.isVisible()
    assert view._decision.full_text == "You decided: Hat"

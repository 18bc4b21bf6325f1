"""The left column: classes as cards, their menus and the keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.card_column import CardColumn
from fewshot_gui.ui.widgets.class_card import ClassCard
from fewshot_gui.ui.widgets.class_card_state import ClassCardState, ExampleState, ExpectedState
from fewshot_gui.ui.widgets.class_panel import ClassPanel
from fewshot_gui.ui.widgets.drop_area import DropArea

LEFT = Qt.MouseButton.LeftButton


def state(number: int, name: str, examples: int = 3) -> ClassCardState:
    """A class whose examples have the ids 100 * number + 0, 1, 2, ..."""
    photos = tuple(ExampleState(100 * number + at, Path(f"{name} {at}.jpg")) for at in range(examples))
    return ClassCardState(number, name, number, str(number), photos, 0, ExpectedState(0.9, 0.8, 0.95))


THREE = (state(1, "Hat"), state(2, "Shoes"), state(3, "R&D"))


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, runner: TaskRunner) -> ClassPanel:
    panel = ClassPanel(theme, ThumbnailStore(runner))
    qtbot.addWidget(panel)
    panel.resize(272, 800)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    panel.show_classes(THREE)
    return panel


def cards(panel: ClassPanel) -> dict[str, ClassCard]:
    return {card.state.name: card for card in panel.findChild(CardColumn).cards}


def texts(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)}


def key(which: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), which, modifiers)


def open_menu(widget: QWidget) -> QMenu:
    place = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, *path: str) -> None:
    for action in menu.actions():
        if action.text() == path[0] and len(path) == 1:
            menu.close()
            action.trigger()
            return
        if action.text() == path[0]:
            submenu = action.menu()
            assert isinstance(submenu, QMenu)
            choose(submenu, *path[1:])
            menu.close()
            return
    pytest.fail(f"{path[0]!r} is not among {[action.text() for action in menu.actions()]}")


def test_a_card_says_what_it_is_given(panel: ClassPanel) -> None:
    shown = texts(cards(panel)["Hat"])

    assert {"Hat", "3 examples", "expected 90\N{NO-BREAK SPACE}%"} <= shown


def test_words_for_one_example_none_and_too_few(panel: ClassPanel) -> None:
    panel.show_classes((replace(state(1, "One", 1), expected=None), replace(state(2, "None", 0), expected=None)))

    assert {"1 example", "not enough examples yet"} <= texts(cards(panel)["One"])
    assert {"0 examples", "3 to 10 photos are enough"} <= texts(cards(panel)["None"])


def test_an_empty_project_teaches(panel: ClassPanel) -> None:
    panel.show_classes(())
    assert any("3 to 10 example photos" in text for text in texts(panel))

    panel.show_classes(THREE)
    assert not any("3 to 10 example photos" in text for text in texts(panel))


def test_updates_reuse_cards_and_follow_the_order(qtbot: QtBot, panel: ClassPanel) -> None:
    before = cards(panel)
    panel.show_classes((THREE[2], replace(THREE[0], name="Cap"), state(4, "Sock")))

    after = cards(panel)
    assert after["R&D"] is before["R&D"]
    assert after["Cap"] is before["Hat"]
    assert "Shoes" not in after
    qtbot.waitUntil(lambda: after["R&D"].y() < after["Cap"].y() < after["Sock"].y())


def test_an_update_leaves_what_is_being_typed(panel: ClassPanel) -> None:
    panel.begin_rename(1)
    editor = panel.findChild(QLineEdit)
    QTest.keyClicks(editor, "Fed")
    panel.show_classes((THREE[1], replace(THREE[0], decided=5, examples=())))

    assert panel.findChild(QLineEdit) is editor
    assert editor.text() == "Fed"
    assert editor.hasFocus()


def test_enter_commits_a_name_once(qtbot: QtBot, panel: ClassPanel) -> None:
    names: list[tuple[int, str]] = []
    panel.renamed.connect(lambda *given: names.append(given))
    cards(panel)["Shoes"].setFocus()
    key(Qt.Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "  Boots ")
    key(Qt.Key.Key_Return)

    assert names == [(2, "Boots")]
    assert QApplication.focusWidget() is cards(panel)["Shoes"]


@pytest.mark.parametrize("typed", ["", "   ", "Hat"])
def test_no_name_and_the_same_name_change_nothing(qtbot: QtBot, panel: ClassPanel, typed: str) -> None:
    with qtbot.assertNotEmitted(panel.renamed):
        panel.begin_rename(1)
        panel.findChild(QLineEdit).setText(typed)
        key(Qt.Key.Key_Return)


def test_escape_cancels_and_leaving_commits(qtbot: QtBot, panel: ClassPanel) -> None:
    with qtbot.assertNotEmitted(panel.renamed):
        panel.begin_rename(1)
        QTest.keyClicks(QApplication.focusWidget(), "Cap")
        key(Qt.Key.Key_Escape)

    panel.begin_rename(1)
    QTest.keyClicks(QApplication.focusWidget(), "Cap")
    with qtbot.waitSignal(panel.renamed) as renamed:
        cards(panel)["Shoes"].setFocus()
    assert renamed.args == [1, "Cap"]


def test_a_double_click_on_the_name_renames(panel: ClassPanel) -> None:
    QTest.mouseDClick(cards(panel)["Hat"].header.name, LEFT)

    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_the_menu_button_comes_with_the_focus_and_the_pointer(panel: ClassPanel) -> None:
    hat, shoes = cards(panel)["Hat"], cards(panel)["Shoes"]
    assert not hat.header.menu_button.isVisible()

    hat.setFocus()
    assert hat.header.menu_button.isVisible()
    hat.strip.shown[0].setFocus()
    assert hat.header.menu_button.isVisible()
    shoes.setFocus()
    assert not hat.header.menu_button.isVisible()
    assert shoes.header.menu_button.isVisible()


def test_the_count_keeps_its_room_when_the_menu_button_comes(panel: ClassPanel) -> None:
    hat = cards(panel)["Hat"]
    before = hat.header.name.geometry()
    hat.setFocus()
    QApplication.sendPostedEvents()

    assert hat.header.name.geometry() == before


@pytest.mark.parametrize(
    ("path", "signal", "given"),
    [
        (("Show photos of this class",), "class_filter_requested", [2]),
        (("Merge into", "Hat"), "merge_requested", [2, 1]),
        (("Merge into", "R&&D"), "merge_requested", [2, 3]),
        (("Move up",), "reorder_requested", [2, 0]),
        (("Move down",), "reorder_requested", [2, 2]),
        (("Remove class",), "remove_requested", [2]),
    ],
)
def test_the_menu_of_a_class(
    qtbot: QtBot, panel: ClassPanel, path: tuple[str, ...], signal: str, given: list[int]
) -> None:
    with qtbot.waitSignal(getattr(panel, signal)) as emitted:
        choose(open_menu(cards(panel)["Shoes"]), *path)
    assert emitted.args == given


def test_the_menu_button_opens_the_menu_and_rename_begins(panel: ClassPanel) -> None:
    hat = cards(panel)["Hat"]
    hat.setFocus()
    hat.header.menu_button.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    choose(menu, "Rename")

    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_the_first_class_cannot_move_up_nor_an_only_one_merge(panel: ClassPanel) -> None:
    def enabled(menu: QMenu) -> dict[str, bool]:
        found = {action.text(): action.isEnabled() for action in menu.actions()}
        menu.close()
        return found

    assert not enabled(open_menu(cards(panel)["Hat"]))["Move up"]
    assert not enabled(open_menu(cards(panel)["R&D"]))["Move down"]
    panel.show_classes(THREE[:1])
    assert not enabled(open_menu(cards(panel)["Hat"]))["Merge into"]


@pytest.mark.parametrize(
    ("path", "signal", "given"),
    [
        (("Remove from class",), "examples_removed", [[101]]),
        (("Move to", "Shoes"), "examples_moved", [[101], 2]),
        (("Show in folder",), "folder_requested", [Path("Hat 1.jpg")]),
    ],
)
def test_the_menu_of_an_example(
    qtbot: QtBot, panel: ClassPanel, path: tuple[str, ...], signal: str, given: list[object]
) -> None:
    tile = cards(panel)["Hat"].strip.shown[1]
    QTest.mouseClick(tile, LEFT)
    with qtbot.waitSignal(getattr(panel, signal)) as emitted:
        choose(open_menu(tile), *path)
    assert emitted.args == given


def test_signals_of_cards_reach_the_panel(qtbot: QtBot, panel: ClassPanel) -> None:
    strip = cards(panel)["Shoes"].strip
    with qtbot.waitSignal(panel.browse_requested) as browse:
        strip.shown[-1].click()
    assert browse.args == [2]
    with qtbot.waitSignal(panel.example_activated) as activated:
        QTest.mouseDClick(strip.shown[0], LEFT)
    assert activated.args == [200]
    QTest.mouseClick(strip.shown[0], LEFT)
    with qtbot.waitSignal(panel.examples_removed) as removed:
        QTest.keyClick(strip.shown[0], Qt.Key.Key_Delete)
    assert removed.args == [[200]]


@pytest.mark.parametrize("find", [lambda p: p.findChild(QPushButton), lambda p: p.findChild(DropArea)])
def test_both_ways_to_add_a_class(qtbot: QtBot, panel: ClassPanel, find: Callable[[ClassPanel], QWidget]) -> None:
    with qtbot.waitSignal(panel.add_class_requested):
        QTest.mouseClick(find(panel), LEFT)
    with qtbot.waitSignal(panel.add_class_requested):
        QTest.keyClick(panel.findChild(DropArea), Qt.Key.Key_Return)


def test_up_and_down_move_between_classes_and_with_alt_the_class(qtbot: QtBot, panel: ClassPanel) -> None:
    cards(panel)["Hat"].strip.shown[0].setFocus()
    key(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is cards(panel)["Shoes"]
    with qtbot.waitSignal(panel.reorder_requested) as reorder:
        key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert reorder.args == [2, 2]


def test_tab_visits_everything_in_the_order_it_is_seen(qtbot: QtBot, theme: Theme, runner: TaskRunner) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel, beside = ClassPanel(theme, ThumbnailStore(runner)), QPushButton("beside")
    layout = QVBoxLayout(window)
    layout.addWidget(panel)
    layout.addWidget(beside)
    window.resize(300, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    panel.show_classes(THREE)
    panel.show_classes((THREE[1], state(1, "Hat", 4), THREE[2]))
    QApplication.sendPostedEvents()

    panel.findChild(QPushButton).setFocus()
    visited: list[QWidget] = []
    for _ in range(11):
        key(Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())

    by_name = cards(panel)
    expected: list[QWidget] = []
    for name in ("Shoes", "Hat", "R&D"):
        card = by_name[name]
        expected += [card, card.header.menu_button, card.strip.shown[0]]
    assert visited == [*expected, panel.findChild(DropArea), beside]


def test_a_new_class_comes_into_sight(qtbot: QtBot, panel: ClassPanel) -> None:
    many = tuple(state(number, f"Class {number}") for number in range(1, 41))
    panel.show_classes(many)
    panel.begin_rename(40)

    def in_sight() -> bool:
        card = cards(panel)["Class 40"]
        return panel.rect().contains(card.geometry().translated(card.parentWidget().mapTo(panel, QPoint())))

    qtbot.waitUntil(in_sight)


def test_cards_keep_their_width_when_the_scroll_bar_comes(qtbot: QtBot, panel: ClassPanel) -> None:
    QApplication.sendPostedEvents()
    before = cards(panel)["Hat"].width()
    panel.show_classes((*THREE, *(state(number, f"Class {number}") for number in range(4, 41))))
    qtbot.waitUntil(lambda: cards(panel)["Class 40"].y() > 2000)

    assert cards(panel)["Hat"].width() == before


def test_long_names_are_told_in_full_by_the_tooltip(qtbot: QtBot, panel: ClassPanel) -> None:
    name = "A_name_without_any_blank_in_it_40_letter"
    panel.show_classes((state(1, name),))
    QApplication.sendPostedEvents()

    label = cards(panel)[name].header.name.findChild(QLabel)
    assert label.text() != name
    assert name in label.toolTip()
    assert panel.minimumSizeHint().width() <= 272


def test_every_control_has_a_name(panel: ClassPanel) -> None:
    hat = cards(panel)["Hat"]
    QApplication.sendEvent(hat, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    focusable = [w for w in panel.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]

    assert len(focusable) >= 3 * 3 + 2
    assert [w for w in focusable if not w.accessibleName()] == []


def test_a_change_of_appearance_repaints(panel: ClassPanel, theme: Theme) -> None:
    for appearance in ("dark", "light"):
        theme.set_appearance(appearance)
        assert cards(panel)["Hat"].grab().toImage().pixelColor(40, 3) == theme.colour("panel")


def test_a_hundred_classes_update_quickly(qtbot: QtBot, panel: ClassPanel) -> None:
    many = tuple(state(number, f"Class {number}", 10) for number in range(100))
    panel.show_classes(many)
    changed = tuple(replace(one, decided=1, expected=ExpectedState(0.5, 0.4, 0.6)) for one in many)

    started = time.process_time()
    panel.show_classes(changed)
    assert time.process_time() - started < 0.1

"""The bar that tells how the project labels and how well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QStyleOptionViewItem, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.accuracy_figure import ExpectedAccuracy
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.header_bar import HeaderBar

METHODS = (
    Choice("auto", "Auto", "Tries several ways and takes the best."),
    Choice("ridge", "Ridge", "Straight borders."),
)
ENCODERS = (
    Choice("fast", "Fast", "Good for most photos."),
    Choice("large", "Large", "Finer differences.", download_bytes=88_000_000),
)


@pytest.fixture
def header(qtbot: QtBot, theme: Theme) -> Iterator[HeaderBar]:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    header = HeaderBar(theme)
    layout.addWidget(header)
    header.set_project("Wardrobe survey", "Saved")
    header.set_methods(METHODS, "auto", "Ridge")
    header.set_encoders(ENCODERS, "fast")
    header.set_device("Processor · no NVIDIA GPU found", "No NVIDIA GPU was found.")
    header.set_accuracy(ExpectedAccuracy(0.89, 0.79, 0.95, 22))
    header.set_doubtful(214)
    window.resize(1440, 60)
    window.show()
    yield header
    window.close()


def _words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_it_shows_what_it_is_told(header: HeaderBar) -> None:
    assert header._method.shown_text == "Auto · Ridge"
    assert header._encoder.shown_text == "Fast"
    assert header._review.text() == "Review 214 doubtful"
    assert _words(header._accuracy.accessibleName()) == "89 % expected right, 79–95 %"
    assert _words(header._accuracy._lower.text()) == "79–95 %, from 22 examples"
    assert "No NVIDIA GPU was found." in header._device.toolTip()


def test_with_too_few_examples_it_promises_nothing(header: HeaderBar) -> None:
    header.set_accuracy(None)
    header.set_doubtful(0)
    assert header._accuracy.accessibleName() == "not enough examples yet"
    assert not header._accuracy._figure.isVisible()
    assert "3 examples" in header._accuracy.toolTip()
    assert header._review.text() == "Nothing doubtful"
    assert not header._review.isEnabled()


def test_a_choice_is_reported_and_shown_only_once_it_is_made(header: HeaderBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(header.encoder_chosen) as chosen:
        header._encoder.activated.emit(1)
    assert chosen.args == ["large"]
    assert header._encoder.shown_text == "Fast"
    assert header._encoder.currentIndex() == 0
    header.set_encoders(ENCODERS, "large")
    assert header._encoder.shown_text == "Large"


def test_the_choice_in_use_is_not_reported_again(header: HeaderBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(header.method_chosen):
        header._method.activated.emit(0)


def test_the_keyboard_reaches_another_choice(header: HeaderBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(header.method_chosen) as chosen:
        qtbot.keyClick(header._method, Qt.Key.Key_Down)
    assert chosen.args == ["ridge"]


def test_the_wheel_changes_nothing(header: HeaderBar, qtbot: QtBot) -> None:
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.assertNotEmitted(header.method_chosen):
        QApplication.sendEvent(header._method, wheel)


def test_entries_make_room_for_their_explanation(qtbot: QtBot, theme: Theme) -> None:
    box = ChoiceBox(theme)
    qtbot.addWidget(box)
    box.set_choices((Choice("a", "A", "Short."), Choice("b", "B", "A long explanation of this choice. " * 5)), "a")
    option = QStyleOptionViewItem()
    option.font = box.font()
    heights = [box.itemDelegate().sizeHint(option, box.model().index(row, 0, QModelIndex())).height() for row in (0, 1)]
    assert heights[1] > heights[0]


def test_buttons_ask_for_what_they_say(header: HeaderBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(header.review_requested):
        header._review.click()
    with qtbot.waitSignal(header.export_requested):
        header._export.click()


def test_the_device_is_a_button_that_keeps_its_words(header: HeaderBar, qtbot: QtBot) -> None:
    header._device.setFocus()
    with qtbot.waitSignal(header.device_requested):
        qtbot.keyClick(header._device, Qt.Key.Key_Space)
    header.set_device("Processor · " + "no graphics card that this program could use was found", "None was found.")
    assert "None was found." in header._device.toolTip()
    assert header._device.accessibleName().startswith("Processor · no graphics card")


def _edit(header: HeaderBar, qtbot: QtBot) -> QLineEdit:
    qtbot.mouseClick(header._name, Qt.MouseButton.LeftButton)
    editor = header._name.findChild(QLineEdit)
    assert editor.isVisible()
    return editor


def test_the_project_is_renamed_in_its_place(header: HeaderBar, qtbot: QtBot) -> None:
    editor = _edit(header, qtbot)
    qtbot.keyClicks(editor, "  Leaves ")
    with qtbot.waitSignal(header.rename_requested) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["Leaves"]


@pytest.mark.parametrize(("typed", "ending"), [("Leaves", Qt.Key.Key_Escape), ("  ", Qt.Key.Key_Return)])
def test_a_rename_can_be_left(header: HeaderBar, qtbot: QtBot, typed: str, ending: Qt.Key) -> None:
    editor = _edit(header, qtbot)
    qtbot.keyClicks(editor, typed)
    with qtbot.assertNotEmitted(header.rename_requested):
        qtbot.keyClick(editor, ending)
    assert header._name._label.isVisible()
    assert header._name._label.full_text == "Wardrobe survey"


@pytest.mark.parametrize("width", [1920, 1440, 1280, 1100, 1000, 900])
def test_nothing_is_cut_off_at_any_width(header: HeaderBar, width: int) -> None:
    header.window().resize(width, 60)
    assert header.minimumSizeHint().width() <= width
    for widget in (header._method, header._encoder, header._review, header._export):
        assert widget.width() >= widget.sizeHint().width()
        right = widget.mapTo(header, widget.rect().topRight()).x()
        assert 0 <= right < width
    assert header._accuracy.width() >= header._accuracy.compact_width


def test_the_device_is_given_up_before_the_promise(header: HeaderBar) -> None:
    seen = []
    for width in range(1440, 840, -20):
        header.window().resize(width, 60)
        seen.append((header._device_column.isVisible(), header._accuracy._lower.isVisible()))
    assert seen[0] == (True, True)
    assert seen[-1] == (False, False)
    assert (True, False) not in seen
    assert (False, True) in seen
    assert seen == sorted(seen, reverse=True)
    header.window().resize(1440, 60)
    assert header._device_column.isVisible()


def test_every_control_has_a_name_for_screen_readers(header: HeaderBar) -> None:
    assert header._method.accessibleName() == "Method: Auto · Ridge"
    assert header._name.accessibleName() == "Name of the project: Wardrobe survey"
    assert all(button.text() for button in header.findChildren(QPushButton))


LEARNED = (
    Choice("auto", "Auto", "Chooses.", group="By itself"),
    Choice("ridge", "Ridge", "Weighs.", group="Quick"),
    Choice("maml:x", "Birds", "Learned.", group="Quick", why_not="It was taught on another encoder."),
    Choice("+", "Add…", "From a file.", group="More", is_command=True),
)


@pytest.fixture
def grouped(qtbot: QtBot, theme: Theme) -> ChoiceBox:
    box = ChoiceBox(theme)
    qtbot.addWidget(box)
    box.set_choices(LEARNED, "auto")
    return box


def test_the_first_of_a_group_has_room_for_its_heading(grouped: ChoiceBox) -> None:
    option = QStyleOptionViewItem()
    option.font = grouped.font()
    height = [
        grouped.itemDelegate().sizeHint(option, grouped.model().index(row, 0, QModelIndex())).height()
        for row in range(3)
    ]
    assert height[0] == height[1] > height[2]


def test_what_cannot_be_chosen_is_passed_over_and_a_command_needs_the_open_list(
    grouped: ChoiceBox, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(grouped.chosen) as chosen:
        qtbot.keyClick(grouped, Qt.Key.Key_Down)
    assert chosen.args == ["ridge"]
    grouped.select("ridge")
    with qtbot.assertNotEmitted(grouped.chosen):
        qtbot.keyClick(grouped, Qt.Key.Key_Down)
    qtbot.waitUntil(grouped.view().isVisible)
    with qtbot.waitSignal(grouped.chosen) as chosen:
        qtbot.keyClick(grouped.view(), Qt.Key.Key_End)
        qtbot.keyClick(grouped.view(), Qt.Key.Key_Return)
    assert chosen.args == ["+"]
    assert grouped.shown_text == "Ridge", "a command is carried out, not chosen"


def test_a_second_opinion_is_offered_once_there_is_a_first(header: HeaderBar, qtbot: QtBot) -> None:
    assert header._opinion.isVisible()
    with qtbot.waitSignal(header.opinion_requested):
        header._opinion.click()
    header.set_accuracy(None)
    assert not header._opinion.isVisible()


def test_a_very_long_name_does_not_push_the_rest_away(header: HeaderBar) -> None:
    least = header.minimumSizeHint().width()
    title = "MAML · Butterflies and moths of the northern Alps, first and second survey"
    header.set_methods((*METHODS, Choice("maml:x", title, "Learned.")), "maml:x", reason="It was right on 80 %.")
    assert header.minimumSizeHint().width() < least + 150
    assert title in header._method.accessibleName()
    assert header._method.toolTip().index("Butterflies") < header._method.toolTip().index("It was right")

"""The two cards of the page on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.computer.computer_dialog import ComputerDialog
from fewshot_gui.ui.computer.computer_state import AttemptState, DeviceState, SpeedState
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.workflows.kept_photos import KeptPhotos
from tests.ui.computer.test_computer_state import DEVICE

CHOICES = (Choice("auto", "Automatic", "The fastest."), Choice("cpu", "Processor", "Leaves the card alone."))
KEPT = KeptPhotos(1_200_000_000, 2 << 30, 1_310_000_000, Path("somewhere"))


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> ComputerDialog:
    dialog = ComputerDialog(theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.device.show_choices(CHOICES, "auto")
    dialog.show()
    return dialog


def button(part: QWidget, text: str) -> QPushButton:
    return next(one for one in part.findChildren(QPushButton) if one.text() == text)


def words(part: QWidget) -> list[str]:
    QApplication.processEvents()
    return [one.text() for one in part.findChildren(QLabel) if one.isVisible() and one.text()]


def test_it_shows_the_device_and_what_was_tried(dialog: ComputerDialog) -> None:
    dialog.device.show_device(DEVICE)
    shown = words(dialog.device)
    assert "Using the processor: no NVIDIA GPU was found." in shown
    assert "NVIDIA GPU" in shown
    titles = [one.accessibleName() for one in dialog.device.findChildren(QLabel)]
    assert "NVIDIA GPU: not in use. It is not used because no NVIDIA GPU was found." in titles
    assert "It reads and encodes photos on 2 cores." in shown


def test_another_survey_takes_the_place_of_the_first(dialog: ComputerDialog) -> None:
    dialog.device.show_device(DEVICE)
    card = DeviceState("NVIDIA X", "Using NVIDIA X.", (AttemptState("NVIDIA X", "It passed.", used=True, usable=True),))
    dialog.device.show_device(card)
    shown = words(dialog.device)
    assert "It passed." in shown
    assert not [one for one in shown if one.startswith("NVIDIA GPU")]


def test_it_is_measured_stopped_and_measured_again(dialog: ComputerDialog, qtbot: QtBot) -> None:
    part = dialog.device
    with qtbot.waitSignal(part.test_requested):
        button(part, "Test").click()
    part.show_testing("Preparing the encoder")
    assert "Preparing the encoder…" in words(part)
    assert part._progress.accessibleName() == "Preparing the encoder…"
    with qtbot.waitSignal(part.stop_requested):
        button(part, "Stop").click()
    part.show_speed(SpeedState(37, 133, 29), "")
    assert button(part, "Test again").isEnabled()
    assert {"29", "37", "133"} <= set(words(part))


def test_while_photos_are_labelled_it_is_not_measured_and_says_why(dialog: ComputerDialog) -> None:
    dialog.device.show_speed(SpeedState(37, 133, 29), "This computer is at work.")
    assert not button(dialog.device, "Test again").isEnabled()
    assert {"29", "This computer is at work."} <= set(words(dialog.device))


def test_a_choice_is_asked_for_and_shown_once_it_is_made(dialog: ComputerDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.device.device_chosen) as chosen:
        qtbot.keyClick(dialog.device._choice, Qt.Key.Key_Down)
    assert chosen.args == ["cpu"]
    assert dialog.device._choice.shown_text == "Automatic"


def test_it_tells_how_much_is_kept_and_where(dialog: ComputerDialog, qtbot: QtBot) -> None:
    part = dialog.kept
    assert not button(part, "Clear…").isEnabled(), "it is not known yet"
    part.show_kept(KEPT)
    assert "1.2 GB of at most 2.1 GB, 1.3 GB on the disk" in words(part)
    assert "1.2 GB" in part._bar.accessibleName()
    with qtbot.waitSignal(part.folder_requested):
        button(part, "Open folder").click()
    with qtbot.waitSignal(part.clear_requested):
        button(part, "Clear…").click()


@pytest.mark.parametrize(
    ("kept", "can_open", "said"),
    [
        (KeptPhotos(0, 2 << 30, 4096, Path("somewhere")), True, "0 B of at most"),
        (KeptPhotos(0, 2 << 30, 0, None), False, "Nothing can be kept"),
    ],
)
def test_nothing_kept_cannot_be_cleared(dialog: ComputerDialog, kept: KeptPhotos, can_open: bool, said: str) -> None:
    dialog.kept.show_kept(kept)
    assert not button(dialog.kept, "Clear…").isEnabled()
    assert button(dialog.kept, "Open folder").isEnabled() is can_open
    assert any(said in one for one in words(dialog.kept))


def test_while_it_is_cleared_nothing_else_is_asked_for(dialog: ComputerDialog) -> None:
    dialog.kept.show_kept(KEPT)
    dialog.kept.show_clearing()
    assert not button(dialog.kept, "Clear…").isEnabled()
    dialog.kept.show_kept(KEPT)
    dialog.kept.show_failed("It is in use.")
    assert "It is in use." in words(dialog.kept)
    assert button(dialog.kept, "Clear…").isEnabled()


def test_it_can_be_copied(dialog: ComputerDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.copy_requested):
        button(dialog, "Copy as text").click()
    dialog.put_on_clipboard("all of it")
    assert QGuiApplication.clipboard().text() == "all of it"
    assert "Copied" in words(dialog)


def test_every_control_is_reached_by_tab_and_has_a_name(dialog: ComputerDialog, qtbot: QtBot) -> None:
    dialog.kept.show_kept(KEPT)
    reached: list[QWidget | None] = []
    while (here := dialog.focusWidget()) not in reached:
        reached.append(here)
        qtbot.keyClick(here or dialog, Qt.Key.Key_Tab)
    wanted = {
        one
        for kind in (QPushButton, QToolButton)
        for one in dialog.findChildren(kind)
        if one.isVisible() and one.isEnabled()
    } | {dialog.device._choice}
    assert wanted <= set(reached)
    assert all(one.accessibleName() or (isinstance(one, QPushButton) and one.text()) for one in wanted)


def test_a_small_screen_scrolls_sideways_never(dialog: ComputerDialog) -> None:
    dialog.device.show_device(DEVICE)
    dialog.kept.show_kept(KEPT)
    dialog.resize(dialog.minimumSize())
    QApplication.processEvents()
    assert dialog._cards.width() <= dialog._scroll.viewport().width()

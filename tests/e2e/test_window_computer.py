"""The page on this computer in the real window."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import (
    DEFAULT_ENCODER,
    DeviceAttempt,
    DeviceChoice,
    DeviceSurvey,
    EmbeddingCache,
    encoder_spec,
)
from fewshot_gui.ui import device_trials
from fewshot_gui.ui.computer import device_choosing
from fewshot_gui.ui.computer.computer_dialog import ComputerDialog
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.device_trial import DeviceTrial
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import answer_question, button_of, error_of, labels, open_new, settle

PROCESSOR = DeviceChoice("cpu", "Processor", "Using the processor: no NVIDIA GPU was found.")
ATTEMPTS = (DeviceAttempt("NVIDIA GPU", usable=False, used=False, reason="No NVIDIA GPU was found."),)
TRIAL = DeviceTrial(PROCESSOR, 2, 29.3, 37.2, 133.4, ATTEMPTS)


@pytest.fixture(autouse=True)
def devices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A computer without a graphics card, which is measured in no time; returns the devices that were measured."""
    measured: list[str] = []

    def survey(wanted: str, progress: Progress) -> DeviceSurvey:
        progress.check()
        if wanted == "cuda":
            raise EncoderError("The GPU cannot be used, because no NVIDIA GPU was found.")
        return DeviceSurvey(PROCESSOR, ATTEMPTS)

    def measure(_progress: Progress, wanted: str) -> DeviceTrial:
        measured.append(wanted)
        return TRIAL

    monkeypatch.setattr(device_choosing, "survey_devices", survey)
    monkeypatch.setattr(device_trials, "try_device", measure)
    return measured


def open_page(window: MainWindow, qtbot: QtBot) -> ComputerDialog:
    """Open the page and wait until everything on it is known."""
    window.actions_table["computer"].trigger()
    settle(window, qtbot)
    dialog = window.findChild(ComputerDialog)
    assert isinstance(dialog, ComputerDialog)
    return dialog


def test_the_page_measures_when_asked_and_remembers(program: Running, qtbot: QtBot, devices: list[str]) -> None:
    window = program.start()
    dialog = open_page(window, qtbot)
    assert dialog.isVisible()
    assert not dialog.isModal(), "the window stays free"
    assert devices == [], "a broken driver must not keep anyone from this page"
    button_of(dialog, "Test").click()
    settle(window, qtbot)
    assert devices == ["auto"]
    button_of(dialog, "Copy as text").click()
    text = QGuiApplication.clipboard().text()
    assert "29 all told, 37 read, 133 encoded" in text
    assert "Tried: NVIDIA GPU: not in use. No NVIDIA GPU was found." in text
    dialog.reject()
    QApplication.processEvents()
    dialog = open_page(window, qtbot)
    assert devices == ["auto"]
    button_of(dialog, "Test again").click()
    settle(window, qtbot)
    assert devices == ["auto", "auto"]
    assert window.diagnostics._situation().settings["Labelled by"] == "Processor"


def test_the_header_opens_it_by_mouse_and_keyboard(labelled: MainWindow, qtbot: QtBot) -> None:
    chip = labelled.header._device
    assert chip.full_text == "Processor · no NVIDIA GPU was found"
    labelled.resize(1920, 1080)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    settle(labelled, qtbot)
    page = labelled.findChild(ComputerDialog)
    assert isinstance(page, ComputerDialog)
    chip.click()
    assert labelled.findChildren(ComputerDialog) == [page], "there is one page"


def test_the_measure_is_stopped_by_hand_and_by_work(
    program: Running, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, leaves: SampleFiles, tmp_path: Path
) -> None:
    begun = threading.Event()

    def endless(progress: Progress, _wanted: str) -> None:
        progress.report(0, None, "Preparing the encoder")
        begun.set()
        while True:
            progress.check()

    monkeypatch.setattr(device_trials, "try_device", endless)
    window = program.start()
    window.actions_table["computer"].trigger()
    dialog = window.findChild(ComputerDialog)
    assert isinstance(dialog, ComputerDialog)
    button_of(dialog, "Test").click()
    qtbot.waitUntil(lambda: begun.is_set() and "Preparing" in dialog.device._note.text())
    button_of(dialog, "Stop").click()
    test = button_of(dialog, "Test")
    assert test.isVisible()
    open_new(window, tmp_path / "Leaves.fewshot")
    settle(window, qtbot)
    test.click()
    assert not test.isVisible()
    window.session.add_folders([leaves.folder / "photos"])
    qtbot.waitUntil(lambda: "at work" in dialog.device._note.text())
    assert not test.isEnabled()
    settle(window, qtbot)
    assert test.isEnabled()


def test_another_device_is_taken_if_it_can_be_had(labelled: MainWindow, qtbot: QtBot, devices: list[str]) -> None:
    dialog = open_page(labelled, qtbot)
    before = labels(labelled)
    dialog.device.device_chosen.emit("cuda")
    settle(labelled, qtbot)
    assert "no NVIDIA GPU was found" in dialog.device._error.sentence
    assert (labelled.preferences.device, dialog.device._choice.shown_text) == ("auto", "Automatic")
    dialog.device.device_chosen.emit("cpu")
    settle(labelled, qtbot)
    assert (labelled.preferences.device, dialog.device._choice.shown_text) == ("cpu", "Processor")
    assert labels(labelled) == before
    button_of(dialog, "Test").click()
    settle(labelled, qtbot)
    assert devices[-1] == "cpu", "what was measured before was another device"


def test_the_device_is_remembered_and_used(program: Running, qtbot: QtBot) -> None:
    window = program.start()
    window.preferences.device = "cpu"
    program.quit()
    window = program.start()
    assert window.session.source_for(DEFAULT_ENCODER)._wanted_device == "cpu"
    settle(window, qtbot)


def test_a_card_that_has_gone_is_said_so(program: Running, qtbot: QtBot) -> None:
    window = program.start()
    window.preferences.device = "cuda"
    program.quit()
    window = program.start()
    dialog = open_page(window, qtbot)
    assert window.header._device.full_text == "Graphics card · cannot be used"
    assert "The GPU cannot be used" in dialog.device._reason.text()


def test_what_is_kept_is_cleared_only_after_asking(
    labelled: MainWindow, program: Running, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program.composition is not None
    cache = program.composition.cache
    dialog = open_page(labelled, qtbot)
    clear = button_of(dialog, "Clear…")
    assert clear.isEnabled()
    before, size = labels(labelled), cache.size_bytes()
    asked = answer_question(monkeypatch, "Cancel")
    clear.click()
    settle(labelled, qtbot)
    assert "No class, example or decision is lost" in asked[0]
    assert cache.size_bytes() == size > 0
    answer_question(monkeypatch, "Clear")
    clear.click()
    settle(labelled, qtbot)
    assert cache.size_bytes() == 0
    assert "is cleared" in labelled.task_bar.change
    assert not clear.isEnabled()
    assert labels(labelled) == before
    assert error_of(labelled) == ""


def test_what_another_window_keeps_is_seen(program: Running, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = program.start()
    dialog = open_page(window, qtbot)
    assert not button_of(dialog, "Clear…").isEnabled()
    spec = encoder_spec(DEFAULT_ENCODER)
    assert program.composition is not None
    with EmbeddingCache(program.composition.cache.path) as other:
        other.put_many({"a": np.ones(spec.dimension, np.float32)}, spec)
    open_page(window, qtbot)
    assert button_of(dialog, "Clear…").isEnabled()
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    button_of(dialog, "Open folder").click()
    assert program.composition.cache.path is not None
    assert opened == [program.composition.cache.path.parent.as_posix()]


def test_no_button_is_pressed_by_enter_but_close(program: Running, qtbot: QtBot) -> None:
    dialog = open_page(program.start(), qtbot)
    assert [one.text() for one in dialog.findChildren(QPushButton) if one.isDefault()] == ["Close"]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()

"""The page of the very first start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.encoders import DeviceChoice
from fewshot_gui.ui.dialogs.welcome_dialog import WelcomeDialog
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.welcome_flow import trial_sentence
from fewshot_gui.ui.widgets.step_picture import StepPicture
from fewshot_gui.ui.widgets.welcome_page import WelcomePage
from fewshot_gui.workflows.device_trial import DeviceTrial

PROCESSOR = DeviceChoice("cpu", "Processor", "Using the processor: no NVIDIA GPU was found.")
CARD = DeviceChoice("cuda", "NVIDIA RTX 4090", "Using NVIDIA RTX 4090.")


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> WelcomePage:
    page = WelcomePage(theme)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    qtbot.waitExposed(page)
    return page


def button(part: QWidget, text: str) -> QPushButton:
    return next(one for one in part.findChildren(QPushButton) if one.text() == text)


@pytest.mark.parametrize(
    ("text", "signal"),
    [("Try the sample", "sample_requested"), ("New project", "new_requested"), ("Open…", "open_requested")],
)
def test_one_can_begin_with_the_keyboard(page: WelcomePage, qtbot: QtBot, text: str, signal: str) -> None:
    button(page, text).setFocus()
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.keyClick(button(page, text), Qt.Key.Key_Space)


def test_it_says_what_this_is_and_where_photos_stay(page: WelcomePage) -> None:
    said = " ".join(label.text() for label in page.findChildren(QLabel))
    for words in ("1. Show examples", "2. Choose a folder", "3. Check and save", "Everything stays on this computer"):
        assert words in said


def test_the_trial_is_awaited_and_told(page: WelcomePage) -> None:
    assert page.device_line == "Trying how fast this computer is…"
    page.show_device("Runs on 2 processor cores.", "Using the processor: it is enough.")
    assert page.device_line == "Runs on 2 processor cores."


def test_a_name_is_given_when_it_is_finished(page: WelcomePage, qtbot: QtBot) -> None:
    page.show_name("Anna")
    field = page.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.text() == "Anna"
    qtbot.keyClicks(field, " M. ")
    with qtbot.waitSignal(page.name_given) as given:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert given.args == ["Anna M."]


def test_tab_goes_through_everything_in_reading_order(page: WelcomePage, qtbot: QtBot) -> None:
    page.setFocus()
    order = []
    for _ in range(4):
        focused = page.focusWidget()
        assert focused is not None
        order.append(focused.accessibleName() or focused.property("text"))
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert order == ["Try the sample", "New project", "Open…", "Your name in exported tables"]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_the_pictures_follow_the_appearance(qtbot: QtBot, theme: Theme, step: int) -> None:
    picture = StepPicture(theme, step)
    qtbot.addWidget(picture)
    picture.resize(picture.sizeHint())
    light = picture.grab().toImage()
    theme.set_appearance("dark")
    dark = picture.grab().toImage()
    assert light.pixelColor(4, 40) == "#f6f7f9"
    assert dark.pixelColor(4, 40) == "#16181d"
    colours = {light.pixel(x, y) for x in range(light.width()) for y in range(light.height())}
    assert len(colours) > 10, "something is drawn"


@pytest.mark.parametrize(
    ("device", "cores", "rate", "sentence"),
    [
        (PROCESSOR, 2, 33.7, "Runs on 2 processor cores, about 30 photos of 12 megapixels per second."),
        (PROCESSOR, 1, 0.2, "Runs on 1 processor core, about 1 photo of 12 megapixels per second."),
        (CARD, 16, 1234.5, "Runs on NVIDIA RTX 4090, about 1,230 photos of 12 megapixels per second."),
    ],
)
def test_the_trial_is_told_in_a_line(device: DeviceChoice, cores: int, rate: float, sentence: str) -> None:
    assert trial_sentence(DeviceTrial(device, cores, rate, 2 * rate, 3 * rate, ())) == sentence


def test_the_dialog_goes_when_something_begins(qtbot: QtBot, theme: Theme) -> None:
    dialog = WelcomeDialog(theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.page.new_requested):
        button(dialog, "New project").click()
    assert not dialog.isVisible()

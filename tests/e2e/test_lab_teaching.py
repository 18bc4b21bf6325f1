"""Teaching a starting point in the learning lab: start, pause, stop, and go on after the program has ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.encoders import DEFAULT_ENCODER
from fewshot_gui.ui.lab.lab_window import LabPage
from fewshot_gui.ui.lab.teaching_page import Phase, TeachingPage
from fewshot_gui.ui.lab.teaching_state import TeachingWish
from fewshot_gui.ui.lab.training_desk import TrainingDesk
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.workflows.adapt_snapshot import METHOD_SETTING
from tests.e2e.conftest import Running
from tests.e2e.driving import settle

LONG = 5000


def page_of(window: MainWindow) -> TeachingPage:
    return window.lab.open_at(LabPage.TEACH).teaching


def wish(folder: Path, steps: int, method: str = "prototypes") -> TeachingWish:
    return TeachingWish(
        folders=(folder,),
        method=method,
        encoder=DEFAULT_ENCODER,
        ways=(2, 2),
        shots=(1, 2),
        steps=steps,
        title="Weaves",
        licence="CC0-1.0",
        augment=False,
        adversarial=False,
        trials=0,
    )


@pytest.fixture
def window(program: Running) -> MainWindow:
    """The window with its start page: teaching needs no project."""
    return program.start()


def start(page: TeachingPage, wanted: TeachingWish) -> None:
    page.form.show_wish(wanted)
    page.form.start.click()


def test_what_is_taught_is_judged_on_classes_that_were_kept_aside(
    window: MainWindow, weaves: Path, qtbot: QtBot
) -> None:
    page = page_of(window)
    start(page, wish(weaves, steps=4))
    assert page.phase is Phase.RUNNING
    assert not page.form.start.isVisible()
    settle(window, qtbot)
    assert page.phase is Phase.DONE, page.error.sentence
    assert page.state.course[0][0] == 0
    assert page.state.course[-1][0] == 4
    assert page.state.losses
    assert page.state.baseline is not None
    assert "classes that it has not learned from" in page.sentence
    assert page.form.start.isVisible()


def test_a_training_can_be_held_and_let_go(window: MainWindow, weaves: Path, qtbot: QtBot) -> None:
    page = page_of(window)
    start(page, wish(weaves, LONG))
    qtbot.waitUntil(lambda: len(page.state.course) >= 2, timeout=240_000)
    page.pause.click()
    qtbot.waitUntil(lambda: page.phase is Phase.PAUSED)
    assert page.resume.isVisible()
    assert not page.pause.isVisible()
    page.resume.click()
    assert page.phase is Phase.RUNNING
    reached = len(page.state.course)
    qtbot.waitUntil(lambda: len(page.state.course) > reached + 1, timeout=240_000)
    page.cancel.click()
    settle(window, qtbot)
    assert page.phase is Phase.INTERRUPTED


def test_a_training_goes_on_after_the_program_has_ended(program: Running, weaves: Path, qtbot: QtBot) -> None:
    window = program.start()
    page = page_of(window)
    start(page, wish(weaves, 200))
    qtbot.waitUntil(lambda: len(page.state.course) >= 3, timeout=240_000)
    before = page.state.course
    program.quit()
    window = program.start()
    page = page_of(window)
    assert page.phase is Phase.INTERRUPTED
    assert page.form.wish == wish(weaves, 200)
    assert "Weaves" in page.sentence
    page.resume.click()
    settle(window, qtbot)
    assert page.phase is Phase.DONE, page.error.sentence
    assert page.state.course[: len(before)] == before, "what was seen before is there"
    assert page.state.course[-1][0] > before[-1][0]


def test_what_was_interrupted_can_be_thrown_away(window: MainWindow, weaves: Path, qtbot: QtBot) -> None:
    page = page_of(window)
    start(page, wish(weaves, LONG))
    qtbot.waitUntil(lambda: len(page.state.course) >= 1, timeout=240_000)
    page.cancel.click()
    settle(window, qtbot)
    page.discard.click()
    assert page.phase is Phase.IDLE
    assert TrainingDesk().pending is None
    assert page.form.start.isEnabled()


def test_labelling_goes_on_while_it_learns(
    labelled: MainWindow, weaves: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    page = page_of(labelled)
    start(page, wish(weaves, LONG))
    qtbot.waitUntil(lambda: len(page.state.course) >= 1, timeout=240_000)
    labelled.photos.go_to_row(0)
    with qtbot.waitSignal(labelled.session.adapted, timeout=60_000):
        labelled.deciding.label_by_key(2)
    assert page.phase is Phase.RUNNING
    page.cancel.click()
    settle(labelled, qtbot)


def test_what_goes_wrong_is_one_sentence(
    window: MainWindow, herbarium: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    page = page_of(window)
    start(page, wish(herbarium / "Beech", steps=4))
    settle(window, qtbot)
    assert page.error.sentence.endswith(".")
    assert "\n" not in page.error.sentence
    assert page.phase is Phase.INTERRUPTED


def test_a_damaged_note_on_a_training_counts_as_none(window: MainWindow, caplog: pytest.LogCaptureFixture) -> None:
    desk = TrainingDesk()
    desk.begin(wish(Path.home(), 3))
    desk.out.with_name("training.json").write_text('{"folders": 3}', encoding="utf-8")
    assert page_of(window).phase is Phase.IDLE
    assert "cannot be read" in caplog.text


def test_what_was_taught_is_used_in_the_open_project(labelled: MainWindow, weaves: Path, qtbot: QtBot) -> None:
    page = page_of(labelled)
    start(page, wish(weaves, steps=4))
    settle(labelled, qtbot)
    assert page.use.isEnabled(), page.error.sentence
    page.use.click()
    settle(labelled, qtbot)
    project, outcome = labelled.session.project, labelled.session.outcome
    assert project is not None
    assert outcome is not None
    assert str(project.settings[METHOD_SETTING]).startswith("prototypes:")
    assert "Weaves" in outcome.adapted.reason
    (point,) = (point for point in labelled.points.points if not point.is_shipped)
    assert point.header.facts["licence"] == "CC0-1.0"
    labelled.actions_table["close"].trigger()
    assert not page.use.isEnabled(), "no project is open"

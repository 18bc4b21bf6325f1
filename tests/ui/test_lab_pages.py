"""The pages of the learning lab show what they are told and say what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.lab.evaluation_flow import summary
from fewshot_gui.ui.lab.evaluation_state import ScoreState
from fewshot_gui.ui.lab.lab_window import LabPage, LearningLab
from fewshot_gui.ui.lab.points_page import PointsPage, PointState
from fewshot_gui.ui.lab.score_model import ScoreModel
from fewshot_gui.ui.lab.teaching_page import Phase, TeachingPage
from fewshot_gui.ui.lab.teaching_state import TeachingState, TeachingWish
from fewshot_gui.ui.lab.training_desk import TrainingDesk
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice

PLAIN = ScoreState("Plain prototypes", 1, 100, 0.5, 0.02, None, 0.0, 0.001, is_reference=True)
BETTER = ScoreState("Ridge", 1, 100, 0.55, 0.02, 0.05, 0.01, 0.004)
SAME = ScoreState("LDA", 1, 100, 0.505, 0.02, 0.005, 0.01, 2.5)
WISH = TeachingWish((Path("a"), Path("b")), "maml", "pixels28", (3, 7), (1, 4), 99, "Birds", "CC0-1.0", True, False, 5)


def test_a_difference_counts_only_beyond_its_interval() -> None:
    assert [one.verdict for one in (PLAIN, BETTER, SAME, replace(BETTER, gain=-0.05))] == [
        "",
        "better",
        "as good",
        "worse",
    ]
    assert "Ridge does best: +5.0 points" in summary([PLAIN, BETTER, SAME])
    assert "nothing does surely better" in summary([PLAIN, SAME])
    assert summary([PLAIN]) == ""


def test_results_are_a_table_of_words(qtbot: QtBot, theme: Theme) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = ScoreModel(parent.font(), parent)
    model.show_scores([PLAIN, BETTER])
    cells = [[model.data(model.index(row, column)) for column in range(5)] for row in range(2)]
    assert cells == [
        ["Plain prototypes", "1", "50.0 ± 2.0 %", "–", "1 ms"],
        ["Ridge", "1", "55.0 ± 2.0 %", "+5.0 ± 1.0", "4 ms"],
    ]
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.show_scores([PLAIN, replace(BETTER, accuracy=0.56)])
    assert "better than plain prototypes" in str(model.data(model.index(1, 0), Qt.ItemDataRole.ToolTipRole))


@pytest.fixture
def teaching(qtbot: QtBot, theme: Theme) -> TeachingPage:
    page = TeachingPage(theme)
    qtbot.addWidget(page)
    page.set_methods((Choice("maml", "MAML", "Learns."), Choice("matching", "Matching", "Compares.")))
    page.set_encoders((Choice("fast", "Fast", "Quick."), Choice("pixels28", "None, from scratch", "Slow.")))
    page.show()
    return page


@pytest.mark.parametrize(
    ("phase", "shown"),
    [
        (Phase.IDLE, {"Start"}),
        (Phase.RUNNING, {"Pause", "Stop"}),
        (Phase.PAUSED, {"Resume", "Stop"}),
        (Phase.INTERRUPTED, {"Resume", "Discard"}),
        (Phase.DONE, {"Start", "Use it in this project", "Save a copy…"}),
    ],
)
def test_only_the_buttons_that_make_sense_are_there(teaching: TeachingPage, phase: Phase, shown: set[str]) -> None:
    teaching.show_phase(phase, "A sentence.")
    buttons = (
        teaching.form.start,
        teaching.pause,
        teaching.resume,
        teaching.cancel,
        teaching.discard,
        teaching.use,
        teaching.save,
    )
    assert {button.text() for button in buttons if button.isVisible()} == shown


def test_the_form_gives_back_what_it_was_given(teaching: TeachingPage) -> None:
    assert not teaching.form.start.isEnabled()
    teaching.form.show_wish(WISH)
    assert teaching.form.wish == WISH
    assert teaching.form.start.isEnabled()
    teaching.form.title.setText("  ")
    assert not teaching.form.start.isEnabled()


def test_a_wish_survives_the_end_of_the_program(tmp_path: Path) -> None:
    desk = TrainingDesk(tmp_path / "training")
    assert desk.pending is None
    desk.begin(WISH)
    assert TrainingDesk(tmp_path / "training").pending == WISH
    assert json.loads((tmp_path / "training" / "training.json").read_text(encoding="utf-8"))["title"] == "Birds"
    desk.clear()
    assert desk.pending is None


def test_the_best_look_is_named_beside_what_is_there_without_learning(teaching: TeachingPage) -> None:
    teaching.show_phase(Phase.RUNNING)
    course = ((0, 0.5, 0.02), (10, 0.7, 0.02), (20, 0.6, 0.02))
    teaching.show_state(TeachingState(100, course, ((10, 1.2), (20, 0.9)), baseline=0.55, seconds_left=95))
    teaching.show_progress(20, 100, "Training")
    assert teaching.detail.replace("\N{NO-BREAK SPACE}", " ") == (
        "Training 20 of 100 · 1 min 35 s left · best so far 70 %, without learning 55 %"
    )


def test_what_cannot_be_used_or_removed_says_why(qtbot: QtBot, theme: Theme) -> None:
    page = PointsPage(theme)
    qtbot.addWidget(page)
    page.show()
    assert not page.use.isVisible()
    other = PointState("x", "Birds", (("Licence", "CC0-1.0"),), removable=False, why_not="It was taught elsewhere.")
    page.show_points([other, PointState("y", "A " * 80, (), removable=True, why_not="")])
    assert not page.use.isEnabled()
    assert not page.remove.isEnabled()
    page.choose("y")
    with qtbot.waitSignal(page.use_requested) as used:
        page.use.click()
    assert used.args == ["y"]
    page.show_points([other])
    assert page.current == other


def test_keys_turn_the_pages(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    lab = LearningLab(theme, window)
    qtbot.addWidget(lab)
    with qtbot.waitActive(lab):
        lab.show_page(LabPage.COMPARE)
    for key, page in ((Qt.Key.Key_2, LabPage.TEACH), (Qt.Key.Key_3, LabPage.POINTS), (Qt.Key.Key_1, LabPage.COMPARE)):
        qtbot.keyClick(lab, key, Qt.KeyboardModifier.AltModifier)
        assert lab.page is page
    lab.close()


@pytest.mark.parametrize("page", list(LabPage))
def test_every_control_has_a_name_for_those_who_hear_it(qtbot: QtBot, theme: Theme, page: LabPage) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    lab = LearningLab(theme, window)
    qtbot.addWidget(lab)
    lab.show_page(page)
    nameless = [
        repr(widget)
        for widget in lab.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
        and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert nameless == []
    lab.close()

"""The right column: one photo and what is thought of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractAnimation, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.confidence_bars import ROWS_AT_FIRST, BarState
from fewshot_gui.ui.widgets.evidence_strip import EvidenceState
from fewshot_gui.ui.widgets.inspector import Inspector, InspectorState

LONG_NAME = "Clothes with an extraordinarily long name"


def _picture(path: Path, colour: str, width: int = 64, height: int = 48) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


def _bars(*probabilities: float) -> tuple[BarState, ...]:
    return tuple(BarState(i, f"Class {i}", i, str(i) if i < 10 else None, p) for i, p in enumerate(probabilities, 1))


@pytest.fixture
def store(runner: TaskRunner) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(runner)
    yield store
    store.close()


@pytest.fixture
def inspector(qtbot: QtBot, theme: Theme, store: ThumbnailStore) -> Inspector:
    inspector = Inspector(theme, store)
    qtbot.addWidget(inspector)
    inspector.resize(320, 740)
    inspector.show()
    return inspector


@pytest.fixture
def state(tmp_path: Path) -> InspectorState:
    return InspectorState(
        photo_id=7,
        path=_picture(tmp_path / "IMG_0932.png", "red"),
        name="IMG_0932.png",
        taken=datetime(2026, 7, 14, 9, 32),
        width=4032,
        height=3024,
        bars=_bars(0.58, 0.31, 0.06),
        familiarity=0.62,
        evidence=(EvidenceState(_picture(tmp_path / "a.png", "blue"), "Class 1", 0, 0.83),),
    )


def _colour_of_photo(inspector: Inspector) -> QColor:
    photo = inspector._photo
    return photo.grab().toImage().pixelColor(photo.width() // 2, photo.height() // 2)


def test_without_a_photo_it_invites_to_choose_one(inspector: Inspector) -> None:
    inspector.show_photo(None)
    assert inspector._stack.currentIndex() == 0


def test_it_tells_what_is_known_of_the_photo(inspector: Inspector, state: InspectorState) -> None:
    inspector.show_photo(state)
    assert inspector._name.full_text == "IMG_0932.png"
    assert str(state.path) in inspector._name.toolTip()
    assert inspector._details.full_text == "14 Jul 2026 09:32 · 4032×3024"
    assert "only partly like your examples" in inspector._sentence.text()
    assert [row.accessibleName().replace("\N{NO-BREAK SPACE}", " ") for row in inspector._bars.rows] == [
        "Class 1, 58 %",
        "Class 2, 31 %",
        "Class 3, 6 %",
    ]
    assert inspector._decision._confirm.full_text == "Confirm Class 1 ⏎"


def test_the_thumbnail_stands_in_until_the_picture_comes(
    inspector: Inspector, state: InspectorState, qtbot: QtBot
) -> None:
    inspector.show_photo(state)
    qtbot.waitUntil(lambda: inspector._photo.has_image)
    assert _colour_of_photo(inspector) == QColor("red")
    picture = QImage(4032, 3024, QImage.Format.Format_RGB32)
    picture.fill(QColor("lime"))
    inspector.set_picture(8, picture)
    assert _colour_of_photo(inspector) == QColor("red")
    inspector.set_picture(7, picture)
    assert _colour_of_photo(inspector) == QColor("lime")
    inspector.show_photo(replace(state, familiarity=0.5))
    assert _colour_of_photo(inspector) == QColor("lime")


def test_a_broken_photo_says_why_and_offers_nothing(inspector: Inspector, state: InspectorState) -> None:
    reason = "“IMG_0932.png” could not be read: the file is cut off."
    inspector.show_photo(replace(state, error=reason, bars=(), evidence=()))
    assert inspector._photo.accessibleDescription() == reason
    for widget in (inspector._findings, inspector._decision):
        assert not widget.isVisible()


def test_a_file_that_turns_out_broken_says_so(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    state.path.write_bytes(b"no picture")
    inspector.show_photo(state)
    qtbot.waitUntil(lambda: "could not be read" in inspector._photo.accessibleDescription())


def test_choosing_a_bar_gives_its_label(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    inspector.show_photo(state)
    with qtbot.waitSignal(inspector.label_requested) as chosen:
        qtbot.mouseClick(inspector._bars.rows[1], Qt.MouseButton.LeftButton)
    assert chosen.args == [2]
    with qtbot.waitSignal(inspector.label_requested) as chosen:
        qtbot.keyClick(inspector._bars.rows[0], Qt.Key.Key_Space)
    assert chosen.args == [1]


def test_keys_label_while_the_column_has_the_focus(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    inspector.show_photo(state)
    with qtbot.waitSignal(inspector.label_requested) as chosen:
        qtbot.keyClick(inspector._photo, "3")
    assert chosen.args == [3]
    with qtbot.waitSignal(inspector.none_requested):
        qtbot.keyClick(inspector._photo, "0")
    with qtbot.assertNotEmitted(inspector.label_requested):
        qtbot.keyClick(inspector._photo, "9")


def test_many_classes_hide_behind_a_link(inspector: Inspector, state: InspectorState) -> None:
    inspector.show_photo(replace(state, bars=_bars(*[0.05] * 20)))
    assert len(inspector._bars.rows) == ROWS_AT_FIRST
    assert inspector._bars._more.text() == "and 12 more"
    inspector._bars._more.click()
    assert len(inspector._bars.rows) == 20
    inspector._bars._more.click()
    assert len(inspector._bars.rows) == ROWS_AT_FIRST
    inspector.show_photo(state)
    assert not inspector._bars._more.isVisible()


def test_a_new_judgement_of_the_same_photo_glides_and_another_photo_does_not(
    inspector: Inspector, state: InspectorState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "animates", True)
    inspector.show_photo(state)
    row = inspector._bars.rows[0]
    assert row._shown == pytest.approx(0.58)
    inspector.show_photo(replace(state, bars=_bars(0.9, 0.05, 0.05)))
    assert row._shown < 0.9
    qtbot.waitUntil(lambda: row._shown == pytest.approx(0.9))
    inspector.show_photo(replace(state, photo_id=8, bars=_bars(0.2, 0.1)))
    assert row._shown == pytest.approx(0.2)


def test_nothing_moves_where_the_system_asks_for_less_motion(
    inspector: Inspector, state: InspectorState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "animates", False)
    inspector.show_photo(state)
    inspector.show_photo(replace(state, bars=_bars(0.9, 0.05, 0.05)))
    assert inspector._bars.rows[0]._shown == pytest.approx(0.9)
    assert inspector._bars.rows[0]._motion.state() == QAbstractAnimation.State.Stopped


def test_a_decision_takes_the_place_of_the_buttons(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    inspector.show_photo(replace(state, decision_text="You decided: Class 1"))
    assert inspector._decision._decision.full_text == "You decided: Class 1"
    assert not inspector._decision._confirm.isVisible()
    assert not inspector._decision._none.isVisible()
    with qtbot.waitSignal(inspector.undecide_requested):
        inspector._decision._undecide.click()
    inspector.show_photo(state)
    assert inspector._decision._confirm.isVisible()
    assert not inspector._decision._undecide.isVisible()


def test_a_stranger_is_confirmed_as_none_of_these(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    inspector.show_photo(replace(state, stranger=True, familiarity=0.1))
    assert "none of your examples" in inspector._sentence.text()
    assert not inspector._decision._confirm.isVisible()
    assert inspector._decision._none.text() == "None of these ⏎"
    with qtbot.waitSignal(inspector.none_requested):
        inspector._decision._none.click()


def test_several_photos_are_decided_together(inspector: Inspector, state: InspectorState, qtbot: QtBot) -> None:
    inspector.show_photo(replace(state, selected_count=12, decision_text="You decided: Class 1"))
    assert inspector._heading.text() == "12 photos selected"
    assert inspector._decision._confirm.full_text == "Confirm 12 photos ⏎"
    assert inspector._decision._undecide.text() == "Undo decisions"
    with qtbot.waitSignal(inspector.confirm_requested):
        inspector._decision._confirm.click()


def test_without_a_guess_it_says_what_is_missing(inspector: Inspector, state: InspectorState) -> None:
    inspector.show_photo(replace(state, bars=(), familiarity=None, evidence=()))
    assert inspector._sentence.isVisible()
    assert inspector._sentence.text().startswith("No guess yet")
    assert not inspector._bars.isVisible()
    assert not inspector._decision._confirm.isVisible()
    assert inspector._decision._none.isVisible()


def test_examples_are_shown_and_lead_to_themselves(
    inspector: Inspector, state: InspectorState, store: ThumbnailStore, qtbot: QtBot
) -> None:
    inspector.show_photo(replace(state, evidence=state.evidence * 5))
    assert len(inspector._evidence.tiles) == 3
    tile = inspector._evidence.tiles[0]

    def painted() -> bool:
        image = tile.grab().toImage()
        return image.rect().contains(20, 20) and image.pixelColor(20, 20) == QColor("blue")

    qtbot.waitUntil(painted)
    with qtbot.waitSignal(inspector.evidence_activated) as activated:
        tile.click()
    assert activated.args == [state.evidence[0].path]


def test_the_large_view_and_the_clipboard_are_within_reach(
    inspector: Inspector, state: InspectorState, qtbot: QtBot
) -> None:
    inspector.show_photo(state)
    with qtbot.waitSignal(inspector.large_view_requested):
        inspector._enlarge.click()
    inspector._name.actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == str(state.path)


@pytest.mark.parametrize("size", [QSize(320, 740), QSize(280, 420), QSize(480, 1200)])
@pytest.mark.parametrize("decided", [None, f"You decided: {LONG_NAME}"])
def test_long_names_and_many_classes_stay_inside(
    inspector: Inspector, state: InspectorState, qtbot: QtBot, size: QSize, decided: str | None
) -> None:
    bars = tuple(replace(bar, name=LONG_NAME) for bar in _bars(*[0.05] * 20))
    evidence = tuple(replace(entry, class_name=LONG_NAME) for entry in state.evidence)
    inspector.show_photo(replace(state, name=f"{LONG_NAME}.jpg", bars=bars, evidence=evidence, decision_text=decided))
    assert inspector.minimumSizeHint().height() <= size.height()
    inspector.resize(size)
    QApplication.sendPostedEvents()
    inside = inspector.rect()
    shown: list[QWidget] = [inspector._photo, inspector._name, inspector._findings, inspector._decision]
    for widget in shown:
        corner = widget.mapTo(inspector, widget.rect().bottomRight())
        assert inside.contains(corner), widget
    for button in (inspector._decision._confirm, inspector._decision._none, inspector._decision._undecide):
        if button.isVisible():
            assert button.height() >= button.minimumSizeHint().height()
            assert button.width() >= button.minimumSizeHint().width()
            assert inside.contains(button.mapTo(inspector, button.rect().bottomRight()))

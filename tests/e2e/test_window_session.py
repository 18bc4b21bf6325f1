"""What is computed keeps in step with what the person does, however the two overlap."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import ProjectFileError
from fewshot_gui.core.folders import settings_file
from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.imaging import photo_details
from fewshot_gui.project.class_edits import remove_class
from fewshot_gui.project.database import Database
from fewshot_gui.project.decision_edits import decide
from fewshot_gui.project.photo_edits import remove_photos
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.ui import photo_embedder, readapter
from fewshot_gui.ui.main_window import MainWindow
from fewshot_gui.ui.models.photo_columns import UNLABELLED
from fewshot_gui.ui.models.photo_filter import SortKey
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING
from fewshot_gui.workflows.adapting import AdaptOutcome, AdaptRequest
from fewshot_gui.workflows.sample import SampleFiles
from tests.e2e.conftest import Running
from tests.e2e.driving import SPECIES, button_of, error_of, labels, open_new, rows, settle, teach


class Gate:
    """Holds work in a worker until the test lets it through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self._open.wait(30)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A closed gate, open at the latest when the test ends."""
    gate = Gate()
    yield gate
    gate.open()


def hold_adapting(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> list[AdaptRequest]:
    """Let the next adapting wait at the gate, and the later ones not; returns what they were asked."""
    asked: list[AdaptRequest] = []
    adapt = readapter.adapt_and_label

    def held(request: AdaptRequest, *others: Any) -> AdaptOutcome:
        asked.append(request)
        if len(asked) == 1:
            gate.wait()
        return adapt(request, *others)

    monkeypatch.setattr(readapter, "adapt_and_label", held)
    return asked


def hold_embedding(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> None:
    """Let embedding wait at the gate after its first photos."""
    embed: Callable[..., Iterator[Any]] = photo_embedder.embed_photos

    def held(paths: Any, source: Any, progress: Any) -> Iterator[Any]:
        for number, batch in enumerate(embed(paths, source, progress)):
            yield batch
            if number == 0:
                gate.wait()
                progress.check()

    monkeypatch.setattr(photo_embedder, "embed_photos", held)


def test_an_answer_to_an_older_state_is_never_shown(
    labelled: MainWindow, gate: Gate, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = labelled.session.project
    assert project is not None
    asked = hold_adapting(monkeypatch, gate)
    shown: list[AdaptOutcome] = []
    labelled.session.adapted.connect(shown.append)
    first, second = list(project.photos)[:2]
    labelled.session.apply(decide(project, [first], project.classes[0].id))
    qtbot.waitUntil(gate.reached.is_set)
    labelled.session.apply(decide(project, [second], project.classes[1].id))
    gate.open()
    settle(labelled, qtbot)
    assert [len(request.decided) for request in asked] == [1, 2]
    assert len(shown) == 1
    assert len([1 for _, path in shown[0].origins if path in {photo.path for photo in project.photos.values()}]) == 2


def test_photos_that_are_embedded_while_adapting_are_labelled(
    program: Running, leaves: SampleFiles, tmp_path: Path, gate: Gate, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, first_photo = program.start(), Gate()
    open_new(window, tmp_path / "Leaves.fewshot")
    hold_embedding(monkeypatch, first_photo)
    window.session.add_folders([leaves.folder / "photos"])
    qtbot.waitUntil(first_photo.reached.is_set, timeout=20_000)
    asked = hold_adapting(monkeypatch, gate)
    teach(window, leaves)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    first_photo.open()
    qtbot.waitUntil(lambda: not window.session.embedder.running, timeout=20_000)
    gate.open()
    settle(window, qtbot)
    assert len(asked[0].photos) < len(asked[-1].photos) == len(leaves.photos)
    assert UNLABELLED not in labels(window).values()


def test_undo_brings_removed_photos_back_with_their_labels(labelled: MainWindow, qtbot: QtBot) -> None:
    project = labelled.session.project
    assert project is not None
    before = labels(labelled)
    gone = list(before)[:5]
    labelled.session.apply(remove_photos(project, gone))
    settle(labelled, qtbot)
    assert set(labels(labelled)) == set(before) - set(gone)
    labelled.session.undo()
    settle(labelled, qtbot)
    assert labels(labelled) == before


def test_a_class_that_is_removed_labels_nothing_any_more(labelled: MainWindow, qtbot: QtBot) -> None:
    project = labelled.session.project
    assert project is not None
    beech = project.classes[0].id
    assert beech in labels(labelled).values()
    labelled.session.apply(remove_class(project, beech))
    assert beech not in labels(labelled).values()
    settle(labelled, qtbot)
    assert set(labels(labelled).values()) <= {NONE_OF_THESE, *(record.id for record in project.classes)}


def test_a_label_is_missing_for_a_reason_that_is_said(labelled: MainWindow, qtbot: QtBot) -> None:
    project = labelled.session.project
    assert project is not None
    for record in project.classes[1:]:
        labelled.session.apply(remove_class(project, record.id))
    settle(labelled, qtbot)
    assert set(labels(labelled).values()) == {UNLABELLED}
    assert "Two classes need examples" in labelled.task_bar.summary
    assert not error_of(labelled)
    labelled.session.undo()
    settle(labelled, qtbot)
    qtbot.waitUntil(lambda: labelled.task_bar.summary.endswith("22 labelled"))


def test_labelling_that_was_cancelled_goes_on_when_asked(
    program: Running, leaves: SampleFiles, tmp_path: Path, gate: Gate, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    settle(window, qtbot)
    hold_embedding(monkeypatch, gate)
    window.session.add_folders([leaves.folder / "photos"])
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    cancel, resume = button_of(window.task_bar, "Cancel"), button_of(window.task_bar, "Resume labelling")
    qtbot.waitUntil(cancel.isVisible)
    assert not resume.isVisible()
    cancel.click()
    gate.open()
    settle(window, qtbot)
    qtbot.waitUntil(resume.isVisible)
    assert UNLABELLED in labels(window).values()
    resume.click()
    assert not resume.isVisible()
    settle(window, qtbot)
    assert UNLABELLED not in labels(window).values()
    assert not resume.isVisible()


def test_an_encoder_that_is_not_here_is_replaced_and_said(labelled: MainWindow, qtbot: QtBot) -> None:
    project, before = labelled.session.project, labels(labelled)
    assert project is not None
    labelled.session.apply(set_setting(project, ENCODER_SETTING, "dinov2-small"))
    assert set(labels(labelled).values()) == {UNLABELLED}
    assert "is not on this computer, so the default is used instead" in error_of(labelled)
    settle(labelled, qtbot)
    assert labels(labelled) == before


def test_an_edit_that_cannot_be_written_changes_nothing_and_is_said(
    labelled: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = labelled.session.project
    assert project is not None
    before = rows(labelled)

    def full(*_args: object) -> None:
        raise ProjectFileError("The disk is full.")

    monkeypatch.setattr(Database, "write", full)
    labelled.photos.go_to_row(0)
    labelled.deciding.label_by_key(1)
    assert error_of(labelled) == "The disk is full."
    labelled.class_editing.add()
    labelled.session.add_folders([Path(__file__).parent])
    assert (len(project.decisions), len(project.classes), len(project.sources)) == (0, len(SPECIES), 1)
    assert repr(rows(labelled)) == repr(before)


def test_an_error_goes_when_the_person_goes_on(labelled: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled.deciding.refused.emit("There is no class with the key 9.")
    labelled.class_editing.add()
    assert error_of(labelled), "what is said of this very action stays"
    later = time.monotonic() + 60
    monkeypatch.setattr(labelled.task_bar, "_clock", lambda: later)
    labelled.class_editing.add()
    assert not error_of(labelled)


def test_the_window_closes_at_once_in_the_middle_of_work(
    program: Running, leaves: SampleFiles, tmp_path: Path, qtbot: QtBot
) -> None:
    window = program.start()
    open_new(window, tmp_path / "Leaves.fewshot")
    teach(window, leaves)
    window.session.add_folders([leaves.folder])
    qtbot.waitUntil(lambda: window.session.embedder.running, timeout=20_000)
    assert window.session.busy
    started = time.monotonic()
    program.quit()
    assert time.monotonic() - started < 5, "far more than it takes, for slow machines"


def test_sorting_by_time_uses_when_the_photos_were_taken(labelled: MainWindow, qtbot: QtBot) -> None:
    labelled.model.set_sort(SortKey.OLDEST)
    settle(labelled, qtbot)
    shown = [labelled.model.photo_at(row) for row in range(labelled.model.rowCount())]
    taken = [photo_details(row.path).taken for row in shown]
    assert taken == sorted(taken)
    files = [row.path.stat().st_mtime for row in shown]
    assert [row.taken for row in shown] != files


def test_what_the_window_looked_like_is_written_before_the_process_may_end(program: Running) -> None:
    program.start()
    program.quit()
    assert "[layout]" in settings_file().read_text(encoding="utf-8")

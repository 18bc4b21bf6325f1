"""Trying this computer, which gives way to work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import DeviceChoice, EmbeddingCache
from fewshot_gui.ui import device_trials
from fewshot_gui.ui.device_trials import DeviceTrials
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskRunner
from fewshot_gui.workflows.device_trial import DeviceTrial

TRIAL = DeviceTrial(DeviceChoice("cpu", "Processor", "Using the processor."), 2, 29.3, 37.2, 133.4, ())


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def session(runner: TaskRunner, tmp_path: Path) -> Iterator[LabellingSession]:
    with EmbeddingCache(tmp_path / "embeddings.sqlite") as cache:
        session = LabellingSession(runner, cache)
        yield session
        session.close()


@pytest.fixture
def trials(session: LabellingSession, runner: TaskRunner, preferences: Preferences) -> DeviceTrials:
    return DeviceTrials(session, runner, preferences, session)


def endless(progress: Progress, _wanted: str) -> None:
    while True:
        progress.check()


def test_the_wanted_device_is_tried_and_remembered(
    trials: DeviceTrials, preferences: Preferences, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def measure(_progress: Progress, wanted: str) -> DeviceTrial:
        tried.append(wanted)
        return TRIAL

    monkeypatch.setattr(device_trials, "try_device", measure)
    preferences.device = "cpu"
    with qtbot.waitSignal(trials.tried) as found:
        trials.start()
        trials.start()
    assert found.args == [TRIAL]
    assert (tried, trials.last, trials.running) == (["cpu"], TRIAL, False)
    trials.forget()
    assert trials.last is None


@pytest.mark.provokes_logs
def test_a_failure_is_told_and_one_can_try_again(
    trials: DeviceTrials, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_progress: Progress, _wanted: str) -> DeviceTrial:
        raise FewshotError("There is no room for temporary files.")

    monkeypatch.setattr(device_trials, "try_device", fail)
    for _ in range(2):
        with qtbot.waitSignal(trials.failed) as failed:
            trials.start()
        assert failed.args == ["There is no room for temporary files."]
        assert not trials.running


def test_it_is_stopped_by_hand_without_a_word_and_by_work_with_one(
    trials: DeviceTrials, session: LabellingSession, runner: TaskRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_trials, "try_device", endless)
    said: list[str] = []
    trials.stopped.connect(said.append)
    trials.start()
    trials.stop()
    trials.start()
    session.resumed.emit()
    session.resumed.emit()
    assert said == ["", device_trials._BUSY]
    qtbot.waitUntil(lambda: not runner.busy)
    assert trials.last is None

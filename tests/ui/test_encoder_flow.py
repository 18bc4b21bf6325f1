"""Choosing an encoder that this edition of the program cannot run."""

from __future__ import annotations

from typing import Any
from unittest.mock import create_autospec

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.encoders import weights
from fewshot_gui.ui.encoder_flow import EncoderFlow
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskRunner


def test_an_encoder_that_cannot_run_is_not_offered_for_download(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> int:
        raise AssertionError("nothing is to be asked")

    monkeypatch.setattr(QMessageBox, "exec", never)
    monkeypatch.setattr(weights, "find_spec", lambda name: None if name == "torchvision" else object())
    window = QWidget()
    qtbot.addWidget(window)
    runner = create_autospec(TaskRunner, instance=True)
    flow = EncoderFlow(create_autospec(LabellingSession, instance=True), runner, window)
    sentences: list[str] = []
    flow.failed.connect(sentences.append)
    with qtbot.waitSignal(flow.changed):
        flow.choose("dinov2-small")
    assert len(sentences) == 1
    assert sentences[0].startswith("This edition of the program cannot run the encoder “DINOv2 small”")
    runner.start.assert_not_called()

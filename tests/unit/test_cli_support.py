"""What the commands share."""

from __future__ import annotations

import pytest

from fewshot_gui.cli_support import Device, embedding_sources
from fewshot_gui.workflows.embedding_source import EmbeddingSource


def test_what_encoders_have_to_say_is_told_once_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(EmbeddingSource, "notices", ("Memory was short.",))
    with embedding_sources(Device.CPU) as source_of:
        for _ in range(2):
            source_of("efficientnet-lite0")
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err == "Memory was short.\n"

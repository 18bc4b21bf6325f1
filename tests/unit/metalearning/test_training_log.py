from __future__ import annotations

import builtins
import csv
from pathlib import Path

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.metalearning.training_log import TABLE, TrainingLog
from fewshot_gui.metalearning.training_report import TrainingReport

REPORTS = [
    TrainingReport(0, 20, None, 0.5, 0.1, 0.4, 0.0, 9.0),
    TrainingReport(10, 20, 1.25, 0.75, 0.05, 0.4, 0.01, 4.0),
    TrainingReport(20, 20, 0.5, 0.8, 0.05, 0.4, 0.01, 0.0),
]


@pytest.fixture
def without_tensorboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a computer where TensorBoard is not installed."""
    known = builtins.__import__

    def importing(name: str, *args: object, **kwargs: object) -> object:
        if "tensorboard" in name:
            raise ImportError(name)
        return known(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", importing)


@pytest.mark.usefixtures("without_tensorboard")
def test_without_tensorboard_there_is_a_table_which_goes_on(tmp_path: Path) -> None:
    for reports in (REPORTS[:2], REPORTS[2:]):  # the second time as after a pause
        with TrainingLog(tmp_path / "curves") as log:
            assert TABLE in log.note
            for report in reports:
                log.write(report)
    with (tmp_path / "curves" / TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["step"], row["loss"], row["accuracy"]) for row in rows] == [
        ("0", "", "0.5"),
        ("10", "1.25", "0.75"),
        ("20", "0.5", "0.8"),
    ]


def test_tensorboard_reads_the_curves(tmp_path: Path) -> None:
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    with TrainingLog(tmp_path) as log:
        assert log.note == ""
        for report in REPORTS:
            log.write(report)
    curves = reading.EventAccumulator(str(tmp_path)).Reload()
    assert [(point.step, round(point.value, 3)) for point in curves.Scalars("accuracy")] == [
        (0, 0.5),
        (10, 0.75),
        (20, 0.8),
    ]
    assert [point.step for point in curves.Scalars("loss")] == [10, 20]


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FewshotError, match=r"cannot be written to .* choose another folder for the curves\.$"):
        TrainingLog(tmp_path / "file" / "curves")

"""An evaluation as a table and as JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.metalearning.evaluation import Figures, MeanInterval
from fewshot_gui.workflows.evaluating import Evaluation, EvaluationRequest
from fewshot_gui.workflows.evaluation_files import write_evaluation

NAN = float("nan")


@pytest.fixture
def evaluation() -> Evaluation:
    """One method beside the frozen prototypes; a single task has no interval."""
    figures = tuple(
        Figures(method, 1, 1, 15.0, MeanInterval(0.6, NAN), 0.1, None, 0.02, MeanInterval(gain, NAN))
        for method, gain in (("frozen prototypes", 0.0), ("ridge", 0.05))
    )
    request = EvaluationRequest((Path("birds"),), ("ridge",), shots=(1,), episodes=1)
    return Evaluation(request, "efficientnet-lite0", 5, 60, figures, (), (), ("A note.",))


def test_the_table_has_a_row_for_each_method(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(evaluation, tmp_path / "comparison.csv")
    with (tmp_path / "comparison.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows] == ["frozen prototypes", "ridge"]
    assert rows[1]["gain_over_frozen_prototypes"] == "0.05"
    assert rows[1]["accuracy_half_width_95"] == "", "what is not known is left empty"


def test_json_also_holds_what_was_asked_for(evaluation: Evaluation, tmp_path: Path) -> None:
    write_evaluation(evaluation, tmp_path / "comparison.JSON")
    text = (tmp_path / "comparison.JSON").read_text(encoding="utf-8")
    details = json.loads(text)
    assert "NaN" not in text
    assert (details["data"], details["shots"], details["notes"]) == (["birds"], [1], ["A note."])
    assert details["results"][1]["accuracy_half_width_95"] is None


def test_a_place_that_cannot_be_written_is_said(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FewshotError, match="could not be written"):
        write_evaluation(evaluation, tmp_path / "file" / "comparison.csv")

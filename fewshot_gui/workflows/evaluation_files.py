"""What an evaluation found, as a file: a table for spreadsheets, or JSON with everything that was asked for."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.workflows.evaluating import Evaluation

if TYPE_CHECKING:
    from fewshot_gui.metalearning.evaluation import Figures


def evaluation_as_json(evaluation: Evaluation) -> dict[str, object]:
    """The evaluation as plain values; accuracies and errors in 0..1."""
    request = evaluation.request
    facts = asdict(request) | {"folders": [str(folder) for folder in request.folders]}
    return {
        "data": facts.pop("folders"),
        **facts,
        "encoder": evaluation.encoder,
        "classes": evaluation.classes,
        "photos": evaluation.photos,
        "notes": evaluation.notes,
        "results": [_result(figures) for figures in evaluation.figures],
    }


def write_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write everything as JSON where ``path`` ends so, else the results as a CSV table (UTF-8 with BOM).

    Raises:
        FewshotError: The file cannot be written.
    """
    try:
        with whole_file(path) as draft:
            if path.suffix.lower() == ".json":
                draft.write_text(json.dumps(evaluation_as_json(evaluation), indent=2) + "\n", encoding="utf-8")
            else:
                _write_csv(evaluation, draft)
    except OSError as error:
        raise FewshotError(
            f"“{path.name}” could not be written ({error.strerror or error}); choose another place."
        ) from error


def _write_csv(evaluation: Evaluation, path: Path) -> None:
    rows = [_result(figures) for figures in evaluation.figures]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def _result(figures: Figures) -> dict[str, object]:
    return {
        "method": figures.method,
        "shots": figures.shots,
        "episodes": figures.episodes,
        "queries_per_episode": figures.queries,
        "accuracy": figures.accuracy.mean,
        "accuracy_half_width_95": _finite(figures.accuracy.half_width),
        "gain_over_frozen_prototypes": figures.gain.mean,
        "gain_half_width_95": _finite(figures.gain.half_width),
        "calibration_error": figures.calibration_error,
        "unknown_auroc": figures.auroc,
        "seconds_per_adaptation": figures.seconds,
    }


def _finite(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None

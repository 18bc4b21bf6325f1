"""What goes with a starting point: where it comes from, under which terms, and what it is worth."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from fewshot_gui.workflows.meta_training_data import TrainingData
from fewshot_gui.workflows.meta_training_request import MetaTrainRequest

if TYPE_CHECKING:
    from fewshot_gui.metalearning.evaluation import MeanInterval
    from fewshot_gui.metalearning.training_report import TrainingResult
    from fewshot_gui.metalearning.tuning import Tuning
    from fewshot_gui.metalearning.unseen_accuracy import UnseenAccuracy


def facts_of(
    request: MetaTrainRequest, data: TrainingData, tuning: Tuning, result: TrainingResult, test: UnseenAccuracy
) -> dict[str, str]:
    """Plain text by name. No place on this computer is among it: data sets are called by name only."""
    classes = f"{data.train.classes} to learn from, {data.validation.classes} to choose by, {data.test.classes} to test"
    settings = asdict(tuning) | {
        "tasks": asdict(request.tasks),
        "seed": request.seed,
        "rotations": request.rotations,
        "augment": request.augment,
        "adversarial": request.adversarial,
        "patience": request.patience,
        "started_from": request.start_from.title if request.start_from is not None else None,
    }
    return {
        "licence": request.licence or "unknown",
        "data": ", ".join(data.names),
        "classes": classes,
        "steps": f"{result.steps}, the best after {result.best.step}",
        "seconds": f"{result.seconds:.0f}",
        "evaluation": describe(test),
        "settings": json.dumps(settings),
    }


def describe(test: UnseenAccuracy) -> str:
    """A test in words."""
    return (
        f"{_percent(test.trained)} on {test.tasks} tasks of unseen classes; frozen prototypes {_percent(test.frozen)}, "
        f"before training {_percent(test.untrained)}"
    )


def _percent(interval: MeanInterval) -> str:
    return f"{100 * interval.mean:.1f} ± {100 * interval.half_width:.1f} %"

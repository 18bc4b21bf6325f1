"""What a calibrated classifier writes down as operators gives its own answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, Temperature, adapt_calibrated
from fewshot_gui.core.operator_graph import OperatorGraph, Value
from tests.unit.learners.exported import Exported

EXTREMES = (0.0, 1e-30, 1e-6, 1e6, 1e30)


def exported(adapted: Adapted, width: int) -> tuple[Exported, Exported]:
    """Rows to probabilities, and to familiarity as a column."""

    def familiarity(graph: OperatorGraph, rows: Value) -> Value:
        return graph.add("Unsqueeze", adapted.add_operators(graph, rows).familiarity, graph.integers(1))

    return (
        Exported(lambda *where: adapted.add_operators(*where).probabilities, width, outputs=len(adapted.class_ids)),
        Exported(familiarity, width, outputs=1),
    )


def photos_with_extremes(photos: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([photos, *(np.float32(scale) * photos[:2] for scale in EXTREMES)])


@pytest.mark.parametrize("folder_known", [False, True])
@pytest.mark.parametrize("counts", [(5, 5, 5), (1, 1), (4,)], ids=str)
def test_the_operators_give_the_same_answers(
    counts: tuple[int, ...], folder_known: bool, world: Callable[..., Any]
) -> None:
    place = world(len(counts))
    support, (photos, _) = place.support(counts), place.draw([20] * len(counts))
    adapted = adapt_calibrated("auto", support, folder_mean=photos.mean(axis=0) if folder_known else None)
    rows = photos_with_extremes(photos)
    wanted = adapted.predict(rows)
    probabilities, familiarity = exported(adapted, rows.shape[1])
    np.testing.assert_allclose(probabilities(rows), wanted.probabilities, atol=1e-4)
    np.testing.assert_allclose(familiarity(rows)[:, 0], wanted.familiarity, atol=1e-4)


def test_activations_are_left_to_a_classifier_that_reads_them(world: Callable[..., Any]) -> None:
    place = world(3)
    adapted = adapt_calibrated("auto", place.support((4, 4, 4)))
    photos, _ = place.draw((5, 5, 5))
    rows = np.column_stack([photos, np.full((len(photos), 11), 7, np.float32)])
    probabilities, familiarity = exported(adapted, rows.shape[1])
    np.testing.assert_allclose(probabilities(rows), adapted.predict(photos).probabilities, atol=1e-4)
    np.testing.assert_allclose(familiarity(rows)[:, 0], adapted.predict(photos).familiarity, atol=1e-4)


def test_confidence_that_is_nearly_certain_stays_a_number(world: Callable[..., Any]) -> None:
    place = world(3)
    adapted = replace(adapt_calibrated("auto", place.support((4, 4, 4))), temperature=Temperature(1e-4, rough=False))
    photos, _ = place.draw((5, 5, 5))
    probabilities, _ = exported(adapted, photos.shape[1])
    np.testing.assert_allclose(probabilities(photos), adapted.predict(photos).probabilities, atol=1e-2)

"""What the parts of the window show, worked out from the project and what was computed from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted, nearest_examples
from fewshot_gui.encoders import EncoderSpec, encoder_specs, is_ready
from fewshot_gui.imaging import PhotoDetails
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import ClassRecord
from fewshot_gui.ui.models.photo_row import ClassStyle, PhotoRow
from fewshot_gui.ui.widgets.accuracy_figure import ExpectedAccuracy
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.ui.widgets.class_card_state import ClassCardState, ExampleState, ExpectedState
from fewshot_gui.ui.widgets.confidence_bars import BarState
from fewshot_gui.ui.widgets.evidence_strip import EvidenceState
from fewshot_gui.ui.widgets.inspector import InspectorState
from fewshot_gui.workflows.adapting import AdaptOutcome

_KEYS = 9
_EVIDENCE = 3


def number_key(position: int) -> int | None:
    """The digit that labels with the class at this position from 0, or ``None`` beyond the ninth."""
    return position + 1 if position < _KEYS else None


def class_styles(project: Project) -> list[ClassStyle]:
    """How the gallery shows the classes."""
    return [
        ClassStyle(record.id, record.name, record.colour_index, number_key(place))
        for place, record in enumerate(project.classes)
    ]


def class_cards(project: Project, outcome: AdaptOutcome | None) -> tuple[ClassCardState, ...]:
    """What the class cards show."""
    examples: dict[int, list[ExampleState]] = {}
    for example in project.examples.values():
        examples.setdefault(example.class_id, []).append(ExampleState(example.id, example.path))
    decided: dict[int, int] = {}
    for decision in project.decisions.values():
        decided[decision.class_id] = decided.get(decision.class_id, 0) + 1
    carried = Counter(example.class_id for example in project.carried_examples.values())
    cards = []
    for place, record in enumerate(project.classes):
        key = number_key(place)
        cards.append(
            ClassCardState(
                id=record.id,
                name=record.name,
                colour_index=record.colour_index,
                key=str(key) if key else None,
                examples=tuple(examples.get(record.id, ())),
                decided=decided.get(record.id, 0),
                expected=_class_expectation(outcome, record.id),
                carried=carried[record.id],
            )
        )
    return tuple(cards)


def _class_expectation(outcome: AdaptOutcome | None, class_id: int) -> ExpectedState | None:
    estimate = outcome.adapted.expected_by_class.get(class_id) if outcome is not None else None
    return ExpectedState(estimate.value, estimate.low, estimate.high) if estimate is not None else None


def expected_accuracy(outcome: AdaptOutcome | None) -> ExpectedAccuracy | None:
    """The promise at the top."""
    estimate = outcome.adapted.expected if outcome is not None else None
    return ExpectedAccuracy(estimate.value, estimate.low, estimate.high, estimate.examples) if estimate else None


def encoder_choices() -> tuple[Choice, ...]:
    """The encoders on offer, with the size of those that would have to be downloaded."""
    return tuple(_encoder_choice(spec) for spec in encoder_specs() if not spec.hidden)


def _encoder_choice(spec: EncoderSpec) -> Choice:
    missing = spec.download is not None and not is_ready(spec)
    return Choice(spec.id, spec.title, spec.help, spec.download.size_bytes if spec.download and missing else None)


def inspector_state(
    row: PhotoRow,
    project: Project,
    outcome: AdaptOutcome | None,
    embedding: NDArray[np.float32] | None,
    details: PhotoDetails | None,
    selected: int,
) -> InspectorState:
    """What the right column says of one photo."""
    classes = {record.id: record for record in project.classes}
    bars: tuple[BarState, ...] = ()
    evidence: tuple[EvidenceState, ...] = ()
    if outcome is not None and embedding is not None and row.error is None:
        bars = _bars(outcome.adapted, embedding, classes)
        evidence = tuple(_evidence(outcome, embedding, classes, row))
    return InspectorState(
        photo_id=row.photo_id,
        path=row.path,
        name=row.name,
        taken=details.taken if details else None,
        width=details.width if details else 0,
        height=details.height if details else 0,
        error=f"This photo could not be read: {row.error}." if row.error else None,
        decision_text=_decision(row, classes),
        bars=bars,
        familiarity=None if np.isnan(row.familiarity) else row.familiarity,
        stranger=row.stranger,
        evidence=evidence,
        selected_count=selected,
    )


def _decision(row: PhotoRow, classes: Mapping[int, ClassRecord]) -> str | None:
    if not row.decided:
        return None
    record = classes.get(row.decision)
    return f"You decided: {record.name if record else 'none of these'}"


def _bars(adapted: Adapted, embedding: NDArray[np.float32], classes: Mapping[int, ClassRecord]) -> tuple[BarState, ...]:
    predictions = adapted.predict(embedding[None])
    keys = {class_id: number_key(place) for place, class_id in enumerate(classes)}
    bars = []
    for class_id, probability in zip(
        predictions.class_ids.tolist(), predictions.probabilities[0].tolist(), strict=True
    ):
        record, key = classes.get(class_id), keys.get(class_id)
        if record is not None:
            bars.append(BarState(class_id, record.name, record.colour_index, str(key) if key else None, probability))
    return tuple(sorted(bars, key=lambda bar: -bar.probability))


def _evidence(
    outcome: AdaptOutcome, embedding: NDArray[np.float32], classes: Mapping[int, ClassRecord], row: PhotoRow
) -> Iterator[EvidenceState]:
    shown = 0
    for support_row, similarity in nearest_examples(outcome.adapted, outcome.support, embedding, _EVIDENCE + 1):
        class_id, path = outcome.origins[support_row]
        # A decided photo is among what the classifier was adapted to; it is no evidence for itself.
        if class_id in classes and path is not None and path != row.path and shown < _EVIDENCE:
            shown += 1
            yield EvidenceState(path, classes[class_id].name, classes[class_id].colour_index, similarity)

"""What the window shows, as labels to be exported."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from pathlib import Path

from fewshot_gui.exporting import LabelSet
from fewshot_gui.ui.models.photo_columns import UNLABELLED
from fewshot_gui.ui.models.photo_model import PhotoModel, PhotoSnapshot
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.workflows.project_labels import MachineLabel, ProjectFacts, project_facts, project_labels


class ShownLabels:
    """The window at one moment; cheap to take, so that the labels themselves are put together in the background."""

    def __init__(self, facts: ProjectFacts, photos: PhotoSnapshot) -> None:
        """Of a project's facts, and of its photos at the same moment."""
        self.facts = facts
        self._photos = photos

    @classmethod
    def taken_of(cls, session: LabellingSession, model: PhotoModel) -> ShownLabels | None:
        """What is shown now; ``None`` without a project."""
        if session.project is None or session.source is None:
            return None
        adapted = session.outcome.adapted if session.outcome is not None else None
        return cls(project_facts(session.project, adapted, session.source.base_spec), model.snapshot())

    def readable_photos(self) -> Iterator[Path]:
        """The photos that nothing was wrong with."""
        return (
            photo.path for photo_id, photo in self.facts.photos.items() if photo_id not in self._photos.columns.errors
        )

    def labels(self) -> LabelSet:
        """Every photo with its label."""
        columns = self._photos.columns
        machine = {
            photo_id: MachineLabel(
                best, confidence, second, familiarity, stranger, None if isnan(second_confidence) else second_confidence
            )
            for photo_id, best, confidence, second, familiarity, stranger, second_confidence in zip(
                columns.ids.tolist(),
                columns.labels.tolist(),
                columns.confidences.tolist(),
                columns.seconds.tolist(),
                columns.familiarity.tolist(),
                columns.strangers.tolist(),
                columns.second_confidences.tolist(),
                strict=True,
            )
            if best != UNLABELLED
        }
        return project_labels(self.facts, machine, columns.errors)

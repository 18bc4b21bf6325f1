"""A project file labelled without a window, for exports from the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import DEFAULT_ENCODER
from fewshot_gui.exporting import LabelSet
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.project import Project
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING, reads_activations, take_snapshot
from fewshot_gui.workflows.adapting import AdaptOutcome, adapt_and_label
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings
from fewshot_gui.workflows.project_labels import machine_labels, project_facts, project_labels


@dataclass(frozen=True, eq=False)
class LabelledProject:
    """What a project's photos are, as far as machine and person know.

    Attributes:
        labels: Every photo with its label.
        classes: Names by class id, in the person's order.
        outcome: What the machine labelled with; ``None`` while there are too few examples.
        source: The encoder.
        failures: Photos and examples that could not be read.
    """

    labels: LabelSet
    classes: dict[int, str]
    outcome: AdaptOutcome | None
    source: EmbeddingSource
    failures: tuple[PhotoError, ...]


def label_project(path: Path, source_of: Callable[[str], EmbeddingSource], progress: Progress) -> LabelledProject:
    """Open a project, embed its photos, adapt to its examples and decisions, label, and close it unchanged.

    Args:
        path: The project file.
        source_of: Gives the source of an encoder by its id.
        progress: Hears of every photo; may cancel.

    Raises:
        ProjectFileError: It cannot be opened, or is open in a window.
        EncoderError: Its encoder cannot be used.
        Cancelled: The person cancelled.
    """
    with open_project(path) as project:
        source = source_of(str(project.settings.get(ENCODER_SETTING, DEFAULT_ENCODER)))
        if reads_activations(project):
            source = source.with_activations() or source
        known, errors = _embed(project, source, progress)
        outcome, ids = _adapt(project, source, known, progress)
        machine = machine_labels(ids, outcome.predictions) if outcome is not None else {}
        adapted = outcome.adapted if outcome is not None else None
        facts = project_facts(project, adapted, source.base_spec)
        failures = tuple(PhotoError(project.photos[photo_id].path, why) for photo_id, why in errors.items())
    return LabelledProject(
        labels=project_labels(facts, machine, errors),
        classes=dict(facts.classes),
        outcome=outcome,
        source=source,
        failures=(*failures, *(outcome.failures if outcome is not None else ())),
    )


def _embed(project: Project, source: EmbeddingSource, progress: Progress) -> tuple[PhotoEmbeddings, dict[int, str]]:
    """The embeddings of all photos that can be read, and why the others cannot."""
    ids = list(project.photos)
    known = PhotoEmbeddings(source.spec.dimension)
    known.reserve(len(ids))
    errors: dict[int, str] = {}
    done = 0
    for batch in embed_photos([project.photos[photo_id].path for photo_id in ids], source, progress):
        read = [(ids[photo.index], photo.embedding) for photo in batch if photo.embedding is not None]
        if read:
            known.append([photo_id for photo_id, _ in read], np.array([embedding for _, embedding in read]))
        errors |= {ids[photo.index]: photo.error or "it is not readable" for photo in batch if photo.embedding is None}
        done += len(batch)
        progress.report(done, len(ids), "Labelling")
    return known, dict(sorted(errors.items()))


def _adapt(
    project: Project, source: EmbeddingSource, known: PhotoEmbeddings, progress: Progress
) -> tuple[AdaptOutcome | None, list[int]]:
    """The classifier with its predictions, and the photo of each of these."""
    snapshot = take_snapshot(project, source, known)
    if snapshot is None:
        return None, []
    try:
        return adapt_and_label(snapshot.request, source, progress), snapshot.photo_ids.tolist()
    except NotEnoughExamplesError:
        return None, []  # a person's own decisions can be exported all the same


def require_classifier(labelled: LabelledProject) -> AdaptOutcome:
    """What the machine labelled with.

    Raises:
        NotEnoughExamplesError: There is none.
    """
    if labelled.outcome is None:
        raise NotEnoughExamplesError(
            "This project has no classifier to export yet: give at least two classes an example photo each."
        )
    return labelled.outcome

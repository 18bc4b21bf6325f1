"""What the project holds at one moment, for a worker to adapt to."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.encoders.packing import packed_size, unpack
from fewshot_gui.learners.registry import DEEP
from fewshot_gui.project.project import Project
from fewshot_gui.workflows.adapting import AdaptRequest
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings

_logger = logging.getLogger(__name__)

METHOD_SETTING, ENCODER_SETTING = "method", "encoder"
DEFAULT_METHOD = "auto"

_MOST_DECISIONS = 1000
"""Decisions that adapting uses in all, shared out evenly, the newest of each class first: as many as are answered in
about half a second. More hardly change the classifier."""
_LEAST_PER_CLASS = 10


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What to adapt to, and the photo of each row of ``request.photos``, int64 (m,)."""

    request: AdaptRequest
    source: EmbeddingSource
    photo_ids: NDArray[np.int64]


def method_of(project: Project) -> str:
    """The method that the project asks for."""
    return str(project.settings.get(METHOD_SETTING, DEFAULT_METHOD))


def reads_activations(project: Project) -> bool:
    """Whether the method of ``project`` adapts the encoder itself, from what it computes before its last blocks."""
    return method_of(project).partition(":")[0] == DEEP


def take_snapshot(project: Project, source: EmbeddingSource, known: PhotoEmbeddings) -> Snapshot | None:
    """The examples and decisions of ``project``, or ``None`` while there is nothing to adapt to."""
    examples = tuple((example.class_id, example.path) for example in project.examples.values())
    decided = _newest_decisions(project)
    ids, embeddings = known.of(list(decided))
    carried = _carried_examples(project, source.base_spec)
    if not examples and not ids and carried is None:
        return None
    request = AdaptRequest(
        examples=examples,
        decided=tuple((decided[photo_id], project.photos[photo_id].path) for photo_id in ids),
        decided_embeddings=embeddings,
        photos=known.matrix,
        folder_mean=known.mean,
        method=method_of(project),
        carried=carried,
    )
    return Snapshot(request, source, known.ids)


def _carried_examples(project: Project, encoder: EncoderSpec) -> SupportSet | None:
    """The examples without photos that ``encoder`` made; those of another say nothing to this one."""
    records = [
        record
        for record in project.carried_examples.values()
        if record.encoder == encoder.id and len(record.embedding) == packed_size(encoder.dimension)
    ]
    if len(records) < len(project.carried_examples):
        _logger.info("%d carried examples are not of %s", len(project.carried_examples) - len(records), encoder.id)
    if not records:
        return None
    return SupportSet(
        unpack([record.embedding for record in records], encoder.dimension),
        np.array([record.class_id for record in records], np.int64),
        np.array([record.observation for record in records], np.int64),
    )


def _newest_decisions(project: Project) -> dict[int, int]:
    """Class by photo id of the decisions that adapting uses."""
    newest = sorted(project.decisions.values(), key=lambda decision: decision.decided_at, reverse=True)
    share = max(_LEAST_PER_CLASS, _MOST_DECISIONS // max(1, len(project.classes)))
    room = {record.id: share for record in project.classes}
    chosen = {}
    for decision in newest:
        if decision.class_id != NONE_OF_THESE and room[decision.class_id]:
            room[decision.class_id] -= 1
            chosen[decision.photo_id] = decision.class_id
    return chosen

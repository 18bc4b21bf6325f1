"""Examples without photos: they come with a model and are taken away again, never moved one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.encoders.packing import pack
from fewshot_gui.project.edits import Edit, added, removed
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import CarriedExampleRecord, Kind


def add_carried_examples(
    project: Project,
    class_ids: Sequence[int],
    embeddings: NDArray[np.float32],
    observations: Sequence[int],
    encoder: str,
) -> Edit:
    """Put examples that came with a model into classes.

    Args:
        project: The open project.
        class_ids: The class of each, n of them.
        embeddings: float32 (n, d), finite.
        observations: n numbers from 0; examples of the same number are near-duplicates.
        encoder: The id of the encoder that made ``embeddings``.

    Raises:
        KeyError: There is no such class.
        ValueError: A number is not finite, or the lengths differ.
        ProjectFileError: The project could not be written.
    """
    if not np.isfinite(embeddings).all():
        raise ValueError("an embedding that is carried must be finite")
    for class_id in set(class_ids):
        project.class_record(class_id)
    first = next_observation(project)
    changes = tuple(
        added(CarriedExampleRecord(project.new_id(Kind.CARRIED_EXAMPLES), class_id, encoder, first + number, packed))
        for class_id, packed, number in zip(class_ids, pack(embeddings), observations, strict=True)
    )
    return project.do(Edit("add {count} examples of a model", {"count": len(changes)}, changes))


def remove_carried_examples(project: Project, class_id: int | None = None) -> Edit:
    """Take the examples that came with a model out of one class, or out of all.

    Raises:
        ProjectFileError: The project could not be written.
    """
    changes = tuple(
        removed(example) for example in project.carried_examples.values() if class_id in (None, example.class_id)
    )
    return project.do(Edit("remove {count} examples of a model", {"count": len(changes)}, changes))


def next_observation(project: Project) -> int:
    """The first number of an observation that no carried example has."""
    return 1 + max((example.observation for example in project.carried_examples.values()), default=-1)

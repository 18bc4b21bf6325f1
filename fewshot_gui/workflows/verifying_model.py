"""Compare an exported model with the program on the person's own photos."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.confidence import Adapted
from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.model.verification import (
    AnsweringModel,
    Answers,
    Limits,
    Verification,
    compare,
    stacked,
)
from fewshot_gui.imaging import photo_details, read_photo
from fewshot_gui.workflows.embedding import embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource

log = logging.getLogger(__name__)

MOST_PHOTOS = 200
"""Photos on which a model is compared with the program."""

MOST_WHOLE_PHOTOS = 30
"""Photos of these that are also handed over in full size, which takes much longer."""

_MOST_PIXELS = 50_000_000
"""Of a photo in full size: the model takes some ten times the memory of the photo."""


@dataclass(frozen=True, eq=False)
class LabelledPhotos:
    """Photos with what the program says of them.

    Attributes:
        paths: n of them, at least one; all could be read.
        answers: The program's.
    """

    paths: tuple[Path, ...]
    answers: Answers

    def at(self, rows: Sequence[int]) -> LabelledPhotos:
        """Some of them."""
        chosen = list(rows)
        answers = Answers(self.answers.probabilities[chosen], self.answers.familiarity[chosen])
        return LabelledPhotos(tuple(self.paths[row] for row in chosen), answers)


def spread_out(count: int, most: int) -> list[int]:
    """At most ``most`` places of ``count``, at equal distances, in their order."""
    rows: list[int] = np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()
    return rows


def label_by_program(
    adapted: Adapted, photos: Sequence[Path], source: EmbeddingSource, progress: Progress
) -> LabelledPhotos:
    """Label photos as the program does, from the cache where it knows them.

    Raises:
        FewshotError: Not one of them can be read.
        Cancelled: The person cancelled.
        EncoderError: The encoder cannot be used.
    """
    embeddings: dict[int, NDArray[np.float32]] = {}
    done = 0
    for batch in embed_photos(photos, source, progress):
        done += len(batch)
        progress.report(done, len(photos), "Labelling photos to compare")
        embeddings |= {photo.index: photo.embedding for photo in batch if photo.embedding is not None}
    if not embeddings:
        raise FewshotError(
            "A model is compared with the program on your photos before it is saved, and none of them can be read: "
            "connect the disk they are on, or add examples that can be read."
        )
    rows = sorted(embeddings)
    predictions = adapted.predict(np.array([embeddings[row] for row in rows]))
    return LabelledPhotos(
        tuple(photos[row] for row in rows), Answers(predictions.probabilities, predictions.familiarity)
    )


def fit_to_be_whole(labelled: LabelledPhotos) -> LabelledPhotos | None:
    """Those few that are handed over in full size; ``None``: all are too large for that."""
    rows = [row for row in spread_out(len(labelled.paths), MOST_WHOLE_PHOTOS) if _fits(labelled.paths[row])]
    return labelled.at(rows) if rows else None


def check_model(
    model: AnsweringModel,
    labelled: LabelledPhotos,
    class_names: Sequence[str],
    limits: Limits,
    progress: Progress,
    *,
    short_side: int | None,
) -> Verification:
    """Hand an exported model the photos that the program has labelled.

    Args:
        model: Read back from its files.
        labelled: By the program.
        class_names: In the order of the probabilities.
        limits: What will be asked of the model.
        progress: Hears of every photo; may cancel.
        short_side: How large photos are read, as by :func:`~fewshot_gui.imaging.read_photo`.

    Raises:
        FewshotError: Not one of them can be read any more, or the model failed.
        Cancelled: The person cancelled.
    """
    answers = {}
    for row, photo in readable(labelled.paths, short_side):
        progress.check()
        progress.report(row + 1, len(labelled.paths), "Comparing the model with the program")
        answers[row] = model.answers(photo)
    if not answers:
        raise FewshotError("The photos on which the model is compared with the program are gone: export again.")
    compared = labelled.at(list(answers))
    names = [path.name for path in compared.paths]
    return compare(names, class_names, compared.answers, stacked(list(answers.values())), limits)


def readable(paths: Sequence[Path], short_side: int | None) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The place and the pixels, uint8 (h, w, 3), of those photos that can be read."""
    for row, path in enumerate(paths):
        try:
            photo = read_photo(path, short_side=short_side)
        except PhotoError as error:
            log.info("%s", error, exc_info=error)
            continue
        yield row, photo


def _fits(path: Path) -> bool:
    try:
        details = photo_details(path)
    except PhotoError:
        return False
    return details.width * details.height <= _MOST_PIXELS

"""Label a few photos with a model, so that a person sees whether it was understood right."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.exporting.model.reading import ModelInput, OpenedModel
from fewshot_gui.imaging import read_photo, scan_photos
from fewshot_gui.workflows.verifying_model import spread_out

logger = logging.getLogger(__name__)

TRIED = 4
"""Photos that are labelled."""
_LOOKED_AT = 400
"""Files of the folder that these are drawn from; a whole survey takes too long to list."""


@dataclass(frozen=True)
class TriedPhoto:
    """What a model thinks of one photo.

    Attributes:
        path: The photo.
        label: The most probable class.
        confidence: Its probability, 0..1.
    """

    path: Path
    label: str
    confidence: float


def try_model(
    model: OpenedModel, wanted: ModelInput | None, photos: Path, progress: Progress
) -> tuple[TriedPhoto, ...]:
    """Label up to :data:`TRIED` photos of a folder, from different parts of it.

    Args:
        model: As it was opened.
        wanted: How photos are to be prepared; ``None``: as was recognised.
        photos: The folder, with all folders in it.
        progress: May cancel.

    Raises:
        FewshotError: The model cannot be run on photos so prepared, or no photo in the folder can be read.
        Cancelled: The person cancelled.
    """
    model = model if wanted is None else model.with_input(wanted)
    found = list(islice(scan_photos(photos), _LOOKED_AT))
    tried = tuple(_tried(model, [found[row] for row in spread_out(len(found), TRIED)], progress))
    if not tried:
        raise FewshotError(f"No photo in “{photos}” can be read; choose another folder.")
    return tried


def _tried(model: OpenedModel, paths: Sequence[Path], progress: Progress) -> Iterator[TriedPhoto]:
    for path in paths:
        progress.check()
        try:
            probabilities = model.score(read_photo(path, short_side=model.read_short_side)).probabilities
        except PhotoError as error:
            logger.info("%s", error, exc_info=error)
            continue
        best = int(probabilities.argmax())
        yield TriedPhoto(path, model.class_names[best], float(probabilities[best]))

"""Photos seen differently: other crops, other light, each embedded like a photo of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.processor import core_count
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import Encoder
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.embedding_source import EmbeddingSource

if TYPE_CHECKING:
    import torch

    from fewshot_gui.metalearning.labelled_rows import LabelledRows

log = logging.getLogger(__name__)

VIEWS = 3
"""Changed views of each photo."""

Change = Callable[["torch.Tensor"], "torch.Tensor"]


def with_views(
    data: LabelledRows, paths: Sequence[Path], source: EmbeddingSource, progress: Progress, *, seed: int
) -> LabelledRows:
    """Add changed views of every photo as rows of the photo's own group.

    A sampler draws one row of a group, so that an episode sees a photo or one of its views, and never two of them.

    Args:
        data: Embeddings, one row per photo.
        paths: The photo of each row.
        source: The encoder that gave them.
        progress: Hears of every photo; may cancel.
        seed: Fixes the changes.

    Returns:
        The rows of ``data`` first, then :data:`VIEWS` for each photo that can still be read.

    Raises:
        FewshotError: torchvision cannot be used.
        Cancelled: The person cancelled.
    """
    change, encoder = _change(), source.encoder(progress)
    views = [np.empty((0, data.rows.shape[1]), data.rows.dtype)]
    photos: list[int] = []
    for done, (photo, rows) in enumerate(_views(paths, encoder, change, progress, seed)):
        progress.report(done, len(paths), "Varying the photos")
        views.append(rows.astype(data.rows.dtype))
        photos += [photo] * len(rows)
    return replace(
        data,
        rows=np.concatenate([data.rows, *views]),
        labels=np.concatenate([data.labels, data.labels[photos]]),
        groups=np.concatenate([data.groups, data.groups[photos]]),
    )


def _views(
    paths: Sequence[Path], encoder: Encoder, change: Change, progress: Progress, seed: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The number of each photo that can be read, and its views, float32 (views, d); a few photos at a time."""
    with ThreadPoolExecutor(core_count(), thread_name_prefix="views") as pool:
        for start in range(0, len(paths), core_count()):
            progress.check()
            numbers = range(start, min(start + core_count(), len(paths)))
            read = pool.map(lambda number: _read(paths[number], encoder), numbers)
            readable = [(number, pixels) for number, pixels in zip(numbers, read, strict=True) if pixels is not None]
            # One after the other, since torchvision draws from random numbers that all threads share.
            changed = [_changed(pixels, change, [seed, number]) for number, pixels in readable]
            yield from zip((number for number, _ in readable), pool.map(encoder.embed, changed), strict=True)


def _read(path: Path, encoder: Encoder) -> NDArray[np.uint8] | None:
    try:
        # Larger than the encoder wants it, since views are crops.
        return read_photo(path, short_side=2 * encoder.spec.preprocess.resize_short_side)
    except PhotoError as error:  # it was readable a moment ago; it stays in the training without views
        log.info("%s", error, exc_info=error)
        return None


def _changed(pixels: NDArray[np.uint8], change: Change, seed: list[int]) -> list[NDArray[np.uint8]]:
    """Views of one photo (h, w, 3), of another size."""
    import torch

    photo = torch.from_numpy(pixels).permute(2, 0, 1)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(np.random.default_rng(seed).integers(2**62)))
        return [change(photo).permute(1, 2, 0).numpy() for _ in range(VIEWS)]


def _change() -> Change:
    """What makes a view: uint8 (3, h, w) to uint8 of another size.

    Nothing is mirrored: a mirrored letter or hand may be of another class.
    """
    try:
        from torchvision.transforms import v2
    except Exception as error:
        raise FewshotError(
            "Photos cannot be varied because torchvision cannot be loaded on this computer; train without varying them."
        ) from error
    change: Change = v2.Compose(
        [
            v2.RandomResizedCrop(320, scale=(0.5, 1.0), ratio=(0.8, 1.25), antialias=True),
            v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3, hue=0.02),
        ]
    )
    return change

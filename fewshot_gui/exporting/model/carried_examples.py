"""The examples that an exported model carries, so that a new project can start from them without their photos.

They travel in the model's metadata under :data:`CARRIED_EXAMPLES_KEY` as one JSON object::

    {"format": 1, "dimension": d, "classes": [0, 0, 1, ...], "groups": [0, 1, 2, ...], "embeddings": "BASE64"}

``classes`` are indices into the model's class names, examples of one group are one observation (near-duplicates), and
``embeddings`` are n rows of 4 + 2 d bytes: a scale as little-endian float32, and d numbers as half precision, to be
multiplied by it. That is how encoders round (:mod:`fewshot_gui.encoders.packing`), so nothing is lost.
An embedding is some thousand numbers in place of a photo; the photo itself cannot be seen in it.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders.packing import pack, packed_size, unpack

CARRIED_EXAMPLES_KEY = "fewshot_gui.examples"
"""The key in the metadata of a model."""

MOST_BYTES = 1_000_000
"""Of the text: with more, a model would grow past what anyone expects beside its encoder."""

_FORMAT = 1
_BYTES_OF_INDICES = 16
"""What class and group of one example take in the text at most, with commas."""
_HEAD_BYTES = 200


@dataclass(frozen=True, eq=False)
class CarriedExamples:
    """Embedded examples without photos.

    Attributes:
        embeddings: float32 (n, d), finite.
        classes: int64 (n,), indices into the class names of the model, from 0.
        groups: int64 (n,), from 0; examples of one group are one observation.
    """

    embeddings: NDArray[np.float32]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.classes)


def encode(support: SupportSet, *, most_bytes: int = MOST_BYTES) -> str:
    """Write down the examples of ``support`` as text of at most ``most_bytes`` ASCII characters.

    Where there are too many, every class keeps as many of its first examples as any other may; activations are never
    carried.

    Args:
        support: Its ``class_ids`` in ascending order stand for the indices 0, 1, ..., so they must be in the order of
            the model's class names.
        most_bytes: At most :data:`MOST_BYTES`; fewer where the rest of the model is large.

    Returns:
        The text; empty where not even one example of each class has room.
    """
    rows = _rows_with_room(support, most_bytes)
    if not len(rows):
        return ""
    document = {
        "format": _FORMAT,
        "dimension": support.embeddings.shape[1],
        "classes": np.searchsorted(support.class_ids, support.labels[rows]).tolist(),
        "groups": np.unique(support.groups[rows], return_inverse=True)[1].tolist(),
        "embeddings": base64.b64encode(b"".join(pack(support.embeddings[rows]))).decode("ascii"),
    }
    return json.dumps(document, separators=(",", ":"))


def decode(text: str, *, classes: int, dimension: int) -> CarriedExamples:
    """Read what :func:`encode` wrote down, whoever wrote it.

    Args:
        text: The value of :data:`CARRIED_EXAMPLES_KEY`.
        classes: How many classes the model has.
        dimension: Length of an embedding of the model's encoder.

    Raises:
        FewshotError: The text is damaged, too long, or does not fit the model.
    """
    try:
        return _decoded(text, classes, dimension)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, binascii.Error) as error:
        raise FewshotError(
            "The examples that this model carries are damaged: export the model again, or add examples of your own."
        ) from error


def _decoded(text: str, classes: int, dimension: int) -> CarriedExamples:
    if len(text) > MOST_BYTES:
        raise ValueError(f"{len(text)} characters")
    document = json.loads(text)
    if document["format"] != _FORMAT or document["dimension"] != dimension:
        raise ValueError("another format or encoder")
    of_class, groups = (_indices(document[key]) for key in ("classes", "groups"))
    packed, size = base64.b64decode(document["embeddings"], validate=True), packed_size(dimension)
    if not len(of_class) or groups.shape != of_class.shape or len(packed) != size * len(of_class):
        raise ValueError("the numbers of examples disagree")
    with np.errstate(over="ignore", invalid="ignore"):  # told apart below
        embeddings = unpack([packed[start : start + size] for start in range(0, len(packed), size)], dimension)
    if of_class.max() >= classes or not np.isfinite(embeddings).all():
        raise ValueError("a class is unknown, or an embedding is not finite")
    return CarriedExamples(embeddings, of_class, groups)


def _indices(values: object) -> NDArray[np.int64]:
    if not isinstance(values, list) or not all(type(value) is int and value >= 0 for value in values):
        raise TypeError("no list of indices")
    return np.array(values, np.int64)


def _rows_with_room(support: SupportSet, most_bytes: int) -> NDArray[np.int64]:
    """As many examples as fit, equally many of every class that has enough; in their order."""
    bytes_each = 4 * -(-packed_size(support.embeddings.shape[1]) // 3) + _BYTES_OF_INDICES
    room = (most_bytes - _HEAD_BYTES) // bytes_each
    place = np.empty(len(support), np.int64)  # the how-manieth of its class each example is
    for class_id in support.class_ids:
        of_class = np.flatnonzero(support.labels == class_id)
        place[of_class] = np.arange(len(of_class))
    kept = np.minimum(support.class_counts[:, np.newaxis], np.arange(1, room + 2)).sum(axis=0)
    per_class = np.flatnonzero(kept <= room)
    return np.flatnonzero(place <= per_class[-1]) if len(per_class) else np.empty(0, np.int64)

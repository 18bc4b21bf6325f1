"""Embeddings as bytes: half precision with a scale per embedding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def pack(embeddings: NDArray[np.float32]) -> list[bytes]:
    """Turn embeddings into bytes.

    Every embedding is divided by its largest absolute value, so that nothing overflows half precision and small
    values (those of joined encoders are about 1/2560) keep all of its digits.

    Args:
        embeddings: float32 (n, d), finite.

    Returns:
        n times 4 + 2 d bytes, the same on every machine.
    """
    scale = np.abs(embeddings).max(axis=1, initial=0).astype(np.float32)
    packed = np.empty(len(embeddings), _layout(embeddings.shape[1]))
    packed["scale"] = scale
    packed["values"] = embeddings / np.where(scale > 0, scale, 1)[:, np.newaxis]
    return [row.tobytes() for row in packed]


def unpack(blobs: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """The embeddings in ``blobs``, float32 (n, dimension), each relative to its largest value exact to 1/2048.

    Raises:
        ValueError: A blob is not :func:`packed_size` long.
    """
    if set(map(len, blobs)) - {packed_size(dimension)}:
        raise ValueError(f"packed embeddings of dimension {dimension} have {packed_size(dimension)} bytes each")
    packed = np.frombuffer(b"".join(blobs), _layout(dimension))
    embeddings: NDArray[np.float32] = packed["values"].astype(np.float32)
    embeddings *= packed["scale"][:, np.newaxis]
    return embeddings


def packed_size(dimension: int) -> int:
    """The bytes that one packed embedding takes."""
    return _layout(dimension).itemsize


def rounded(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """What :func:`unpack` would give back, so that a fresh embedding and a cached one are the same to the last bit.

    Rounding twice changes nothing more. float32 (n, d), finite, to float32 (n, d).
    """
    return unpack(pack(embeddings), embeddings.shape[1])


def _layout(dimension: int) -> np.dtype[np.void]:
    return np.dtype([("scale", "<f4"), ("values", "<f2", (dimension,))])

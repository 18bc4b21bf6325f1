"""Photos that are decoded and wait for the encoder."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

from fewshot_gui.workflows.embedding.records import DecodedPhoto

_MOST_BYTES = 256 << 20
_MOST_BATCHES = 2
_BATCH_BEFORE_OPENING = 64
_PATIENCE = 0.05
"""Seconds that a photo waits for others to fill a batch."""


class WaitingPhotos:
    """A queue that says when it is full, and when a batch is due. For one thread at a time.

    Attributes:
        batch_size: As the encoder says once it is open.
    """

    def __init__(self) -> None:
        self.batch_size = _BATCH_BEFORE_OPENING
        self._photos: deque[tuple[float, DecodedPhoto]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._photos)

    def add(self, photos: Sequence[DecodedPhoto]) -> None:
        """Append photos."""
        now = time.monotonic()
        self._photos += [(now, photo) for photo in photos]
        self._bytes += sum(photo.size_bytes for photo in photos)

    def take_batch(self) -> list[DecodedPhoto]:
        """Remove the first photos: whole batches if there are any, since an encoder may overlap them."""
        return self.take(len(self._photos) // self.batch_size * self.batch_size or self.batch_size)

    def take_all(self) -> list[DecodedPhoto]:
        """Remove all photos."""
        return self.take(len(self._photos))

    def take(self, most: int) -> list[DecodedPhoto]:
        """Remove the first photos, at most so many."""
        photos = [self._photos.popleft()[1] for _ in range(min(most, len(self._photos)))]
        self._bytes -= sum(photo.size_bytes for photo in photos)
        return photos

    @property
    def full(self) -> bool:
        """Whether no other photo should be decoded for now, since memory is bounded."""
        return self._bytes >= _MOST_BYTES or len(self._photos) >= _MOST_BATCHES * self.batch_size

    @property
    def due_in(self) -> float | None:
        """Seconds until a batch should be encoded though it is short; 0 when it is not, ``None`` without photos."""
        if not self._photos:
            return None
        if self.full or len(self._photos) >= self.batch_size:
            return 0.0
        return max(0.0, self._photos[0][0] + _PATIENCE - time.monotonic())

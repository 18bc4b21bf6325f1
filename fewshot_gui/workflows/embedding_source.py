"""An encoder together with its cache: where embeddings come from."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import (
    DeviceChoice,
    EmbeddingCache,
    Encoder,
    EncoderSpec,
    FileStamp,
    choose_device,
    open_encoder,
)

WantedDevice = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, eq=False)
class KnownPhoto:
    """A photo whose embedding the cache holds: content hash and float32 (d,) embedding."""

    fingerprint: str
    embedding: NDArray[np.float32]


class EmbeddingSource:
    """The embeddings of one encoder, from the cache or fresh. Safe to use from several threads.

    The encoder, and with it the trial of the device, is only opened when a photo is not in the cache: a known folder
    is labelled without loading a network.
    """

    def __init__(self, spec: EncoderSpec, cache: EmbeddingCache, *, device: WantedDevice = "auto") -> None:
        """Use ``cache`` for the encoder ``spec``, which is opened later."""
        self.spec = spec
        self._cache = cache
        self._wanted_device = device
        self._device: DeviceChoice | None = None
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()

    @property
    def device(self) -> DeviceChoice:
        """The device in use; tried on first call."""
        if self._device is None:
            self._device = choose_device(self._wanted_device)
        return self._device

    def encoder(self, progress: Progress) -> Encoder:
        """The encoder, opened on first call; reports to ``progress`` if it must be prepared first.

        Raises:
            EncoderError: It cannot be used.
        """
        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(self.spec.id, device=self.device, progress=progress)
            return self._encoder

    def cached(self, files: Sequence[FileStamp]) -> dict[FileStamp, KnownPhoto]:
        """The known ones among files."""
        contents = self._cache.fingerprints_of(files)
        embeddings = self._cache.get_many(list(set(contents.values())), self.spec)
        return {
            file: KnownPhoto(content, embeddings[content])
            for file, content in contents.items()
            if content in embeddings
        }

    def keep(self, photos: Sequence[tuple[FileStamp, KnownPhoto]]) -> None:
        """Remember photos."""
        self._cache.put_many({photo.fingerprint: photo.embedding for _, photo in photos}, self.spec)
        self._cache.remember_fingerprints({file: photo.fingerprint for file, photo in photos})

"""An encoder together with its cache: where embeddings come from."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders import (
    EmbeddingCache,
    Encoder,
    EncoderSpec,
    FileStamp,
    choose_device,
    encoder_spec,
    open_encoder,
    variant_with_activations,
)
from fewshot_gui.encoders.device import DeviceKind

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
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()

    @property
    def base_spec(self) -> EncoderSpec:
        """The encoder as the person knows it: without the activations that may follow its embeddings."""
        return encoder_spec(self.spec.base) if self.spec.base else self.spec

    @property
    def device_used(self) -> DeviceKind:
        """What has computed so far: the processor as long as every photo was known, since then no GPU was tried."""
        with self._lock:
            return self._encoder.device.kind if self._encoder is not None else "cpu"

    def encoder(self, progress: Progress) -> Encoder:
        """The encoder, opened on first call; reports to ``progress`` if it must be prepared first.

        Raises:
            EncoderError: It cannot be used, or not on the device that was asked for.
        """
        with self._lock:
            if self._encoder is None:
                device = choose_device(self._wanted_device)
                self._encoder = open_encoder(self.spec.id, device=device, progress=progress)
            return self._encoder

    def with_activations(self) -> EmbeddingSource | None:
        """The same embeddings followed by activations; ``None`` if this encoder has no such variant."""
        variant = variant_with_activations(self.spec.id)
        return EmbeddingSource(variant, self._cache, device=self._wanted_device) if variant else None

    def cached(self, files: Sequence[FileStamp]) -> dict[FileStamp, KnownPhoto]:
        """The known ones among files."""
        contents = self._cache.fingerprints_of(files)
        embeddings = self._cache.get_many(list(set(contents.values())), self.spec)
        return {
            file: KnownPhoto(content, embeddings[content])
            for file, content in contents.items()
            if content in embeddings
        }

    def recall(self, fingerprint: str) -> NDArray[np.float32] | None:
        """The embedding of a photo by its content, wherever its file is now."""
        return self._cache.get_many([fingerprint], self.spec).get(fingerprint)

    def keep(self, fingerprints: Mapping[FileStamp, str], embeddings: Mapping[str, NDArray[np.float32]]) -> None:
        """Remember the content of files, and embeddings by content."""
        self._cache.put_many(embeddings, self.spec)
        self._cache.remember_fingerprints(fingerprints)

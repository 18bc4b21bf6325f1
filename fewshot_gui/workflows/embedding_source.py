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
from fewshot_gui.encoders.registry import part_specs
from fewshot_gui.workflows.claims import Claims

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

    Attributes:
        spec: Of the encoder.
        claims: The photos that runs are embedding at this moment, so that none does what another is doing.
    """

    def __init__(self, spec: EncoderSpec, cache: EmbeddingCache, *, device: WantedDevice = "auto") -> None:
        """Use ``cache`` for the encoder ``spec``, which is opened later."""
        self.spec = spec
        self.claims = Claims()
        self._cache = cache
        self._wanted_device = device
        self._opened_for = device
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

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know of how the encoder did so far, a sentence each; mostly nothing."""
        return self._encoder.notices if self._encoder is not None else ()

    @property
    def read_short_side(self) -> int:
        """What :attr:`~fewshot_gui.encoders.Encoder.read_short_side` will be, known before the encoder is open."""
        return max(part.preprocess.read_short_side for part in part_specs(self.spec))

    def encoder(self, progress: Progress) -> Encoder:
        """The encoder, opened on first call; reports to ``progress`` if it must be prepared first.

        Raises:
            EncoderError: It cannot be used, or not on the device that was asked for.
        """
        with self._lock:
            wanted = self._wanted_device
            if self._encoder is None or self._opened_for != wanted:
                self._encoder = open_encoder(self.spec.id, device=choose_device(wanted), progress=progress)
                self._opened_for = wanted
            return self._encoder

    def use_device(self, device: WantedDevice) -> None:
        """Open the encoder on this device the next time; whoever has it already goes on with the one they have."""
        self._wanted_device = device  # without the lock, which is held for seconds while an encoder is opened

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

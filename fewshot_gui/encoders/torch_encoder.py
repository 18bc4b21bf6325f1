"""An encoder on an NVIDIA GPU: photos go there as bytes, or even as JPEGs, and come back as embeddings."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fewshot_gui.encoders.batch_size import fastest_batch
from fewshot_gui.encoders.device import DeviceChoice
from fewshot_gui.encoders.device_picture import DevicePicture
from fewshot_gui.encoders.encoder import Encoded, Encoder, EncoderPart, Photo
from fewshot_gui.encoders.registry import part_specs
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.torch_engine import RunningBatch, TorchEngine, failed, too_little_memory
from fewshot_gui.encoders.torch_photos import TorchPhotos

if TYPE_CHECKING:
    import torch

    from fewshot_gui.encoders.jpeg_decoder import JpegDecoder
    from fewshot_gui.imaging.jpeg_file import JpegFile

_log = logging.getLogger(__name__)

_ROUNDS = 3
_MOST_COLLECTED = 64
"""Read for the encoder, photos of 12 megapixels take 9 MB each."""
_SHARE_OF_MEMORY = 0.5
"""What a batch may take of the memory that is free, since other programs and the decoder want some of it."""


class TorchEncoder(Encoder):
    """An encoder whose networks run on a torch device, with everything that comes before them.

    While the networks are at work on one batch, the next is copied to the device and prepared there in a stream of its
    own. A batch that does not fit into the memory is halved, and stays so. Threads that embed take turns.
    """

    def __init__(
        self,
        spec: EncoderSpec,
        device: DeviceChoice,
        engines: Sequence[TorchEngine],
        *,
        decoder: JpegDecoder | None = None,
        batch_size: int | None = None,
    ) -> None:
        """Take over loaded networks.

        Args:
            spec: Of the whole.
            device: Where the engines run.
            engines: One for each part of the encoder, all on the same torch device.
            decoder: On that device; without one, photos are decoded by the processor.
            batch_size: Photos at once; by default found out, which takes about a second.
        """
        specs = part_specs(spec)
        parts = [EncoderPart(part, engine) for part, engine in zip(specs, engines, strict=True)]
        super().__init__(spec, device, parts, batch_size=batch_size)
        self._engines = tuple(engines)
        self._decoder = decoder
        self._photos = TorchPhotos([part.preprocess for part in specs], engines[0].device)
        self._turn = threading.Lock()
        self._notices: tuple[str, ...] = ()
        if batch_size is None:
            self._batch_size = fastest_batch(self._seconds)

    @property
    def batch_size(self) -> int:
        """How many photos at once are fastest, but no more than one wants to keep in memory until they are encoded.

        Of longer sequences the networks get :attr:`at_once`.
        """
        return min(self._batch_size, _MOST_COLLECTED)

    @property
    def at_once(self) -> int:
        """How many photos the networks get at once."""
        return self._batch_size

    @property
    def takes_jpeg(self) -> bool:
        """Whether there is a decoder on the device."""
        return self._decoder is not None

    @property
    def notices(self) -> tuple[str, ...]:
        """That memory was short, if it was."""
        return self._notices

    def decode(self, jpegs: Sequence[JpegFile]) -> list[DevicePicture | None]:
        """Decode JPEGs on the device and prepare them there; see :meth:`Encoder.decode`."""
        if self._decoder is None:
            return super().decode(jpegs)
        pictures: list[DevicePicture | None] = []
        with self._photos.beside():
            for few in self._decoder.decode(jpegs):
                pictures += [None if pixels is None else self._prepared(pixels) for pixels in few]
        self._photos.wait()
        return pictures

    def _prepared(self, pixels: torch.Tensor) -> DevicePicture | None:
        import torch

        try:
            return self._photos.prepared(pixels)
        except torch.OutOfMemoryError:
            _log.info("no memory to prepare a photo of shape %s on the GPU", tuple(pixels.shape), exc_info=True)
            torch.cuda.empty_cache()
            return None

    def _encoded(self, photos: Sequence[Photo]) -> Encoded:
        with self._turn:
            try:
                yield from self._overlapped(photos)
            except RuntimeError as error:
                raise failed(error) from error

    def _overlapped(self, photos: Sequence[Photo]) -> Encoded:
        """Begin a batch before the results of the one before it are waited for."""
        before: list[RunningBatch] = []
        start = 0
        while start < len(photos):
            batch = photos[start : start + self._batch_size]
            running = self._started(batch)
            if running is None:
                continue
            start += len(batch)
            if before:
                yield [part.result() for part in before]
            before = running
        if before:
            yield [part.result() for part in before]

    def _started(self, batch: Sequence[Photo]) -> list[RunningBatch] | None:
        """Begin to embed a batch; ``None`` if it did not fit, and the next one is to be smaller."""
        import torch

        try:
            return self._start(self._photos.views(batch))
        except torch.OutOfMemoryError as error:
            if len(batch) == 1:
                raise too_little_memory(error) from error
        self._shrink(len(batch))
        return None

    def _start(self, views: Sequence[torch.Tensor]) -> list[RunningBatch]:
        return [engine.start(view) for engine, view in zip(self._engines, views, strict=True)]

    def _shrink(self, tried: int) -> None:
        import torch

        self._batch_size = max(1, tried // 2)
        count = f"{self._batch_size} photos are" if self._batch_size > 1 else "1 photo is"
        notice = f"The graphics card is short of memory: {count} encoded at a time, which takes longer."
        _log.warning("%s", notice)
        self._notices = (notice,)  # the last one says it all
        torch.cuda.empty_cache()

    def _seconds(self, size: int) -> float:
        """How long the networks take for ``size`` photos.

        Raises:
            MemoryError: They do not fit into the part of the memory that one batch may take.
        """
        import torch

        device = self._engines[0].device
        try:
            views = self._photos.blank(size)
            self._warm_up(device, views)
            started = time.perf_counter()
            for _ in range(_ROUNDS):
                running = self._start(views)
            for part in running:
                part.result()
            return (time.perf_counter() - started) / _ROUNDS
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise MemoryError from error

    def _warm_up(self, device: torch.device, views: Sequence[torch.Tensor]) -> None:
        """Run a batch for the first time, which also pays for what a GPU prepares for every size of batch."""
        import torch

        if device.type == "cpu":
            return
        torch.cuda.reset_peak_memory_stats(device)
        free = torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)
        for part in self._start(views):
            part.result()
        if torch.cuda.max_memory_allocated(device) > _SHARE_OF_MEMORY * free:
            raise MemoryError

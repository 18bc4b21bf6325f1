"""Work that a graphics card does beside its main work, and the memory through which photos get there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

_BUFFER_BYTES = 1 << 26


class SideStream:
    """A CUDA stream of its own. On the processor, where everything happens in order, it does nothing."""

    def __init__(self, device: torch.device) -> None:
        """Nothing is begun yet."""
        self._stream = _stream(device) if device.type == "cuda" else None

    def inside(self) -> AbstractContextManager[object]:
        """What this thread begins in the block goes to this stream."""
        import torch

        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)

    def hand_over(self, tensors: Sequence[torch.Tensor]) -> None:
        """What this thread begins next, outside, comes after what was begun inside and may use ``tensors`` of there."""
        import torch

        if self._stream is None:
            return
        outside = torch.cuda.current_stream(self._stream.device)
        outside.wait_stream(self._stream)
        for tensor in tensors:
            tensor.record_stream(outside)  # else their memory might be given away while it is still being read

    def mark(self) -> Callable[[], object]:
        """A function that waits until all that was begun inside so far is done."""
        return arrival(self._stream)


class PhotoUpload:
    """Copies photos to a device through two buffers, of which one is filled while the other is being copied.

    On a GPU the buffers are pinned, so that it fetches the bytes by itself. One thread at a time may use it.
    """

    def __init__(self, device: torch.device, stream: SideStream, *, buffer_bytes: int = _BUFFER_BYTES) -> None:
        """Take the memory for two buffers.

        Args:
            device: Where photos are copied to.
            stream: In which they are copied.
            buffer_bytes: Size of one buffer.
        """
        import torch

        self._device = device
        self._stream = stream
        pinned = device.type == "cuda"
        self._buffers = [torch.empty(buffer_bytes, dtype=torch.uint8, pin_memory=pinned) for _ in range(2)]
        self._done: list[Callable[[], object]] = [_nothing, _nothing]
        self._next = 0

    def fitting(self, photo: NDArray[np.uint8]) -> int:
        """How many photos of the size of this one can be sent at once, at least 1."""
        return max(1, len(self._buffers[0]) // photo.nbytes)

    def send(self, photos: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
        """Begin to copy photos of one size.

        Args:
            photos: uint8 (h, w, 3), at most as many as are :meth:`fitting`; they may be changed as soon as this
                returns.

        Returns:
            uint8 (n, h, w, 3) on the device, to be used in the stream or after it was handed over.
        """
        import torch

        shape = (len(photos), *photos[0].shape)
        number, self._next = self._next, 1 - self._next
        self._done[number]()
        size = len(photos) * photos[0].nbytes
        # A photo of hundreds of megapixels, which is rare, gets memory of its own.
        fits = size <= len(self._buffers[number])
        filled = (self._buffers[number][:size] if fits else torch.empty(size, dtype=torch.uint8)).view(shape)
        rows = filled.numpy()
        for row, photo in enumerate(photos):
            rows[row] = photo
        with self._stream.inside():
            there = torch.empty(shape, dtype=torch.uint8, device=self._device).copy_(filled, non_blocking=True)
            self._done[number] = self._stream.mark()
        return there


def arrival(stream: torch.cuda.Stream | None) -> Callable[[], object]:
    """A function that waits, without keeping a core busy, until all that was begun in ``stream`` so far is done."""
    import torch

    if stream is None:
        return _nothing
    event: torch.cuda.Event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]  # it has no types
    event.record(stream)
    return event.synchronize


def _stream(device: torch.device) -> torch.cuda.Stream:
    import torch

    stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # its constructor has no types
    return stream


def _nothing() -> None:
    """There is nothing to wait for."""

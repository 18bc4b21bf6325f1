"""Photos of any sizes on their way to the networks of an encoder, on a torch device."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.encoders.device_picture import DevicePicture
from fewshot_gui.encoders.spec import Preprocess
from fewshot_gui.encoders.torch_preparing import TorchPreparation, unseen_border
from fewshot_gui.encoders.torch_stream import PhotoUpload, SideStream

if TYPE_CHECKING:
    import torch

    from fewshot_gui.encoders.encoder import Photo


class TorchPhotos:
    """Uploads photos and prepares them for every network of an encoder, beside what the device is doing otherwise."""

    def __init__(self, preprocesses: Sequence[Preprocess], device: torch.device) -> None:
        """``preprocesses`` are those of the networks, in their order."""
        self._preprocesses = tuple(preprocesses)
        self._device = device
        self._preparations = [TorchPreparation(preprocess, device) for preprocess in preprocesses]
        self._stream = SideStream(device)
        self._upload = PhotoUpload(device, self._stream)

    def views(self, photos: Sequence[Photo]) -> list[torch.Tensor]:
        """What every network sees of ``photos``, float32 (n, 3, crop, crop) each; one thread at a time.

        The tensors may be used as if they were there already.

        Raises:
            OutOfMemoryError: Torch's own.
        """
        import torch

        kinds: dict[tuple[int, ...], list[int]] = {}
        for row, photo in enumerate(photos):
            kinds.setdefault(_kind(photo), []).append(row)
        pieces = [self._views_of_one_kind([photos[row] for row in rows]) for rows in kinds.values()]
        with self._stream.inside():
            views = [torch.cat(parts) if len(parts) > 1 else parts[0] for parts in zip(*pieces, strict=True)]
            if len(kinds) > 1:
                places = torch.tensor([row for rows in kinds.values() for row in rows]).argsort().to(self._device)
                views = [view[places] for view in views]
        self._stream.hand_over(views)
        return views

    def prepared(self, pixels: torch.Tensor) -> DevicePicture:
        """A photo that was decoded on the device :meth:`beside` its main work: uint8 (3, h, w), upright.

        Raises:
            OutOfMemoryError: Torch's own.
        """
        with self._stream.inside():
            return DevicePicture(tuple(view[0] for view in self._prepare(pixels[None], min(pixels.shape[1:]))))

    def beside(self) -> AbstractContextManager[object]:
        """What this thread has torch do in the block is done beside the networks."""
        return self._stream.inside()

    def wait(self) -> None:
        """Wait until all that was begun beside the main work is done."""
        self._stream.mark()()

    def blank(self, count: int) -> list[torch.Tensor]:
        """What every network sees of ``count`` black photos."""
        import torch

        return [
            torch.zeros(count, 3, preprocess.crop, preprocess.crop, device=self._device)
            for preprocess in self._preprocesses
        ]

    def _views_of_one_kind(self, photos: Sequence[Photo]) -> list[torch.Tensor]:
        import torch

        pictures = [photo for photo in photos if isinstance(photo, DevicePicture)]
        if pictures:
            with self._stream.inside():
                return [torch.stack(views) for views in zip(*(picture.views for picture in pictures), strict=True)]
        return self._uploaded([photo for photo in photos if isinstance(photo, np.ndarray)])

    def _uploaded(self, photos: Sequence[NDArray[np.uint8]]) -> list[torch.Tensor]:
        """Photos of one size, a buffer full at a time."""
        import torch

        short_side = min(photos[0].shape[:2])
        seen = [self._seen(photo) for photo in photos]
        fitting = self._upload.fitting(seen[0])
        pieces = []
        for start in range(0, len(seen), fitting):
            bytes_there = self._upload.send(seen[start : start + fitting])
            with self._stream.inside():
                pieces.append(self._prepare(bytes_there.permute(0, 3, 1, 2), short_side))
        with self._stream.inside():
            return [torch.cat(parts) if len(parts) > 1 else parts[0] for parts in zip(*pieces, strict=True)]

    def _seen(self, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The middle of the photo that at least one network sees: no other bytes are sent."""
        height, width = photo.shape[:2]
        rows, columns = (
            min(unseen_border(length, min(height, width), preprocess) for preprocess in self._preprocesses)
            for length in (height, width)
        )
        return photo[rows : height - rows, columns : width - columns]

    def _prepare(self, photos: torch.Tensor, short_side: int) -> list[torch.Tensor]:
        return [preparation.prepare(photos, short_side) for preparation in self._preparations]


def _kind(photo: Photo) -> tuple[int, ...]:
    """What photos have in common that can be prepared together."""
    return () if isinstance(photo, DevicePicture) else photo.shape

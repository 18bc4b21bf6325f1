"""Decoding JPEGs on an NVIDIA GPU (nvJPEG, through torchvision), if what is installed can do it and does it right."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

    from fewshot_gui.imaging.jpeg_file import JpegFile

_log = logging.getLogger(__name__)

_BYTES_AT_ONCE = 1 << 29
"""Of decoded pixels: half a GiB holds 14 photos of 12 megapixels, enough for the decoder to work at full speed."""

_TRIAL_SIZE = (150, 101)
"""Width and height of the photo of the trial: no multiples of the blocks in which a JPEG is coded."""

_TRIAL_LEVELS = 3.0
"""How far the decoder may be from Pillow, in levels of 255 on average: colours are stored at half size, and decoders
enlarge them in different ways, which makes about 1."""

_TORCHVISION_WITHOUT_GPU = "the installed torchvision cannot decode on a GPU"


class JpegDecoder:
    """Decodes JPEGs on one torch device, which may be the processor. Any number of threads may use it at once."""

    def __init__(self, device: torch.device) -> None:
        """Load torchvision.

        Raises:
            ImportError: There is no torchvision.
            AttributeError: It has no decoder.
            RuntimeError: It does not fit the torch that is installed.
            OSError: A library it needs is missing.
        """
        image = import_module("torchvision.io.image")
        self._decode_jpeg: Callable[..., list[torch.Tensor]] = image.decode_jpeg
        self._rgb = image.ImageReadMode.RGB
        self._device = device

    def decode(self, jpegs: Sequence[JpegFile]) -> Iterator[list[torch.Tensor | None]]:
        """Decode JPEGs, a few at a time so that their pixels fit into memory.

        Args:
            jpegs: As :func:`~fewshot_gui.imaging.jpeg_file.plain_jpeg` gives them.

        Yields:
            For the next few JPEGs, uint8 (3, h, w) on the device, upright; ``None`` for one that is broken, or too
            large for the memory that is free.
        """
        start = 0
        while start < len(jpegs):
            few = _fitting(jpegs[start:])
            yield [self._upright(pixels, jpeg) for pixels, jpeg in zip(self._pixels(few), few, strict=True)]
            start += len(few)

    def _pixels(self, jpegs: Sequence[JpegFile]) -> list[torch.Tensor | None]:
        import torch

        contents = [torch.frombuffer(bytearray(jpeg.content), dtype=torch.uint8) for jpeg in jpegs]
        try:
            return list(self._decode_jpeg(contents, mode=self._rgb, device=self._device))
        except torch.OutOfMemoryError:
            _log.info("no memory to decode %d JPEGs at once on %s", len(jpegs), self._device, exc_info=True)
            torch.cuda.empty_cache()
        except RuntimeError:  # one broken JPEG makes all of them fail
            _log.info("%d JPEGs could not be decoded together on %s", len(jpegs), self._device, exc_info=True)
        if len(jpegs) == 1:
            return [None]
        return [self._pixels([jpeg])[0] for jpeg in jpegs]

    def _upright(self, pixels: torch.Tensor | None, jpeg: JpegFile) -> torch.Tensor | None:
        if pixels is None or pixels.shape != (3, jpeg.height, jpeg.width):
            return None
        return turned(pixels, jpeg)


def turned(pixels: torch.Tensor, jpeg: JpegFile) -> torch.Tensor:
    """Make a decoded picture upright: uint8 (3, h, w), its sides exchanged where the turn says so."""
    from PIL.Image import Transpose

    from fewshot_gui.imaging.exif import swaps_sides

    if jpeg.turn is None:
        return pixels
    flipped = {
        Transpose.FLIP_LEFT_RIGHT: (2,),
        Transpose.FLIP_TOP_BOTTOM: (1,),
        Transpose.ROTATE_180: (1, 2),
        Transpose.TRANSPOSE: (),
        Transpose.TRANSVERSE: (1, 2),
        Transpose.ROTATE_90: (1,),
        Transpose.ROTATE_270: (2,),
    }
    return (pixels.transpose(1, 2) if swaps_sides(jpeg.turn) else pixels).flip(flipped[jpeg.turn])


def tried_decoder(device: torch.device) -> JpegDecoder | str:
    """A decoder that has decoded a small photo as Pillow does, or a clause that says why there is none."""
    try:
        decoder = JpegDecoder(device)
    except AttributeError:
        _log.info("torchvision has no decoder", exc_info=True)
        return _TORCHVISION_WITHOUT_GPU
    except (ImportError, RuntimeError, OSError):
        _log.info("torchvision cannot be loaded", exc_info=True)
        return "torchvision, which it needs, could not be loaded"
    difference = _trial_difference(decoder)
    if difference is None:
        return _TORCHVISION_WITHOUT_GPU
    if not difference <= _TRIAL_LEVELS:  # also when it is not a number
        _log.error("JPEGs decoded on %s differ by %g levels", device, difference)
        return "it gave a wrong picture in a small trial"
    return decoder


def _trial_difference(decoder: JpegDecoder) -> float | None:
    """By how many levels a made-up photo differs from Pillow's on average; ``None`` where it cannot be decoded."""
    from PIL import Image

    from fewshot_gui.imaging.jpeg_file import jpeg_in_memory

    width, height = _TRIAL_SIZE
    grain = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(grain).resize(_TRIAL_SIZE, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    (decoded,) = next(decoder.decode([jpeg_in_memory(file.getvalue())]))
    if decoded is None:
        return None
    with Image.open(file) as image:
        wanted = np.asarray(image, np.float32)
    return float(np.abs(decoded.permute(1, 2, 0).cpu().numpy() - wanted).mean())


def _fitting(jpegs: Sequence[JpegFile]) -> Sequence[JpegFile]:
    """The first of ``jpegs``, at least one, whose pixels take no more than :data:`_BYTES_AT_ONCE`."""
    total = 0
    for count, jpeg in enumerate(jpegs):
        total += 3 * jpeg.width * jpeg.height
        if count and total > _BYTES_AT_ONCE:
            return jpegs[:count]
    return jpegs

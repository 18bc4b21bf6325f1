"""Camera raw files, developed by LibRaw."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fewshot_gui.imaging import exif

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fewshot_gui.imaging.opening import OpenPhoto

_FLIPS = {3: Image.Transpose.ROTATE_180, 5: Image.Transpose.ROTATE_90, 6: Image.Transpose.ROTATE_270}
"""LibRaw's codes for how a camera was held."""


def read_raw(photo: OpenPhoto, short_side: int | None) -> NDArray[np.uint8]:
    """Develop a raw file with the white balance of the camera.

    Args:
        photo: A file of format RAW.
        short_side: If half the resolution still has so many pixels on the short side, that is what is developed, at
            about a fifth of the time.

    Returns:
        Upright sRGB, uint8 (h, w, 3).

    Raises:
        Exception: Whatever LibRaw raises on a file it cannot read.
    """
    with _opened(photo) as raw:
        sizes = raw.sizes
        photo.check_size(sizes.raw_width, sizes.raw_height)
        half = short_side is not None and min(sizes.width, sizes.height) >= 2 * short_side
        developed = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8)
    colours = 3 // developed.shape[2]  # a sensor without colour filters gives one channel
    return np.ascontiguousarray(np.repeat(developed, colours, axis=2))


def raw_size(photo: OpenPhoto) -> tuple[int, int]:
    """Width and height of the developed, upright picture, without developing it."""
    with _opened(photo) as raw:
        return _upright_size(raw.sizes)


def raw_preview(photo: OpenPhoto, side: int) -> Image.Image | None:
    """The upright JPEG that a camera puts into its raw files, if its longest side has at least ``side`` pixels."""
    import rawpy

    with _opened(photo) as raw:
        width, height = _upright_size(raw.sizes)
        flip = raw.sizes.flip
        try:
            thumb = raw.extract_thumb()
        except rawpy.LibRawError:
            return None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    image = Image.open(io.BytesIO(thumb.data), formats=("JPEG",))
    image.draft(None, (side, side))
    tags = exif.read_exif(image)
    turn = exif.turn_upright(tags) if exif.Base.Orientation in tags else _FLIPS.get(flip)
    upright = image if turn is None else image.transpose(turn)
    lies_alike = (upright.width > upright.height) == (width > height)
    return upright if lies_alike and max(upright.size) >= side else None


def _opened(photo: OpenPhoto) -> Any:
    import rawpy

    photo.file.seek(0)
    return rawpy.imread(photo.file)


def _upright_size(sizes: Any) -> tuple[int, int]:
    width, height = (sizes.height, sizes.width) if sizes.flip in {5, 6} else (sizes.width, sizes.height)
    return int(width), int(height)

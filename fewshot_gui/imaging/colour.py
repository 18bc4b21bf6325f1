"""From a plain image and its colour profile to sRGB on white."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL import ImageCms

logger = logging.getLogger(__name__)


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An RGB image whose numbers mean sRGB.

    Args:
        image: In mode L, RGB, RGBA or CMYK. What is transparent becomes white.
        profile: The ICC profile the file carries. One that is broken or does not fit the image is ignored, as
            browsers do.
    """
    if profile:
        image = _profile_applied(image, profile)
    if image.mode == "RGB":
        return image  # converting would copy it
    return _on_white(image) if image.mode == "RGBA" else image.convert("RGB")


def is_srgb(profile: bytes) -> bool:
    """Whether pixels with this ICC profile are left as they are: it is sRGB, or broken and therefore ignored."""
    from PIL import ImageCms

    try:
        return _describes_srgb(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return True


def _describes_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    from PIL import ImageCms

    # Not merely "contains": "DCI-P3 D65 Gamut with sRGB Transfer" is another profile.
    return ImageCms.getProfileDescription(profile).strip().startswith("sRGB")


def _profile_applied(image: Image.Image, profile: bytes) -> Image.Image:
    # Half of all photos carry no profile, and then this import is saved.
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _describes_srgb(source):
            return image
        converted = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        logger.debug("a colour profile is ignored", exc_info=True)
        return image
    return image if converted is None else converted


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return white

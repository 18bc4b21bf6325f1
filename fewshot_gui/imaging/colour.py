"""From a plain image and its colour profile to sRGB on white."""

import io
import logging

from PIL import Image

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
    return _on_white(image) if image.mode == "RGBA" else image.convert("RGB")


def _profile_applied(image: Image.Image, profile: bytes) -> Image.Image:
    # Half of all photos carry no profile, and then this import is saved.
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # Not merely "contains": "DCI-P3 D65 Gamut with sRGB Transfer" is another profile.
        if ImageCms.getProfileDescription(source).strip().startswith("sRGB"):
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

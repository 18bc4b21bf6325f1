"""What the sidecar of a photo is called.

Two customs exist. Adobe's programs and Capture One replace the suffix, and look for sidecars of camera raws only:
they want XMP inside all other files. darktable and digiKam add to the whole name, which keeps ``IMG_1.jpg`` and
``IMG_1.cr2`` apart; darktable and Immich read either.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from fewshot_gui.imaging.formats import PhotoFormat, recognise

_TIFF_HEADER = b"II*\0"


class SidecarNaming(StrEnum):
    """How sidecars are named.

    Attributes:
        AUTOMATIC: ``IMG_1.xmp`` for camera raws, which is where Lightroom looks; ``IMG_1.jpg.xmp`` for all others. A
            camera raw that has a sidecar by the other custom already keeps that one.
        WHOLE_NAME: ``IMG_1.jpg.xmp``, as darktable and digiKam do.
        WITHOUT_SUFFIX: ``IMG_1.xmp``, as Adobe does.
    """

    AUTOMATIC = "automatic"
    WHOLE_NAME = "whole name"
    WITHOUT_SUFFIX = "without suffix"


def sidecar_path(photo: Path, naming: SidecarNaming = SidecarNaming.AUTOMATIC) -> Path:
    """Where the sidecar of ``photo`` is, or would be."""
    whole, short = photo.with_name(photo.name + ".xmp"), photo.with_suffix(".xmp")
    if naming is SidecarNaming.WHOLE_NAME or not photo.suffix:
        return whole
    if naming is SidecarNaming.WITHOUT_SUFFIX:
        return short
    return short if _is_raw(photo) and (short.exists() or not whole.exists()) else whole


def _is_raw(photo: Path) -> bool:
    # By its name alone: what begins like a TIFF file is a camera raw where the suffix says so.
    return recognise(_TIFF_HEADER, photo.suffix) is PhotoFormat.RAW

"""Which files are photos: by name when listing folders, by content when reading."""

import os
from enum import StrEnum

HEADER_BYTES = 64
"""How much of a file :func:`recognise` wants to see."""


class PhotoFormat(StrEnum):
    """The kinds of image file this program reads. The values are Pillow's names, except for camera raw."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    TIFF = "TIFF"
    BMP = "BMP"
    DIB = "DIB"
    GIF = "GIF"
    HEIF = "HEIF"
    AVIF = "AVIF"
    RAW = "RAW"


_RAW_SUFFIXES = frozenset({".dng", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"})

PHOTO_SUFFIXES: frozenset[str] = _RAW_SUFFIXES | {
    *(".jpg", ".jpeg", ".jpe", ".jfif"),
    *(".png", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff"),
    *(".heic", ".heif", ".hif", ".avif"),
}
"""The suffixes of photos, in lower case and with the dot."""

_MAGIC = (
    (b"\xff\xd8\xff", PhotoFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", PhotoFormat.PNG),
    (b"GIF87a", PhotoFormat.GIF),
    (b"GIF89a", PhotoFormat.GIF),
    (b"BM", PhotoFormat.BMP),
    (b"FUJIFILMCCD-RAW", PhotoFormat.RAW),
    (b"IIRO", PhotoFormat.RAW),  # the next three: Olympus
    (b"IIRS", PhotoFormat.RAW),
    (b"MMOR", PhotoFormat.RAW),
    (b"IIU\x00", PhotoFormat.RAW),  # Panasonic
)
# Classic TIFF and BigTIFF, and the two swapped byte orders that some writers produce and Pillow tolerates.
_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"MM*\x00", b"II\x00*")
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_DIB_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})


def is_photo(path: str | os.PathLike[str]) -> bool:
    """Whether the name of ``path`` is that of a photo. The file is not looked at and need not exist.

    Hidden files are no photos; among them are the ``._name.jpg`` shadows that macOS leaves on foreign disks.
    """
    name = os.path.basename(path)  # noqa: PTH119 - ten times as fast as Path, for folders of 100,000 files
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in PHOTO_SUFFIXES  # noqa: PTH122 - as above


def recognise(header: bytes, suffix: str) -> PhotoFormat | None:
    """The format of a file by its first bytes, so that a wrong suffix does no harm.

    Args:
        header: The first :data:`HEADER_BYTES` of the file, fewer if it is shorter.
        suffix: The suffix of its name; it only decides where the content cannot: most camera raws are TIFF files.

    Returns:
        ``None`` if this is no image of a kind this program reads.
    """
    for magic, photo_format in _MAGIC:
        if header.startswith(magic):
            return photo_format
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    if header.startswith(_TIFF_MAGIC):
        is_raw = header[8:10] == b"CR" or suffix.lower() in _RAW_SUFFIXES  # "CR": Canon's CR2
        return PhotoFormat.RAW if is_raw else PhotoFormat.TIFF
    if header[4:8] == b"ftyp":
        return _by_brand(header)
    if suffix.lower() == ".dib" and int.from_bytes(header[:4], "little") in _DIB_HEADER_SIZES:
        return PhotoFormat.DIB
    return None


def _by_brand(header: bytes) -> PhotoFormat | None:
    """The format of an ISO base media file (ISO/IEC 14496-12), which lists its brands in the first box."""
    end = min(int.from_bytes(header[:4], "big"), len(header))
    brands = {header[8:12], *(header[start : start + 4] for start in range(16, end, 4))}
    if b"crx " in brands:  # Canon's CR3
        return PhotoFormat.RAW
    if brands & _AVIF_BRANDS:
        return PhotoFormat.AVIF
    return PhotoFormat.HEIF if brands & _HEIF_BRANDS else None

"""Why a photo could not be read, in words for the person who took it."""

import errno
import struct
from typing import BinaryIO

from PIL import Image

from fewshot_gui.imaging.formats import PhotoFormat

MAX_MEGAPIXELS = 500
"""Larger pictures are not decoded: few cameras make them, and a few forged bytes are enough to claim them."""

EMPTY = "the file is empty"
NOT_AN_IMAGE = "it is not an image of a kind this program reads"
NOT_A_FILE = "it is not a file"
_CUT_OFF = "the file is cut off"
_DAMAGED = "the file is damaged, or of a rare kind this program does not read"
_NO_MEMORY = "there is not enough memory to open it"
_GONE = "it is no longer there"
_FORBIDDEN = "you may not read it"
_DISK = "the disk or the network failed while reading it"

_OS_REASONS = {
    errno.ENOENT: _GONE,
    errno.ENOTDIR: _GONE,
    errno.ELOOP: "it is a link that leads back to itself",
    errno.ENAMETOOLONG: "its name is too long for this computer",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EISDIR: NOT_A_FILE,
    errno.ENOMEM: _NO_MEMORY,
    errno.EMFILE: "too many files are open at once",
    errno.ENFILE: "too many files are open at once",
}
_TAIL_BYTES = 16
_LAST_BYTES = {PhotoFormat.JPEG: b"\xff\xd9", PhotoFormat.PNG: b"IEND", PhotoFormat.GIF: b";"}
_CUT_OFF_WORDS = ("truncat", "end of file", "insufficient input", "file size too small")


def too_large(megapixels: float) -> str:
    """The reason for a picture of so many megapixels."""
    return f"it is too large ({megapixels:,.0f} megapixels; the most is {MAX_MEGAPIXELS})"


def file_reason(error: OSError) -> str:
    """Why the operating system refused a file or folder."""
    return _OS_REASONS.get(error.errno or 0, _DISK)


def decoding_reason(error: Exception, file: BinaryIO, photo_format: PhotoFormat) -> str:
    """Why a file that looks like ``photo_format`` could not be decoded.

    Args:
        error: What the decoder raised.
        file: The open file, at any position.
        photo_format: What its first bytes promise.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return file_reason(error)
    if isinstance(error, MemoryError):
        return _NO_MEMORY
    if isinstance(error, Image.DecompressionBombError):
        return f"it is too large (more than {MAX_MEGAPIXELS} megapixels)"
    says_so = any(word in str(error).lower() for word in _CUT_OFF_WORDS)
    return _CUT_OFF if says_so or ends_early(file, photo_format) else _DAMAGED


def ends_early(file: BinaryIO, photo_format: PhotoFormat) -> bool:
    """Whether the file is shorter than it says, or lacks what every file of its format ends with."""
    try:
        size = file.seek(0, 2)
        if photo_format in _LAST_BYTES:
            file.seek(max(0, size - _TAIL_BYTES))
            return _LAST_BYTES[photo_format] not in file.read()
        file.seek(0)
        if photo_format is PhotoFormat.WEBP:
            (length,) = struct.unpack("<4xI", file.read(8))
            return bool(length + 8 > size)
        if photo_format is PhotoFormat.TIFF:
            order = "<" if file.read(2) == b"II" else ">"
            number, directory = struct.unpack(f"{order}HI", file.read(6))
            return bool(number == 42 and directory + 2 > size)
        if photo_format in {PhotoFormat.AVIF, PhotoFormat.HEIF}:
            return _last_box_ends(file, size) > size
    except (OSError, ValueError, struct.error):
        return True
    return False


def _last_box_ends(file: BinaryIO, size: int) -> int:
    """Where the last box of an ISO base media file (ISO/IEC 14496-12) says that it ends."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        length = struct.unpack(">I4x", file.read(8))[0]
        if length == 1:  # the true length follows, in 64 bits
            length = struct.unpack(">Q", file.read(8))[0]
        if length < 8:  # 0: up to the end of the file
            return size
        end += length
    return end

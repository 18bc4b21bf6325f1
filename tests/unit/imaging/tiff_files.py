"""A small TIFF writer, for the kinds of TIFF and DNG that Pillow cannot write."""

from __future__ import annotations

import struct
from collections.abc import Sequence

TiffTags = dict[int, tuple[str, Sequence[int]]]
"""``{tag: (struct code, values)}``; the codes "II" and "ii" stand for fractions, given as numerator, denominator..."""

_TYPE_CODES = {"B": 1, "s": 2, "H": 3, "I": 4, "II": 5, "ii": 10}
_OFFSET, _LENGTH, _SUB_DIRECTORY = 273, 279, 330


def tiff_bytes(tags: TiffTags, pixels: bytes, embedded: tuple[TiffTags, bytes] | None = None) -> bytes:
    """A little-endian TIFF file of one strip; ``embedded`` is another image, in a sub-directory as in DNG files."""
    body = b"II*\x00\x00\x00\x00\x00" + pixels
    tags = {**tags, _OFFSET: ("I", [8]), _LENGTH: ("I", [len(pixels)])}
    if embedded is not None:
        inner_tags, inner_pixels = embedded
        inner_tags = {**inner_tags, _OFFSET: ("I", [len(body)]), _LENGTH: ("I", [len(inner_pixels)])}
        body += inner_pixels
        tags[_SUB_DIRECTORY] = ("I", [len(body)])
        body += _directory(inner_tags, len(body))
    return body[:4] + struct.pack("<I", len(body)) + body[8:] + _directory(tags, len(body))


def _directory(tags: TiffTags, start: int) -> bytes:
    entries, values = b"", b""
    values_start = start + 2 + 12 * len(tags) + 4
    for tag, (code, numbers) in sorted(tags.items()):
        data = bytes(numbers) if code == "s" else struct.pack(f"<{len(numbers)}{code[0]}", *numbers)
        entries += struct.pack("<HHI", tag, _TYPE_CODES[code], len(numbers) // len(code))
        if len(data) <= 4:
            entries += data.ljust(4, b"\x00")
        else:
            entries += struct.pack("<I", values_start + len(values))
            values += data + b"\x00" * (len(data) % 2)
    return struct.pack("<H", len(tags)) + entries + b"\x00" * 4 + values

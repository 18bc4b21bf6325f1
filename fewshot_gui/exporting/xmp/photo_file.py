"""XMP inside photo files, without decoding a pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fewshot_gui.exporting.xmp import jpeg, png, tiff, webp
from fewshot_gui.exporting.xmp.tree import UnreadableXmpError
from fewshot_gui.imaging.formats import HEADER_BYTES, PhotoFormat, recognise

Change = Callable[[bytes | None], bytes | None]
"""Makes a new packet of the one there is, if any; ``None`` leaves the file as it is."""

MAX_FILE_BYTES = 1 << 29
"""Larger files are not taken into memory."""


class _Kind(NamedTuple):
    """How the packet of a kind of file is read and replaced."""

    read_packet: Callable[[bytes], bytes | None]
    replace_packet: Callable[[bytes, bytes], bytes]


_KINDS = {
    PhotoFormat.JPEG: _Kind(jpeg.read_packet, jpeg.replace_packet),
    PhotoFormat.PNG: _Kind(png.read_packet, png.replace_packet),
    PhotoFormat.WEBP: _Kind(webp.read_packet, webp.replace_packet),
    PhotoFormat.TIFF: _Kind(tiff.read_packet, tiff.replace_packet),
}


def can_hold_packet(header: bytes, suffix: str) -> bool:
    """Whether a file can take a packet without its picture being compressed anew.

    Args:
        header: Its first :data:`~fewshot_gui.imaging.formats.HEADER_BYTES`.
        suffix: Of its name; a camera raw, built like a TIFF file but not to be touched, shows by it.
    """
    return recognise(header[:HEADER_BYTES], suffix) in _KINDS


def with_changed_packet(data: bytes, suffix: str, change: Change) -> bytes:
    """The photo file ``data`` with its packet changed; everything else in it stays.

    Args:
        data: The whole file.
        suffix: Of its name.
        change: What is to be made of the packet.

    Raises:
        UnreadableXmpError: The file or its packet is damaged, or this kind of file can't take one.
    """
    kind = _KINDS.get(recognise(data[:HEADER_BYTES], suffix) or PhotoFormat.RAW)
    if kind is None:
        raise UnreadableXmpError("this kind of file takes no metadata without harm")
    packet = change(kind.read_packet(data))
    if packet is None:
        return data
    return kind.replace_packet(data, packet)

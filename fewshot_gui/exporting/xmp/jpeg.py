"""The XMP packet of a JPEG file (ISO 16684-3, section 4.2); the compressed picture is not touched."""

from __future__ import annotations

import struct
from typing import NamedTuple

from fewshot_gui.exporting.xmp.tree import UnreadableXmpError

_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_MOST = 65502  # by the standard
_APP0, _APP1, _APP2, _START_OF_SCAN, _END_OF_IMAGE = 0xE0, 0xE1, 0xE2, 0xDA, 0xD9


class _Segment(NamedTuple):
    """A stretch of the file before the picture; ``body`` is the offset behind marker and length."""

    marker: int
    start: int
    body: int
    end: int


def read_packet(data: bytes) -> bytes | None:
    """The packet inside a file, if there is one.

    Raises:
        UnreadableXmpError: The file is damaged before its picture.
    """
    found = _find(data, _segments(data))
    return data[found.body + len(_HEADER) : found.end] if found else None


def replace_packet(data: bytes, packet: bytes) -> bytes:
    """The file with ``packet`` in place of the one it has, or added. Every other byte stays.

    Raises:
        UnreadableXmpError: The packet is too long for a JPEG file, or the file counts on the place of what follows.
    """
    if len(packet) > _MOST:
        raise UnreadableXmpError("its metadata is too long for a JPEG file")
    segments = _segments(data)
    found = _find(data, segments)
    start, end = (found.start, found.end) if found else (_behind_exif(data, segments),) * 2
    if any(_is_picture_index(data, segment) and segment.start < start for segment in segments):
        raise UnreadableXmpError("it holds several pictures and an index of their places")
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(_HEADER) + len(packet)) + _HEADER + packet
    return data[:start] + segment + data[end:]


def _segments(data: bytes) -> list[_Segment]:
    segments: list[_Segment] = []
    position = 2
    while True:
        start = position
        while data[position : position + 2] == b"\xff\xff":  # padding
            position += 1
        head = data[position : position + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise UnreadableXmpError("it is damaged")
        if head[1] in {_START_OF_SCAN, _END_OF_IMAGE}:
            return segments
        (length,) = struct.unpack(">H", head[2:])
        body, position = position + 4, position + 2 + length
        if length < 2 or position > len(data):
            raise UnreadableXmpError("it is damaged")
        segments.append(_Segment(head[1], start, body, position))


def _find(data: bytes, segments: list[_Segment]) -> _Segment | None:
    return next((s for s in segments if s.marker == _APP1 and data.startswith(_HEADER, s.body, s.end)), None)


def _behind_exif(data: bytes, segments: list[_Segment]) -> int:
    """The end of the JFIF and Exif segments, which want to be first."""
    end = 2
    for segment in segments:
        is_exif = segment.marker == _APP1 and data.startswith(b"Exif\0", segment.body, segment.end)
        if segment.marker != _APP0 and not is_exif:
            break
        end = segment.end
    return end


def _is_picture_index(data: bytes, segment: _Segment) -> bool:
    """Whether this is the index of CIPA DC-007, whose offsets count from itself to pictures behind this one."""
    return segment.marker == _APP2 and data.startswith(b"MPF\0", segment.body, segment.end)

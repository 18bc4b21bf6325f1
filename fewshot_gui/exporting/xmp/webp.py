"""The XMP packet of a WebP file (RFC 9649, section 2.7); the picture's chunks are not touched."""

from __future__ import annotations

import struct
from typing import NamedTuple

from fewshot_gui.exporting.xmp.tree import UnreadableXmpError

_HEADER_BYTES = 12
_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10
_KIND = b"XMP "


class _Chunk(NamedTuple):
    """A part of the file; ``end`` includes the padding to an even length, ``stop`` does not."""

    kind: bytes
    start: int
    stop: int
    end: int

    def body(self, data: bytes) -> bytes:
        return data[self.start + 8 : self.stop]


def read_packet(data: bytes) -> bytes | None:
    """The packet inside a file, if there is one.

    Raises:
        UnreadableXmpError: The file is damaged.
    """
    return next((chunk.body(data) for chunk in _chunks(data) if chunk.kind == _KIND), None)


def replace_packet(data: bytes, packet: bytes) -> bytes:
    """The file with ``packet`` in place of the one it has, or added as the last chunk. The picture stays as it is.

    Raises:
        UnreadableXmpError: The file is damaged.
    """
    chunks = _chunks(data)
    parts = [_chunk(chunk.kind, chunk.body(data)) for chunk in chunks if chunk.kind != _KIND]
    parts[:1] = _extended(data, chunks[0])
    parts.append(_chunk(_KIND, packet))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body + data[chunks[-1].end :]


def _extended(data: bytes, first: _Chunk) -> list[bytes]:
    """The first chunk, preceded by the header of the extended format where the file has none; with the XMP flag."""
    if first.kind == b"VP8X":
        body = first.body(data)
        if len(body) < 10:
            raise UnreadableXmpError("it is damaged")
        return [_chunk(b"VP8X", bytes([body[0] | _XMP_FLAG]) + body[1:])]
    width, height, has_alpha = _facts(first.kind, first.body(data))
    flags = _XMP_FLAG | (_ALPHA_FLAG if has_alpha else 0)
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return [_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size), _chunk(first.kind, first.body(data))]


def _facts(kind: bytes, body: bytes) -> tuple[int, int, bool]:
    """Width, height and whether there is transparency, by the header of the compressed picture."""
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:  # RFC 6386, section 9.1
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF, False
    if kind == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:  # RFC 9649, section 3.4
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    raise UnreadableXmpError("it is damaged")


def _chunks(data: bytes) -> list[_Chunk]:
    end_of_file = 8 + int.from_bytes(data[4:8], "little")
    chunks: list[_Chunk] = []
    position = _HEADER_BYTES
    while position + 8 <= min(end_of_file, len(data)):
        kind, length = struct.unpack("<4sI", data[position : position + 8])
        stop = position + 8 + length
        end = stop + length % 2
        if stop > len(data):
            raise UnreadableXmpError("it is cut off")
        chunks.append(_Chunk(kind, position, stop, min(end, len(data))))
        position = end
    if not chunks:
        raise UnreadableXmpError("it is cut off")
    return chunks


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

"""The XMP packet of a PNG file (ISO 16684-3, section 4.6): an ``iTXt`` chunk; the picture's chunks are not touched."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from fewshot_gui.exporting.xmp.tree import MAX_BYTES, UnreadableXmpError

_KEYWORD = b"XML:com.adobe.xmp\0"
_SIGNATURE_BYTES = 8


class _Chunk(NamedTuple):
    """A part of the file; ``start`` and ``end`` include its length, name and checksum."""

    kind: bytes
    start: int
    end: int

    def body(self, data: bytes) -> bytes:
        return data[self.start + 8 : self.end - 4]


def read_packet(data: bytes) -> bytes | None:
    """The packet inside a file, if there is one.

    Raises:
        UnreadableXmpError: The file or the packet's chunk is damaged.
    """
    found = _find(data, _chunks(data))
    return _text(found.body(data)) if found else None


def replace_packet(data: bytes, packet: bytes) -> bytes:
    """The file with ``packet`` in place of the one it has, or added behind the header. Every other byte stays.

    Raises:
        UnreadableXmpError: The file is damaged.
    """
    chunks = _chunks(data)
    found = _find(data, chunks)
    start, end = (found.start, found.end) if found else (chunks[0].end,) * 2
    body = _KEYWORD + b"\0\0\0\0" + packet  # not compressed, no language, no translated keyword
    checksum = zlib.crc32(b"iTXt" + body)
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", checksum)
    return data[:start] + chunk + data[end:]


def _chunks(data: bytes) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    position = _SIGNATURE_BYTES
    while not chunks or chunks[-1].kind != b"IEND":
        head = data[position : position + 8]
        if len(head) < 8:
            raise UnreadableXmpError("it is cut off")
        length, kind = struct.unpack(">I4s", head)
        end = position + 12 + length
        if end > len(data):
            raise UnreadableXmpError("it is cut off")
        chunks.append(_Chunk(kind, position, end))
        position = end
    return chunks


def _find(data: bytes, chunks: list[_Chunk]) -> _Chunk | None:
    return next((c for c in chunks if c.kind == b"iTXt" and data.startswith(_KEYWORD, c.start + 8, c.end)), None)


def _text(body: bytes) -> bytes:
    rest = body[len(_KEYWORD) :]
    compressed = rest[:1] == b"\1"
    parts = rest[2:].split(b"\0", 2)  # language, translated keyword, text
    if len(parts) < 3:
        raise UnreadableXmpError("it is damaged")
    if not compressed:
        return parts[2]
    decoder = zlib.decompressobj()
    try:
        text = decoder.decompress(parts[2], MAX_BYTES)
    except zlib.error as error:
        raise UnreadableXmpError("it is damaged") from error
    if not decoder.eof:
        raise UnreadableXmpError("it is too long")
    return text

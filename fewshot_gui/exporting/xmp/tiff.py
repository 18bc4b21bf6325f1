"""The XMP packet of a TIFF file (ISO 16684-3, section 4.9): added at the end; nothing before is moved or changed.

Only the header is made to point at a longer copy of the first directory, which stands behind everything else and is
followed by the packet. A file that ends like this already loses that end first, so that it doesn't grow each time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from fewshot_gui.exporting.xmp.tree import UnreadableXmpError

_TAG, _BYTES = 700, 1


@dataclass(frozen=True)
class _Layout:
    """How a kind of TIFF file writes numbers: classic, or BigTIFF for more than 4 GB.

    Attributes:
        order: ``"<"`` or ``">"``.
        count: The format of the number of entries.
        word: The format of an offset.
        pointer: Where in the header the offset of the first directory stands.
    """

    order: str
    count: str
    word: str
    pointer: int

    @property
    def word_bytes(self) -> int:
        return struct.calcsize(self.word)

    @property
    def count_bytes(self) -> int:
        return struct.calcsize(self.count)

    @property
    def entry_bytes(self) -> int:
        return 4 + 2 * self.word_bytes

    def unpack(self, code: str, data: bytes, at: int) -> int:
        try:
            (value,) = struct.unpack_from(self.order + code, data, at)
        except struct.error as error:
            raise UnreadableXmpError("it is cut off") from error
        return int(value)

    def pack(self, code: str, value: int) -> bytes:
        try:
            return struct.pack(self.order + code, value)
        except struct.error as error:
            raise UnreadableXmpError("it would grow larger than a TIFF file can be") from error


@dataclass(frozen=True)
class _Directory:
    """The list of facts about the first picture: where it is, its entries, and where the next picture's list is."""

    start: int
    end: int
    entries: tuple[bytes, ...]
    following: bytes


def read_packet(data: bytes) -> bytes | None:
    """The packet inside a file, if there is one.

    Raises:
        UnreadableXmpError: The file is damaged.
    """
    layout = _layout(data)
    place = _packet_place(layout, _directory(layout, data))
    if place is None:
        return None
    start, end = place
    if end > len(data):
        raise UnreadableXmpError("it is cut off")
    return data[start:end]


def replace_packet(data: bytes, packet: bytes) -> bytes:
    """The file with ``packet`` in place of the one it has, or added. The pictures stay as they are.

    Args:
        data: The whole file.
        packet: Longer than 8 bytes, as all packets are: shorter values don't stand at a place of their own.

    Raises:
        UnreadableXmpError: The file is damaged or too large.
    """
    layout = _layout(data)
    directory = _directory(layout, data)
    if _packet_place(layout, directory) == (directory.end, len(data)):
        data = data[: directory.start]
    data += b"\0" * (len(data) % 2)  # directories begin at even places
    others = [entry for entry in directory.entries if layout.unpack("H", entry, 0) != _TAG]
    size = layout.count_bytes + (len(others) + 1) * layout.entry_bytes + layout.word_bytes
    ours = layout.pack("H", _TAG) + layout.pack("H", _BYTES) + layout.pack(layout.word, len(packet))
    ours += layout.pack(layout.word, len(data) + size)
    entries = sorted([*others, ours], key=lambda entry: layout.unpack("H", entry, 0))
    longer = layout.pack(layout.count, len(entries)) + b"".join(entries) + directory.following
    pointer = layout.pack(layout.word, len(data))
    header = data[: layout.pointer] + pointer + data[layout.pointer + layout.word_bytes :]
    return header + longer + packet


def _layout(data: bytes) -> _Layout:
    order = "<" if data[:2] == b"II" else ">"
    magic = int.from_bytes(data[2:4], "little" if order == "<" else "big")
    if magic == 42:
        return _Layout(order, "H", "I", 4)
    if magic == 43:
        return _Layout(order, "Q", "Q", 8)
    raise UnreadableXmpError("it is a rare kind of TIFF file")


def _directory(layout: _Layout, data: bytes) -> _Directory:
    start = layout.unpack(layout.word, data, layout.pointer)
    count = layout.unpack(layout.count, data, start)
    first = start + layout.count_bytes
    end_of_entries = first + count * layout.entry_bytes
    end = end_of_entries + layout.word_bytes
    if not count or end > len(data):
        raise UnreadableXmpError("it is cut off")
    entries = (data[at : at + layout.entry_bytes] for at in range(first, end_of_entries, layout.entry_bytes))
    return _Directory(start, end, tuple(entries), data[end_of_entries:end])


def _packet_place(layout: _Layout, directory: _Directory) -> tuple[int, int] | None:
    """From where to where the packet goes."""
    for entry in directory.entries:
        if layout.unpack("H", entry, 0) == _TAG:
            length = layout.unpack(layout.word, entry, 4)
            start = layout.unpack(layout.word, entry, 4 + layout.word_bytes)
            return start, start + length
    return None

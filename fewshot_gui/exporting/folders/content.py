"""What the copy of a photo holds, and whether a file that is there already is that copy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fewshot_gui.exporting.xmp.label import LabelMetadata, with_label
from fewshot_gui.exporting.xmp.photo_file import MAX_FILE_BYTES, can_hold_packet, with_changed_packet
from fewshot_gui.exporting.xmp.tree import UnreadableXmpError
from fewshot_gui.imaging.formats import HEADER_BYTES

_BLOCK_BYTES = 1 << 20


class Match(Enum):
    """How a file compares with the copy that is wanted."""

    SAME = "same"
    OTHER_LABEL = "other label"
    """The same photo, with another label or none inside."""
    DIFFERENT = "different"


@dataclass(frozen=True)
class CopyContent:
    """What the copy of a photo is to hold.

    Attributes:
        source: The original.
        metadata: The label to be put inside; ``None`` for a copy that is the same byte for byte.
    """

    source: Path
    metadata: LabelMetadata | None

    def with_metadata(self) -> bytes | None:
        """The bytes of the copy; ``None`` if it is the same as the original, also since it can't take the label.

        Raises:
            OSError: The original can't be read.
        """
        if self.metadata is None or not self._can_hold():
            return None
        return self._labelled(self.source)

    def compare(self, existing: Path) -> Match:
        """Compare a file with the wanted copy, by its whole content.

        Raises:
            OSError: One of the two can't be read.
        """
        wanted = self.with_metadata()
        if wanted is None:
            return Match.SAME if have_same_content(self.source, existing) else Match.DIFFERENT
        # A label adds some kilobytes: what differs by more is another photo, and need not be read.
        if abs(existing.stat().st_size - len(wanted)) > _BLOCK_BYTES:
            return Match.DIFFERENT
        if existing.read_bytes() == wanted:
            return Match.SAME
        # What another run has written differs only in the label: with this one in it, it would be the wanted copy.
        return Match.OTHER_LABEL if self._labelled(existing) == wanted else Match.DIFFERENT

    def _can_hold(self) -> bool:
        with self.source.open("rb") as file:
            header = file.read(HEADER_BYTES)
            size = file.seek(0, os.SEEK_END)
        return size <= MAX_FILE_BYTES and can_hold_packet(header, self.source.suffix)

    def _labelled(self, path: Path) -> bytes | None:
        try:
            return with_changed_packet(
                path.read_bytes(), self.source.suffix, lambda packet: with_label(packet, self.metadata)
            )
        except UnreadableXmpError:
            return None


def have_same_content(first: Path, second: Path) -> bool:
    """Whether two files hold the same bytes.

    Raises:
        OSError: One of the two can't be read.
    """
    if first.stat().st_size != second.stat().st_size:
        return False
    if first.samefile(second):
        return True
    with first.open("rb") as one, second.open("rb") as other:
        while True:
            block = one.read(_BLOCK_BYTES)
            if block != other.read(_BLOCK_BYTES):
                return False
            if not block:
                return True

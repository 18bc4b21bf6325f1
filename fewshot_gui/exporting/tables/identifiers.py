"""Identifiers of photos that are the same in every export."""

from __future__ import annotations

import uuid
from collections import Counter

from fewshot_gui.exporting.tables.plain_text import plain_text

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "photos.fewshot-gui.invalid")


class PhotoIdentifiers:
    """Gives every photo of one export a UUID that follows from its content, wherever the photo was moved to.

    Copies of the same photo are numbered in their order. A photo of unknown content is identified by its path.
    """

    def __init__(self) -> None:
        """Begin an export."""
        self._copies: Counter[str] = Counter()

    def next(self, fingerprint: str, relative_path: str) -> str:
        """The identifier of the next photo, 36 characters."""
        content = fingerprint or f"path:{plain_text(relative_path)}"
        self._copies[content] += 1
        copy = self._copies[content]
        return str(uuid.uuid5(_NAMESPACE, content if copy == 1 else f"{content}#{copy}"))

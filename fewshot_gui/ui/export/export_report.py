"""What came of an export, for the person; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExportReport:
    """What came of an export.

    Attributes:
        title: In a few words.
        sentence: What there is now.
        folder: Where; ``None`` if there is nothing to see in it.
        facts: (name, value) of what can be counted.
        notes: What the person should know, one sentence each.
    """

    title: str
    sentence: str
    folder: Path | None = None
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether the sentence says all."""
        return not (self.facts or self.notes)

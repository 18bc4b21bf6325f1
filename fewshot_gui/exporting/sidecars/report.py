"""What became of the sidecars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.exporting.tables.written import counted


@dataclass(frozen=True)
class LeftSidecar:
    """A sidecar that was left as it is.

    Attributes:
        photo: The photo.
        sidecar: Its sidecar, which need not exist.
        reason: Why, as a short clause.
    """

    photo: Path
    sidecar: Path
    reason: str


@dataclass(frozen=True)
class SidecarReport:
    """What became of the sidecars.

    Attributes:
        written: Those that were made or changed.
        removed: Those that said nothing any more and had been made by this program.
        unchanged: The number of photos whose sidecar says what it should already, or for which there is nothing to say.
        backups: The copies of sidecars of other programs, made before the first change.
        left: Those that could not be changed.
    """

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    unchanged: int
    backups: tuple[Path, ...]
    left: tuple[LeftSidecar, ...]

    def __str__(self) -> str:
        changed = counted(len(self.written) + len(self.removed), "sidecar", "sidecars")
        sentence = f"{changed} written or changed; nothing to do for {counted(self.unchanged, 'photo', 'photos')}"
        return f"{sentence}; {len(self.left):,} could not be changed." if self.left else f"{sentence}."

"""A project that was open before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class RecentProject:
    """What the start page shows of a project.

    Attributes:
        path: The project file.
        name: The project's name.
        opened: When it was last open.
        exists: Whether the file is still there.
    """

    path: Path
    name: str
    opened: datetime
    exists: bool = True

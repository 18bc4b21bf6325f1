"""Who is working on which photo, so that two never do the same one at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path


class Claims:
    """The photos that are being embedded at this moment. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[Path] = set()

    def take(self, path: Path) -> bool:
        """Whether the photo is the caller's now; ``False`` while another has it."""
        with self._lock:
            if path in self._taken:
                return False
            self._taken.add(path)
            return True

    def release(self, paths: Iterable[Path]) -> None:
        """These are done with, or given up. Those that nobody has are passed over."""
        with self._lock:
            self._taken.difference_update(paths)

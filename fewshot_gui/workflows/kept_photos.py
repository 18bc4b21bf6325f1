"""How much room the memory of photos that were read before takes, and emptying it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import EmbeddingCache


@dataclass(frozen=True)
class KeptPhotos:
    """What is kept of photos between runs, for all projects.

    Attributes:
        kept_bytes: Of embeddings.
        most_bytes: The most that they may take; beyond it those used longest ago go.
        disk_bytes: Of the files, which also hold where each photo was, and room that is free again.
        folder: Where the files are; ``None`` when nothing can be kept.
    """

    kept_bytes: int
    most_bytes: int
    disk_bytes: int
    folder: Path | None


def kept_photos(cache: EmbeddingCache) -> KeptPhotos:
    """Look how much there is at this moment; other programs may use the same cache."""
    path = cache.path
    on_disk = sum(_size(path.with_name(path.name + suffix)) for suffix in ("", "-wal", "-shm")) if path else 0
    return KeptPhotos(cache.size_bytes(), cache.max_bytes, on_disk, path.parent if path else None)


def forget_photos(cache: EmbeddingCache) -> KeptPhotos:
    """Empty the cache and say what is left: what has been read meanwhile.

    Raises:
        FewshotError: It could not be emptied.
    """
    before = cache.size_bytes()
    cache.clear()
    left = kept_photos(cache)
    if before and left.kept_bytes >= before:
        raise FewshotError(
            "What is kept of your photos could not be cleared, because another program uses it: "
            "close other windows of this program and try again."
        )
    return left


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

"""Every photo of a folder as an embedding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.imaging import scan_photos
from fewshot_gui.workflows.embedding import EmbeddedPhoto, EmbeddingStats, embed_photos
from fewshot_gui.workflows.embedding_source import EmbeddingSource


@dataclass(frozen=True, eq=False)
class EmbeddedFolder:
    """The photos of a folder in the order in which they lie there.

    Attributes:
        folder: What was scanned.
        paths: Every image file found, n of them.
        embeddings: float16 (n, d), which is how precise encoders are; NaN where a photo could not be read.
        fingerprints: Of the content of each, n; empty where a file could not be read at all.
        errors: Why, by row.
        skipped: Folders that could not be read, each as a sentence.
    """

    folder: Path
    paths: tuple[Path, ...]
    embeddings: NDArray[np.float16]
    fingerprints: tuple[str, ...]
    errors: dict[int, PhotoError]
    skipped: tuple[str, ...]

    @property
    def readable(self) -> NDArray[np.int64]:
        """The rows that have an embedding, ascending."""
        return np.array([row for row in range(len(self.paths)) if row not in self.errors], np.int64)

    def name(self, row: int) -> str:
        """How the photo is called in tables: its path below the folder, with forward slashes."""
        path = self.paths[row]
        return path.relative_to(self.folder).as_posix() if path != self.folder else path.name


def embed_folder(
    folder: Path,
    source: EmbeddingSource,
    progress: Progress,
    *,
    note: str,
    found: Sequence[Path] | None = None,
    stats: EmbeddingStats | None = None,
    on_rows: Callable[[Sequence[int], NDArray[np.float32]], None] | None = None,
) -> EmbeddedFolder:
    """Embed ``folder`` with all folders in it.

    Args:
        folder: A folder.
        source: The encoder.
        progress: Hears of every photo, with ``note``.
        note: What is being done, in a word.
        found: The photos in it that are wanted, perhaps none; without it the folder is scanned.
        stats: Added to, if given.
        on_rows: Called with rows and their embeddings, float32 (m, d), as they come. Activations among these are then
            not kept: they would take many times the memory.

    Raises:
        FewshotError: There are no photos in it, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    paths, skipped = find_photos(folder) if found is None else (tuple(found), ())
    kept = source.spec.dimension - (source.spec.activations if on_rows else 0)
    embeddings = np.full((len(paths), kept), np.nan, np.float16)
    fingerprints = [""] * len(paths)
    errors: dict[int, PhotoError] = {}
    done = 0
    for batch in embed_photos(paths, source, progress, stats=stats):
        for photo in batch:
            fingerprints[photo.index] = photo.fingerprint or ""
            if photo.embedding is None:
                errors[photo.index] = PhotoError(photo.path, photo.error or "it is not readable")
            else:
                embeddings[photo.index] = photo.embedding[:kept]
        if on_rows:
            on_rows(*_matrix(batch))
        done += len(batch)
        progress.report(done, len(paths), note)
    return EmbeddedFolder(folder, paths, embeddings, tuple(fingerprints), dict(sorted(errors.items())), skipped)


def find_photos(folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The photos of a folder with all folders in it, and the folders that could not be read, each as a sentence.

    Raises:
        FewshotError: There are no photos.
    """
    skipped: list[str] = []
    paths = tuple(scan_photos(folder, on_problem=lambda path, why: skipped.append(skipped_sentence(path, why))))
    if not paths:
        remedy = skipped[0] if skipped else "choose a folder that holds image files."
        raise FewshotError(f"No photos were found in “{folder}”; {remedy}")
    return paths, tuple(skipped)


def _matrix(batch: Sequence[EmbeddedPhoto]) -> tuple[list[int], NDArray[np.float32]]:
    read = [(photo.index, photo.embedding) for photo in batch if photo.embedding is not None]
    return [index for index, _ in read], np.array([embedding for _, embedding in read], np.float32)


def skipped_sentence(path: Path, reason: str) -> str:
    """What is said of a folder or link that a scan passed over."""
    return f"“{path}” was skipped: {reason}."


def write_embeddings(embedded: EmbeddedFolder, path: Path) -> None:
    """Write ``paths`` (n,) text, ``embeddings`` float32 (n, d) and ``errors`` (n,) text, empty if none, to an .npz.

    Raises:
        FewshotError: The file cannot be written there.
    """
    n = len(embedded.paths)
    errors = [embedded.errors[row].reason if row in embedded.errors else "" for row in range(n)]
    try:
        with whole_file(path) as draft, draft.open("wb") as file:
            np.savez(
                file,
                paths=np.array([embedded.name(row) for row in range(n)]),
                embeddings=embedded.embeddings.astype(np.float32),
                errors=np.array(errors),
            )
    except OSError as error:
        reason = error.strerror or str(error)
        raise FewshotError(f"“{path}” could not be written ({reason}); choose another place.") from error

"""Data sets on disk, a folder per class, as the rows that episodes are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError, NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.learners import group_near_duplicates
from fewshot_gui.workflows.embed_folder import EmbeddedFolder, embed_folder
from fewshot_gui.workflows.embedding_source import EmbeddingSource

if TYPE_CHECKING:
    from fewshot_gui.metalearning.labelled_rows import LabelledRows

_FEWEST_PHOTOS, _FEWEST_CLASSES = 2, 2


@dataclass(frozen=True, eq=False)
class LabelledFolders:
    """The photos of data sets with their classes, embedded.

    Attributes:
        data: Readable photos; near-duplicates within a class are one group.
        paths: The photo of each row of ``data``.
        failures: Photos that could not be read.
        skipped: Folders that could not be read, each as a sentence.
        notes: What was left out for other reasons, each as a sentence.
    """

    data: LabelledRows
    paths: tuple[Path, ...]
    failures: tuple[PhotoError, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def read_labelled_folders(folders: Sequence[Path], source: EmbeddingSource, progress: Progress) -> LabelledFolders:
    """Embed the photos of one or more data sets.

    Every folder that photos lie in is a class, at whatever depth, and is called by its path below the data set's
    folder, such as "Greek/character05".

    Args:
        folders: A folder per data set.
        source: The encoder.
        progress: Hears of every photo; may cancel.

    Raises:
        NotEnoughExamplesError: A data set has fewer than two classes with two different photos.
        FewshotError: A data set has no photos, or the encoder cannot be used.
        Cancelled: The person cancelled.
    """
    from fewshot_gui.metalearning.labelled_rows import joined

    parts: list[LabelledRows] = []
    paths: list[Path] = []
    failures: list[PhotoError] = []
    skipped: list[str] = []
    notes: list[str] = []
    for folder, name in _named(folders):
        embedded = embed_folder(folder, source, progress, note=f"Reading {name}")
        failures += embedded.errors.values()
        skipped += embedded.skipped
        part, own_paths, left_out = _rows(embedded, name, source.spec)
        parts.append(part)
        paths += own_paths
        notes += left_out
    data = joined(parts) if len(parts) > 1 else parts[0]
    return LabelledFolders(data, tuple(paths), tuple(failures), tuple(skipped), tuple(notes))


def _named(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each different folder with a name of its own."""
    different = list(dict.fromkeys(folder.resolve() for folder in folders))
    if not different:
        raise FewshotError("No folder with classes was given; choose one.")
    names = [folder.name for folder in different]
    for folder in different:
        yield folder, folder.name if names.count(folder.name) == 1 else str(folder)


def _rows(embedded: EmbeddedFolder, name: str, spec: EncoderSpec) -> tuple[LabelledRows, list[Path], list[str]]:
    """The rows of one data set, their photos, and what was left out of it."""
    from fewshot_gui.metalearning.labelled_rows import LabelledRows

    kept: list[NDArray[np.int64]] = []
    groups: list[NDArray[np.int64]] = []
    class_names: list[str] = []
    notes: list[str] = []
    for class_name, rows in _rows_by_folder(embedded).items():
        if class_name == ".":
            notes.append(f"Photos of “{name}” that lie in no class folder were left out: {len(rows)}.")
            continue
        own = _groups(embedded.embeddings[rows], spec)
        if len(np.unique(own)) < _FEWEST_PHOTOS:
            notes.append(f"“{class_name}” in “{name}” was left out: it has fewer than two different photos.")
            continue
        groups.append(own + sum(len(before) for before in kept))
        kept.append(rows)
        class_names.append(class_name)
    if len(kept) < _FEWEST_CLASSES:
        raise NotEnoughExamplesError(
            f"“{embedded.folder}” needs at least two folders, one for each class, with two different photos in each; "
            f"it has {len(kept)}; unpack zip files first."
        )
    chosen = np.concatenate(kept)
    data = LabelledRows(
        rows=embedded.embeddings[chosen],
        labels=np.repeat(np.arange(len(kept)), [len(rows) for rows in kept]),
        groups=np.concatenate(groups),
        class_names=tuple(class_names),
        sources=(name,) * len(kept),
    )
    return data, [embedded.paths[row] for row in chosen], notes


def _rows_by_folder(embedded: EmbeddedFolder) -> dict[str, NDArray[np.int64]]:
    """The readable rows by the folder that their photo lies in, "." for the data set's own."""
    rows: dict[str, list[int]] = {}
    for row in embedded.readable.tolist():
        place = embedded.paths[row].parent.relative_to(embedded.folder).as_posix()
        rows.setdefault(place, []).append(row)
    return {place: np.array(found, np.int64) for place, found in sorted(rows.items())}


def _groups(embeddings: NDArray[np.float16], spec: EncoderSpec) -> NDArray[np.int64]:
    """The group, 0..n-1, of each of the n photos of a class."""
    if spec.source == "pixels":
        # Drawings on white paper are all alike as pixels; only copies are the same photo.
        return np.unique(embeddings, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
    plain = embeddings[:, : spec.dimension - spec.activations].astype(np.float32)
    support = SupportSet(plain, np.zeros(len(plain), np.int64))
    return group_near_duplicates(support).groups

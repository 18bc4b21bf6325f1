"""What encoding has told of the open project's photos: their embeddings, and the content they are found again by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fewshot_gui.project.photo_edits import set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.project.records import PhotoRecord
from fewshot_gui.ui.photo_embedder import EmbeddedBatch
from fewshot_gui.workflows.embedding import EmbeddedPhoto
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings

_FINGERPRINTS_AT_ONCE = 200
"""Written to the project together: a transaction for each would be slow, all at the end would hold the window up."""


class KnownPhotos:
    """Grows while photos are embedded.

    Attributes:
        embeddings: Of the encoder in use.
        failures: Why a photo could not be read, by photo id.
        overwritten: Photos that turned out to have other content than before, until somebody takes note of them.
    """

    def __init__(self) -> None:
        self.embeddings = PhotoEmbeddings(1)
        self.failures: dict[int, str] = {}
        self.overwritten: list[int] = []
        self._fingerprints: dict[int, str] = {}
        self._sizes: dict[int, int | None] = {}

    def start_over(self, dimension: int) -> None:
        """Another encoder: embeddings have ``dimension`` values from now on, and there are none yet."""
        self.embeddings = PhotoEmbeddings(dimension)

    def without_embedding(self, photo_ids: Iterable[int]) -> list[int]:
        """Those of ``photo_ids`` that have no embedding yet."""
        return [photo_id for photo_id in photo_ids if photo_id not in self.embeddings]

    def take(
        self, batch: EmbeddedBatch, photos: Mapping[int, PhotoRecord]
    ) -> tuple[bool, list[tuple[int, str | None]]]:
        """Add what was embedded; photos that were read before are replaced if their content is another now.

        Args:
            batch: What the encoder says.
            photos: Those of the project, by id.

        Returns:
            Whether there are new embeddings, and (photo id, reason) of the unreadable; ``None`` for a reason that no
            longer holds.
        """
        ids: list[int] = []
        rows: list[int] = []
        readable = 0
        unreadable: list[tuple[int, str | None]] = []
        for photo_id, photo, size in zip(batch.photo_ids, batch.photos, batch.sizes, strict=True):
            row, readable = readable, readable + (photo.embedding is not None)
            if self._is_overwritten(photo_id, photo, photos):
                self.overwritten.append(photo_id)
                self.embeddings.retire([photo_id])
                if self.failures.pop(photo_id, None) is not None:
                    unreadable.append((photo_id, None))
            elif photo_id in self.embeddings:
                continue
            if photo.fingerprint is not None:
                self._fingerprints[photo_id] = photo.fingerprint
                self._sizes[photo_id] = size
            if photo.embedding is None:
                self.failures[photo_id] = photo.error or "it is not readable"
                unreadable.append((photo_id, self.failures[photo_id]))
            else:
                ids.append(photo_id)
                rows.append(row)
        if ids:
            # Nearly always all of them, as they stand.
            self.embeddings.append(ids, batch.embeddings if len(rows) == readable else batch.embeddings[rows])
        return bool(ids), unreadable

    def _is_overwritten(self, photo_id: int, photo: EmbeddedPhoto, photos: Mapping[int, PhotoRecord]) -> bool:
        """Whether a photo that was read before has other content now; one that is gone keeps what it had."""
        record = photos.get(photo_id)
        was_read = photo_id in self.embeddings or photo_id in self.failures
        if record is None or not was_read or photo.fingerprint is None:
            return False
        return self._fingerprints.get(photo_id, record.fingerprint) != photo.fingerprint

    def keep_some(self, project: Project) -> None:
        """Write the fingerprints to the project once there are enough for a transaction."""
        if len(self._fingerprints) >= _FINGERPRINTS_AT_ONCE:
            self.keep(project)

    def keep(self, project: Project) -> None:
        """Write the fingerprints that the project does not hold yet."""
        if not self._fingerprints:
            return
        set_fingerprints(project, self._fingerprints, self._sizes, at_once=False)
        self._fingerprints, self._sizes = {}, {}

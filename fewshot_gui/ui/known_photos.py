"""What encoding has told of the open project's photos: their embeddings, and the content they are found again by."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.project.photo_edits import set_fingerprints
from fewshot_gui.project.project import Project
from fewshot_gui.ui.photo_embedder import EmbeddedBatch
from fewshot_gui.workflows.photo_embeddings import PhotoEmbeddings

log = logging.getLogger(__name__)

_FINGERPRINTS_AT_ONCE = 200
"""Written to the project together: a transaction for each would be slow, all at the end would hold the window up."""


class KnownPhotos:
    """Grows while photos are embedded.

    Attributes:
        embeddings: Of the encoder in use.
        failures: Why a photo could not be read, by photo id.
    """

    def __init__(self) -> None:
        self.embeddings = PhotoEmbeddings(1)
        self.failures: dict[int, str] = {}
        self._fingerprints: dict[int, str] = {}
        self._sizes: dict[int, int | None] = {}

    def start_over(self, dimension: int) -> None:
        """Another encoder: embeddings have ``dimension`` values from now on, and there are none yet."""
        self.embeddings = PhotoEmbeddings(dimension)

    def without_embedding(self, photo_ids: Iterable[int]) -> list[int]:
        """Those of ``photo_ids`` that have no embedding yet."""
        return [photo_id for photo_id in photo_ids if photo_id not in self.embeddings]

    def take(self, batch: EmbeddedBatch) -> tuple[bool, list[tuple[int, str]]]:
        """Add what was embedded; returns whether there are new embeddings, and (photo id, reason) of the unreadable."""
        ids, embeddings, unreadable = [], [], []
        for photo_id, photo, size in zip(batch.photo_ids, batch.photos, batch.sizes, strict=True):
            if photo.fingerprint is not None:
                self._fingerprints[photo_id] = photo.fingerprint
                self._sizes[photo_id] = size
            if photo.embedding is None:
                unreadable.append((photo_id, photo.error or "it is not readable"))
            elif photo_id not in self.embeddings:
                ids.append(photo_id)
                embeddings.append(photo.embedding)
        self.failures.update(unreadable)
        if ids:
            self.embeddings.append(ids, np.stack(embeddings))
        return bool(ids), unreadable

    def keep_some(self, project: Project) -> None:
        """Write the fingerprints to the project once there are enough for a transaction."""
        if len(self._fingerprints) >= _FINGERPRINTS_AT_ONCE:
            self.keep(project)

    def keep(self, project: Project) -> None:
        """Write the fingerprints that the project does not hold yet."""
        if not self._fingerprints:
            return
        try:
            set_fingerprints(project, self._fingerprints, self._sizes)
        except FewshotError:
            log.exception("the fingerprints were not kept; moved photos will be found by name alone")
        self._fingerprints, self._sizes = {}, {}

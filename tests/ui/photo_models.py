"""Small photo models for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap
from shiboken6 import delete

from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.photo_row import ClassStyle

HAT, SHOES = 7, 3
"""Class ids that are not 0..n-1."""

STYLES = [ClassStyle(HAT, "Hat", 0, 1), ClassStyle(SHOES, "Shoes", 1, 2)]


def model_of(names: Sequence[str], times: Sequence[float] | None = None) -> PhotoModel:
    """A model of photos with the ids 10, 11, ... and two classes."""
    model = PhotoModel()
    model.set_classes(STYLES)
    ids = np.arange(10, 10 + len(names))
    model.append_photos(ids, [Path("/photos") / name for name in names], times)
    return model


def end(model: PhotoModel) -> None:
    """End a model at once, with its timers, instead of whenever Python comes to it."""
    delete(model)


def label(
    model: PhotoModel,
    ids: Sequence[int],
    labels: Sequence[int],
    confidences: Sequence[float],
    strangers: Sequence[int] = (),
    familiarity: float = 0.9,
) -> int:
    """Give machine labels; ``strangers`` are ids among ``ids``."""
    return model.set_predictions(
        ids, labels, confidences, [photo_id in strangers for photo_id in ids], [familiarity] * len(ids)
    )


def shown_ids(model: PhotoModel) -> list[int]:
    """The ids in the order of the rows."""
    return model.ids_of(slice(None))


class Pictures(QObject):
    """Stands in for the thumbnail store: everything asked for is remembered, and there or not as told."""

    ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Path] = []
        self.dropped: set[Path] = set()
        self.broken: set[Path] = set()
        self.picture: QPixmap | None = None

    def pixmap(self, path: Path, side: int) -> QPixmap | None:  # noqa: ARG002 - as the real one has it
        self.asked.append(path)
        return self.picture

    def is_broken(self, path: Path) -> bool:
        return path in self.broken

    def drop(self, paths: set[Path]) -> None:
        self.dropped |= paths

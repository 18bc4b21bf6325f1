"""Which part of a picture is seen, and how large: the arithmetic of zooming and moving, without a widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

LARGEST_SCALE = 8.0
"""Screen pixels per picture pixel at the largest zoom."""


class Viewport:
    """A view onto a picture.

    Zoom is relative to the fitted size and the centre to the picture's size, so a sharper version of the picture
    (:meth:`set_picture`) or another size of the view (:meth:`set_view`) leaves what is seen as it was.
    """

    def __init__(self) -> None:
        self._view = QSizeF(1, 1)
        self._picture = QSizeF(1, 1)
        self._ratio = 1.0
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)

    def set_view(self, view: QSize, ratio: float) -> None:
        """Take over the view's size in logical pixels and the screen pixels per logical pixel."""
        self._view, self._ratio = QSizeF(view).expandedTo(QSizeF(1, 1)), ratio
        self.pan(0, 0)

    def set_picture(self, size: QSize) -> None:
        """Take over the picture's size in its pixels."""
        self._picture = QSizeF(size).expandedTo(QSizeF(1, 1))
        self.pan(0, 0)

    @property
    def scale(self) -> float:
        """Screen pixels per picture pixel."""
        return self._fitted_scale() * self._zoom

    @property
    def fitted(self) -> bool:
        """Whether the whole picture is seen, as large as it can be."""
        return self._zoom == 1.0

    @property
    def movable(self) -> bool:
        """Whether part of the picture is outside the view."""
        return self._zoom > 1.001

    def target(self) -> QRectF:
        """Where the picture lies, in logical pixels of the view."""
        size = self._picture * (self.scale / self._ratio)
        middle = self._middle()
        corner = QPointF(middle.x() - self._centre.x() * size.width(), middle.y() - self._centre.y() * size.height())
        return QRectF(corner, size)

    def fit(self) -> None:
        """See the whole picture."""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)

    def show_actual(self, anchor: QPointF | None = None) -> None:
        """See one picture pixel on one screen pixel, with the point ``anchor`` of the view staying in place."""
        self.zoom_by(1.0 / self.scale, anchor)

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Make the picture ``factor`` times as large, with the point ``anchor`` of the view staying in place."""
        anchor = anchor or self._middle()
        before = self.target()
        actual = 1.0 / self._fitted_scale()
        self._zoom = min(max(self._zoom * factor, min(1.0, actual)), max(1.0, LARGEST_SCALE * actual))
        growth = self.target().width() / before.width()
        self._place(anchor - (anchor - before.topLeft()) * growth)

    def pan(self, across: float, down: float) -> None:
        """Look further right and further down by logical pixels, as far as the picture goes."""
        self._place(self.target().topLeft() - QPointF(across, down))

    def _fitted_scale(self) -> float:
        across = self._view.width() * self._ratio / self._picture.width()
        return min(across, self._view.height() * self._ratio / self._picture.height())

    def _middle(self) -> QPointF:
        return QPointF(self._view.width() / 2, self._view.height() / 2)

    def _place(self, corner: QPointF) -> None:
        target, middle = self.target(), self._middle()
        self._centre = QPointF(
            _kept_in((middle.x() - corner.x()) / target.width(), self._view.width() / target.width()),
            _kept_in((middle.y() - corner.y()) / target.height(), self._view.height() / target.height()),
        )


def _kept_in(centre: float, seen: float) -> float:
    """The nearest centre (0..1 of the picture) from which no ground shows; ``seen`` of the picture fits the view."""
    if seen >= 1:
        return 0.5
    return min(max(centre, seen / 2), 1 - seen / 2)

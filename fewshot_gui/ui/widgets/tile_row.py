"""Tiles in rows that break to the width, of which one is the tab stop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_4, Theme
from fewshot_gui.ui.widgets.class_card_state import ExampleState
from fewshot_gui.ui.widgets.strip_layout import MIN_COLUMNS, TILE_SIDE, Grid, Place, TileKind, places
from fewshot_gui.ui.widgets.tiles import AddTile, ExampleTile, MoreTile, Tile

_AnyTile = TypeVar("_AnyTile", bound=Tile)


class TileRow(QWidget):
    """Examples, "+7" and the place to add photos. Only the tiles in sight of the row exist.

    Signals:
        browse_requested: the person wants to choose photos to add.
        activated: an example to look at (its id).
        tiles_changed: other tiles are shown, or in another order.
    """

    browse_requested = Signal()
    activated = Signal(int)
    tiles_changed = Signal()

    def __init__(self, theme: Theme, thumbnails: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._examples: tuple[ExampleState, ...] = ()
        self._tiles: dict[int, ExampleTile] = {}
        self._shown: list[Tile] = []
        self._height = TILE_SIDE
        self._expanded = False
        self._inviting = False
        self._more = self._adopt(MoreTile(theme, self))
        self._add = self._adopt(AddTile(theme, self))
        self._stop: Tile = self._more
        self._more.clicked.connect(self._toggle_expanded)
        self._add.clicked.connect(self.browse_requested)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def shown(self) -> Sequence[Tile]:
        """The tiles in sight, in their order."""
        return self._shown

    @property
    def shown_ids(self) -> list[int]:
        """The examples in sight, in their order."""
        return [tile.example.id for tile in self._shown if isinstance(tile, ExampleTile)]

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return Grid.over(self.width()).columns

    def show_examples(self, class_name: str, examples: tuple[ExampleState, ...]) -> None:
        """Show ``examples`` in this order; tiles of those that stay are kept, with their focus."""
        self._add.show_class(class_name)
        if examples != self._examples:
            self._examples = examples
            self.arrange()

    def set_inviting(self, inviting: bool) -> None:
        """Say "Drop here" while something is dragged over the class."""
        if inviting != self._inviting:
            self._inviting = inviting
            self._add.set_inviting(inviting)
            self.arrange()

    def photo_ready(self, path: Path) -> None:
        """Draw the examples of this file anew."""
        for tile in self._tiles.values():
            if tile.example.path == path:
                tile.show_photo()

    def sizeHint(self) -> QSize:
        """As high as the rows at the present width."""
        return QSize(MIN_COLUMNS * (TILE_SIDE + SPACE_4) - SPACE_4, self._height)

    def minimumSizeHint(self) -> QSize:
        """The narrowest row."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def arrange(self) -> None:
        """Put every tile in its place; a focused tile that goes away hands its focus to the one in its place."""
        found = places(len(self._examples), self.width(), expanded=self._expanded, inviting=self._inviting)
        before, self._shown = self._shown, self._tiles_for(found)
        for place, tile in zip(found, self._shown, strict=True):
            tile.setGeometry(place.rect)
            tile.show()
        focused = next((at for at, tile in enumerate(before) if tile.hasFocus()), None)
        if focused is not None and before[focused] not in self._shown:
            self._shown[min(focused, len(self._shown) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._stop not in self._shown:
            self._move_stop(self._shown[0])
        self._put_away([tile for tile in before if tile not in self._shown])
        if before != self._shown:
            self.tiles_changed.emit()
        height = found[-1].rect.bottom() + 1
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def _tiles_for(self, found: Sequence[Place]) -> list[Tile]:
        shown = sum(place.kind is TileKind.EXAMPLE for place in found)
        tiles: list[Tile] = [self._example_tile(example) for example in self._examples[:shown]]
        if any(place.kind is TileKind.MORE for place in found):
            total = len(self._examples)
            self._more.show_count(total, total - shown, expanded=self._expanded)
            tiles.append(self._more)
        return [*tiles, self._add]

    def _example_tile(self, example: ExampleState) -> ExampleTile:
        tile = self._tiles.get(example.id)
        if tile is None or tile.example != example:
            tile = self._adopt(ExampleTile(self._theme, self._thumbnails, example, self))
            tile.opened.connect(self.activated)
            self._tiles[example.id] = tile
        return tile

    def _put_away(self, tiles: Sequence[Tile]) -> None:
        for tile in tiles:
            tile.hide()
            if isinstance(tile, ExampleTile):
                if self._tiles.get(tile.example.id) is tile:
                    del self._tiles[tile.example.id]
                tile.deleteLater()

    def _adopt(self, tile: _AnyTile) -> _AnyTile:
        tile.hide()
        tile.focused.connect(self.tile_focused)
        tile.left.connect(self.tile_left)
        return tile

    def _move_stop(self, tile: Tile) -> None:
        self._stop.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._stop = tile
        tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @Slot(object, object)
    def tile_focused(self, tile: Tile, reason: Qt.FocusReason) -> None:  # noqa: ARG002 - for those who inherit
        """Make the tile that has the focus the tab stop."""
        self._move_stop(tile)

    @Slot(object)
    def tile_left(self, reason: Qt.FocusReason) -> None:
        """A tile lost the focus; for those who inherit."""

    @Slot()
    def _toggle_expanded(self) -> None:
        self._expanded = not self._expanded
        self.arrange()

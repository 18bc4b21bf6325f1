"""How a photo of the grid is painted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.core.prediction import NONE_OF_THESE
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.photo_tile import PhotoTile
from fewshot_gui.ui.widgets.tile_layout import TileText
from fewshot_gui.ui.widgets.tile_pictures import TilePictures
from tests.ui.photo_models import HAT, SHOES, Pictures, end, label, model_of

WIDTH = 160


class Painted:
    """A tile on an image, with the places of its parts."""

    def __init__(self, tile: PhotoTile, model: PhotoModel, state: QStyle.StateFlag, ratio: float = 1.0) -> None:
        height = WIDTH + tile.caption_height()
        self.image = QImage(QSize(WIDTH, height) * ratio, QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(QColor(255, 0, 255))
        option = QStyleOptionViewItem()
        option.rect = QRect(0, 0, WIDTH, height)
        option.state = state
        painter = QPainter(self.image)
        tile.paint(painter, option, model.index(0))
        painter.end()
        self.layout = TileText(QApplication.font()).layout(WIDTH)

    def colours(self, place: QRect) -> dict[str, int]:
        found: dict[str, int] = {}
        for x in range(place.left(), place.right() + 1):
            for y in range(place.top(), place.bottom() + 1):
                name = self.image.pixelColor(x, y).name()
                found[name] = found.get(name, 0) + 1
        return found


class Stage:
    """A model of one photo and the delegate that paints it."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.theme = theme
        self.pictures = Pictures()
        self.model = model_of(["IMG_1.jpg"])
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.tile = PhotoTile(theme, self.pictures, self.parent)  # type: ignore[arg-type]  # a stand-in

    def paint(self, *states: QStyle.StateFlag, ratio: float = 1.0) -> Painted:
        state = QStyle.StateFlag.State_Enabled
        for one in states:
            state |= one
        return Painted(self.tile, self.model, state, ratio)


@pytest.fixture
def stage(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(Theme, "animates", property(lambda _theme: True))
    stage = Stage(theme, qtbot)
    yield stage
    end(stage.model)


@pytest.mark.parametrize("width", range(96, 420, 7))
def test_no_part_covers_another_and_all_are_inside(qapp: QApplication, width: int) -> None:
    text = TileText(QFont())
    layout = text.layout(width)
    tile = QRect(0, 0, width, width + text.caption_height)
    parts = [layout.picture, layout.label, layout.figure, layout.bar]
    for part in (*parts, layout.caption, layout.badge):
        assert tile.contains(part)
        assert part.width() > 0
    for one, other in combinations(parts, 2):
        assert not one.intersects(other), (one, other)
    assert layout.picture.contains(layout.badge)
    assert layout.picture.width() == layout.picture.height()


def test_the_chip_and_the_bar_have_the_class_colour(stage: Stage) -> None:
    label(stage.model, [10], [SHOES], [0.95])
    painted = stage.paint()
    solid = stage.theme.class_colour(1).name()
    bar = painted.colours(painted.layout.bar)
    assert 0.85 < bar[solid] / sum(bar.values()) < 0.97
    assert stage.theme.chip(1).ground.name() in painted.colours(painted.layout.label)


def test_a_doubtful_label_is_outlined_and_not_filled(stage: Stage) -> None:
    label(stage.model, [10], [SHOES], [0.4])
    painted = stage.paint()
    assert stage.theme.chip(1).ground.name() not in painted.colours(painted.layout.label)
    assert stage.theme.chip(1).text.name() in painted.colours(painted.layout.label)


@pytest.mark.parametrize("decided", [False, True])
def test_none_of_these_is_grey(stage: Stage, decided: bool) -> None:
    label(stage.model, [10], [SHOES], [0.9], strangers=[10], familiarity=0.5)
    if decided:
        stage.model.set_decisions([10], [NONE_OF_THESE])
    painted = stage.paint()
    assert stage.theme.chip(None).ground.name() in painted.colours(painted.layout.label)
    assert painted.colours(painted.layout.bar).keys() == {stage.theme.colour("panel").name()}
    assert len(painted.colours(painted.layout.note)) > 1


def test_a_person_s_decision_has_a_tick(stage: Stage) -> None:
    green = stage.theme.colour("decided").name()
    label(stage.model, [10], [SHOES], [0.9])
    before = stage.paint()
    assert green not in before.colours(before.layout.badge)
    stage.model.set_decisions([10], [HAT])
    painted = stage.paint()
    assert painted.colours(painted.layout.badge)[green] > 100
    assert stage.theme.chip(0).ground.name() in painted.colours(painted.layout.label)
    assert set(painted.colours(painted.layout.bar)) == {stage.theme.colour("panel").name()}, "no confidence in it"


def test_a_long_name_is_shortened_and_leaves_the_figure_alone(stage: Stage) -> None:
    label(stage.model, [10], [SHOES], [0.9])
    stage.model.set_classes([ClassStyle(SHOES, "W", 1)])
    short = stage.paint()
    stage.model.set_classes([ClassStyle(SHOES, "W" * 40, 1)])
    long = stage.paint()
    assert long.colours(long.layout.figure) == short.colours(short.layout.figure)
    beside = QRect(long.layout.label.topRight() + QPoint(1, 0), long.layout.figure.bottomLeft() - QPoint(1, 0))
    assert set(long.colours(beside)) <= {stage.theme.colour("panel").name()}


def test_selection_and_focus_can_be_seen(stage: Stage) -> None:
    accent = stage.theme.colour("accent").name()
    left_edge = QRect(0, 40, 2, 20)
    assert accent not in stage.paint().colours(left_edge)
    assert set(stage.paint(QStyle.StateFlag.State_Selected).colours(left_edge)) == {accent}
    plain, focused = stage.paint(), stage.paint(QStyle.StateFlag.State_HasFocus)
    assert plain.image.size() == focused.image.size()


def test_the_photo_fills_its_square_at_any_pixel_ratio(stage: Stage) -> None:
    wide = QPixmap(300, 100)
    wide.fill(QColor(0, 120, 0))
    stage.pictures.picture = wide
    for ratio in (1.0, 2.0):
        painted = stage.paint(ratio=ratio)
        inside = painted.layout.picture.adjusted(6, 6, -6, -6)
        corner = (inside.topLeft() * ratio, inside.bottomRight() * ratio)
        assert [painted.image.pixelColor(point).name() for point in corner] == ["#007800", "#007800"]


def test_an_unreadable_photo_says_so_and_is_not_asked_for(stage: Stage) -> None:
    warning = stage.theme.colour("warning").name()
    before = stage.paint()
    assert warning not in before.colours(before.layout.picture)
    stage.pictures.asked.clear()
    stage.pictures.broken.add(Path("/photos/IMG_1.jpg"))
    painted = stage.paint()
    assert warning in painted.colours(painted.layout.picture)
    assert painted.colours(painted.layout.caption) != before.colours(before.layout.caption)
    assert stage.pictures.asked == []


def test_a_changed_label_glows_once_and_briefly(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    edge = QRect(0, 40, 1, 20)
    label(stage.model, [10], [SHOES], [0.9])
    line = stage.paint().colours(edge)
    label(stage.model, [10], [HAT], [0.9])
    assert stage.paint().colours(edge) != line
    monkeypatch.setattr(time, "monotonic", lambda: now + 0.15)
    assert stage.paint().colours(edge) == line


def test_nothing_glows_where_motion_is_unwanted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Theme, "animates", property(lambda _theme: False))
    label(stage.model, [10], [SHOES], [0.9])
    line = stage.paint().colours(QRect(0, 40, 1, 20))
    label(stage.model, [10], [HAT], [0.9])
    assert stage.paint().colours(QRect(0, 40, 1, 20)) == line


def test_finished_pictures_are_kept_and_bounded(qapp: QApplication) -> None:
    pictures = TilePictures()
    thumbnail = QPixmap(200, 100)
    thumbnail.fill(QColor(1, 2, 3))
    first = pictures.picture(thumbnail, QSize(80, 80), 2.0)
    assert (first.size(), first.devicePixelRatio()) == (QSize(160, 160), 2.0)
    assert pictures.picture(thumbnail, QSize(80, 80), 2.0) is first
    for side in range(2000, 2010):
        pictures.picture(thumbnail, QSize(side, side), 1.0)
    assert pictures.picture(thumbnail, QSize(80, 80), 2.0) is not first

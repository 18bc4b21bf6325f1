"""Zooming and moving a picture."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.image_view import ImageView
from fewshot_gui.ui.widgets.viewport import LARGEST_SCALE, Viewport


@pytest.fixture
def viewport() -> Viewport:
    """A picture of 4000 by 3000 pixels in a view of 400 by 200."""
    viewport = Viewport()
    viewport.set_view(QSize(400, 200), 1.0)
    viewport.set_picture(QSize(4000, 3000))
    return viewport


def _under(viewport: Viewport, point: QPointF) -> tuple[float, float]:
    """The place of the picture, 0..1, that lies under a point of the view."""
    target = viewport.target()
    return (point.x() - target.x()) / target.width(), (point.y() - target.y()) / target.height()


def test_the_whole_picture_is_seen_at_first_in_the_middle(viewport: Viewport) -> None:
    target = viewport.target()
    assert target.height() == pytest.approx(200)
    assert target.center() == QPointF(200, 100)
    assert viewport.fitted
    assert not viewport.movable


def test_the_point_under_the_pointer_stays_when_zooming(viewport: Viewport) -> None:
    viewport.zoom_by(6)
    anchor = QPointF(120, 70)
    before = _under(viewport, anchor)
    viewport.zoom_by(1.7, anchor)
    assert _under(viewport, anchor) == pytest.approx(before)


def test_actual_size_is_one_screen_pixel_per_picture_pixel_on_any_screen(viewport: Viewport) -> None:
    for ratio in (1.0, 2.0):
        viewport.set_view(QSize(400, 200), ratio)
        viewport.show_actual()
        assert viewport.scale == pytest.approx(1.0)
        assert viewport.target().width() == pytest.approx(4000 / ratio)


def test_moving_ends_at_the_edges(viewport: Viewport) -> None:
    viewport.show_actual()
    viewport.pan(-1e6, 1e6)
    target = viewport.target()
    assert target.left() == pytest.approx(0)
    assert target.bottom() == pytest.approx(200)


def test_zoom_has_limits(viewport: Viewport) -> None:
    viewport.zoom_by(1e9)
    assert viewport.scale == pytest.approx(LARGEST_SCALE)
    viewport.zoom_by(1e-9)
    assert viewport.fitted
    assert viewport.target().center() == QPointF(200, 100)


def test_a_tiny_picture_can_be_seen_in_its_own_pixels() -> None:
    viewport = Viewport()
    viewport.set_view(QSize(400, 200), 1.0)
    viewport.set_picture(QSize(20, 10))
    viewport.show_actual()
    assert viewport.target().size().toSize() == QSize(20, 10)


def test_a_sharper_version_leaves_what_is_seen(viewport: Viewport) -> None:
    viewport.set_picture(QSize(400, 300))
    viewport.zoom_by(3, QPointF(50, 60))
    before = viewport.target()
    viewport.set_picture(QSize(4000, 3000))
    after = viewport.target()
    assert QRectF(before).toRect() == QRectF(after).toRect()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> ImageView:
    view = ImageView(theme)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    image = QImage(800, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    view.set_image(image)
    return view


def test_keys_zoom_and_move(view: ImageView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.viewport.target().height() == pytest.approx(250)
    before = view.viewport.target().y()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.viewport.target().y() < before
    qtbot.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.viewport.fitted
    qtbot.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert view.viewport.scale == pytest.approx(1.0)


def test_digits_and_arrows_without_use_here_go_on_to_the_window(view: ImageView, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Space):
        qtbot.keyClick(view, key)
        assert view.viewport.fitted
    assert not view.viewport.movable


def test_a_double_click_changes_between_fitted_and_own_pixels(view: ImageView, qtbot: QtBot) -> None:
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert view.viewport.scale == pytest.approx(1.0)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert view.viewport.fitted


def test_dragging_moves_the_picture_along(view: ImageView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    before = view.viewport.target().topLeft()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    qtbot.mouseMove(view, QPoint(230, 90))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(230, 90))
    assert view.viewport.target().topLeft() - before == QPointF(30, -10)


def test_the_wheel_zooms_where_the_pointer_is(view: ImageView) -> None:
    point = QPointF(150, 100)
    wheel = QWheelEvent(
        point,
        view.mapToGlobal(point),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    assert view.viewport.target().height() == pytest.approx(200 * 1.0015**120)


def test_a_picture_is_drawn_and_a_message_takes_its_place(view: ImageView, theme: Theme) -> None:
    assert view.grab().toImage().pixelColor(200, 100) == QColor("red")
    view.set_message("The file is cut off.")
    assert not view.has_image
    assert view.accessibleDescription() == "The file is cut off."
    assert view.grab().toImage().pixelColor(200, 30) == theme.colour("background")


def test_a_large_picture_is_averaged_when_drawn_small(qtbot: QtBot, theme: Theme) -> None:
    stripes = QImage(1600, 1600, QImage.Format.Format_RGB32)
    stripes.fill(QColor("white"))
    for x in range(0, 1600, 2):
        for y in range(1600):
            stripes.setPixel(x, y, 0xFF000000)
    view = ImageView(theme)
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.set_image(stripes)
    shown = view.grab().toImage()
    greys = {shown.pixelColor(x, 100).red() for x in range(40, 160)}
    assert min(greys) > 100
    assert max(greys) < 155

"""The grid of photos: geometry, keys, selection, drags, and keeping its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDrag, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.photo_grid import PhotoGrid
from tests.ui.photo_models import HAT, SHOES, Pictures, end, label, model_of, shown_ids

COLUMNS = 5
Key = Qt.Key
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def model(qapp: object) -> Iterator[PhotoModel]:
    """60 photos with the ids 10..69 in the order added."""
    model = model_of([f"IMG_{i}.jpg" for i in range(60)])
    model.set_sort(SortKey.ADDED)
    yield model
    end(model)


@pytest.fixture
def pictures(qapp: object) -> Pictures:
    return Pictures()


@pytest.fixture
def grid(qtbot: QtBot, theme: Theme, model: PhotoModel, pictures: Pictures) -> PhotoGrid:
    """Five columns, three to four lines in view."""
    grid = PhotoGrid(theme, pictures, model)  # type: ignore[arg-type]  # a stand-in
    qtbot.addWidget(grid)
    grid.resize(690, 560)
    with qtbot.waitExposed(grid):
        grid.show()
    assert grid.grid_geometry.columns == COLUMNS
    return grid


def center(grid: PhotoGrid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row, 0)).center()


def click(grid: PhotoGrid, row: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifiers, center(grid, row))


def press(grid: PhotoGrid, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(grid, key, modifiers)


def top_of(grid: PhotoGrid, photo_id: int) -> int:
    row = grid._photos.row_of(photo_id)
    assert row is not None
    return grid.visualRect(grid.model().index(row, 0)).top()


def test_arrow_keys_move_and_select(grid: PhotoGrid) -> None:
    assert grid.selected_ids == []
    press(grid, Key.Key_Right)
    assert (grid.current_id, grid.selected_ids) == (10, [10]), "the first key selects the first photo in view"
    for key, expected in (
        (Key.Key_Right, 11),
        (Key.Key_Down, 16),
        (Key.Key_Left, 15),
        (Key.Key_Left, 14),
        (Key.Key_Up, 14),
        (Key.Key_End, 69),
        (Key.Key_Home, 10),
    ):
        press(grid, key)
        assert (grid.current_id, grid.selected_ids) == (expected, [expected])


def test_shift_extends_in_reading_order_and_ctrl_toggles(grid: PhotoGrid) -> None:
    click(grid, 3)
    press(grid, Key.Key_Down, SHIFT)
    assert grid.selected_ids == list(range(13, 19))
    press(grid, Key.Key_Left, SHIFT)
    assert grid.selected_ids == list(range(13, 18))
    click(grid, 1, SHIFT)
    assert grid.selected_ids == [11, 12, 13]
    click(grid, 6, CTRL)
    click(grid, 2, CTRL)
    assert grid.selected_ids == [11, 13, 16]
    press(grid, Key.Key_Right, CTRL)
    assert grid.current_id == 13
    assert grid.selected_ids == [11, 13, 16], "Ctrl moves the focus alone"
    press(grid, Key.Key_A, CTRL)
    assert len(grid.selected_ids) == 60


def test_going_to_a_row_is_where_a_shift_selection_begins(grid: PhotoGrid) -> None:
    click(grid, 2)
    grid.go_to_row(6)
    press(grid, Key.Key_Right, SHIFT)
    assert grid.selected_ids == [16, 17]
    grid.go_to_row(60)
    grid.go_to_row(-1)
    assert grid.current_id == 17


def test_a_click_on_one_of_several_selected_leaves_that_one(grid: PhotoGrid) -> None:
    click(grid, 0)
    click(grid, 4, SHIFT)
    click(grid, 2)
    assert grid.selected_ids == [12]


def test_a_band_selects_what_it_touches(grid: PhotoGrid) -> None:
    viewport = grid.viewport()
    start = grid.visualRect(grid.model().index(0, 0)).bottomRight() + QPoint(6, 6)
    end = center(grid, 12)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(viewport, end)
    assert grid.selected_ids == [16, 17, 21, 22]
    QTest.mouseMove(viewport, center(grid, 6))
    assert grid.selected_ids == [16]
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, NONE, center(grid, 6))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, CTRL, start)
    QTest.mouseMove(viewport, center(grid, 1))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, CTRL, center(grid, 1))
    assert grid.selected_ids == [11, 16], "with Ctrl it adds"
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, NONE, start)
    assert grid.selected_ids == []


def test_the_selection_is_told_at_once_and_once(grid: PhotoGrid) -> None:
    told: list[tuple[list[int], int | None]] = []
    grid.selection_changed.connect(lambda ids, current: told.append((ids, current)))
    click(grid, 2)
    assert told[-1] == ([12], 12)
    press(grid, Key.Key_Right)
    assert told[-1] == ([13], 13)
    count = len(told)
    grid.go_to_row(3)
    assert len(told) == count


@pytest.mark.parametrize(
    ("key", "modifiers", "signal"),
    [
        (Key.Key_Return, NONE, "confirm_requested"),
        (Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "confirm_requested"),
        (Key.Key_Delete, NONE, "undecide_requested"),
        (Key.Key_Backspace, NONE, "undecide_requested"),
        (Key.Key_F, NONE, "find_requested"),
        (Key.Key_F, CTRL, "find_requested"),
        (Key.Key_Space, NONE, "large_view_requested"),
    ],
)
def test_keys_that_do_something(
    qtbot: QtBot, grid: PhotoGrid, key: Qt.Key, modifiers: Qt.KeyboardModifier, signal: str
) -> None:
    click(grid, 2)
    with qtbot.waitSignal(getattr(grid, signal), timeout=0) as told:
        press(grid, key, modifiers)
    assert told.args == ([12] if signal == "large_view_requested" else [])
    assert grid.selected_ids == [12]


def test_digits_label(grid: PhotoGrid) -> None:
    digits: list[int] = []
    grid.label_key.connect(digits.append)
    for digit in range(10):
        press(grid, Key(Key.Key_0 + digit))
    press(grid, Key.Key_5, Qt.KeyboardModifier.KeypadModifier)
    press(grid, Key.Key_5, CTRL)
    press(grid, Key.Key_X)
    assert digits == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5]
    assert grid.selected_ids == []


def test_a_double_click_looks_closer(qtbot: QtBot, grid: PhotoGrid) -> None:
    click(grid, 4)
    with qtbot.waitSignal(grid.large_view_requested, timeout=0) as told:
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, NONE, center(grid, 4))
    assert told.args == [14]


def test_the_keyboard_scrolls_along(grid: PhotoGrid) -> None:
    grid.go_to_row(0)
    for _ in range(5):
        press(grid, Key.Key_Down)
    rect = grid.visualRect(grid.currentIndex())
    assert grid.viewport().rect().contains(rect)
    press(grid, Key.Key_PageUp)
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))
    index = grid.model().index(40, 0)
    grid.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
    assert grid.visualRect(index).top() == grid.grid_geometry.gap
    grid.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
    assert abs(grid.visualRect(index).center().y() - grid.viewport().height() // 2) <= 1


def test_the_first_visible_photo_stays_while_the_size_changes(grid: PhotoGrid) -> None:
    grid.scrollTo(grid.model().index(25, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    assert grid.visible_rows().start == 25
    before = grid.verticalOffset()
    for side in (*range(112, 200, 8), *range(200, 95, -8), 112):
        grid.set_tile_side(side)
        assert 25 in grid.visible_rows()
    assert grid.verticalOffset() == before, "going there and back leads to the same place"
    grid.resize(900, 560)
    assert 25 in grid.visible_rows()


def test_the_size_has_limits(grid: PhotoGrid) -> None:
    sides: list[int] = []
    grid.tile_side_changed.connect(sides.append)
    grid.set_tile_side(5)
    grid.set_tile_side(5000)
    assert sides == [96, 320]


def test_ctrl_and_the_wheel_change_the_size(grid: PhotoGrid) -> None:
    centre = grid.viewport().rect().center()
    event = QWheelEvent(
        centre.toPointF(),
        grid.viewport().mapToGlobal(centre).toPointF(),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CTRL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    grid.wheelEvent(event)
    assert grid.tile_side == 128
    assert grid.verticalOffset() == 0


def test_labels_move_nothing(grid: PhotoGrid, model: PhotoModel) -> None:
    grid.verticalScrollBar().setValue(333)
    grid.go_to_row(17)
    offset = grid.verticalOffset()
    label(model, list(range(10, 70)), [HAT] * 60, [0.5] * 60)
    label(model, list(range(10, 70)), [SHOES] * 60, [0.9] * 60)
    model.append_photos([80], ["/photos/new.jpg"])
    assert (grid.verticalOffset(), grid.selected_ids, grid.current_id) == (offset, [27], 27)


def test_a_new_order_keeps_selection_and_place(grid: PhotoGrid, model: PhotoModel) -> None:
    label(model, list(range(10, 70)), [HAT] * 60, [i / 100 for i in range(60)])
    model.set_sort(SortKey.LEAST_CERTAIN)
    click(grid, 10)
    click(grid, 13, CTRL)
    label(model, list(range(10, 40)), [HAT] * 30, [0.9] * 30)
    before = top_of(grid, 23)
    told: list[object] = []
    grid.selection_changed.connect(lambda *args: told.append(args))
    model.refresh_order()
    assert shown_ids(model)[:2] == [40, 41]
    assert set(grid.selected_ids) == {20, 23}
    assert grid.current_id == 23
    assert top_of(grid, 23) == before


def test_a_filter_keeps_the_selection_that_it_shows(grid: PhotoGrid, model: PhotoModel) -> None:
    label(model, [10, 11, 12], [HAT] * 3, [0.1] * 3)
    grid.selectAll()
    told: list[tuple[list[int], int | None]] = []
    grid.selection_changed.connect(lambda ids, current: told.append((ids, current)))
    model.set_filter(PhotoFilter(FilterKind.LOOK))
    assert told[-1][0] == [10, 11, 12]
    model.set_filter(PhotoFilter(FilterKind.ERRORS))
    assert told[-1] == ([], None)
    model.set_filter(PhotoFilter())
    assert grid.selected_ids == []


def test_removed_photos_leave_the_selection(grid: PhotoGrid, model: PhotoModel) -> None:
    click(grid, 2)
    click(grid, 5, SHIFT)
    model.remove_photos([13, 15])
    assert grid.selected_ids == [12, 14]
    assert grid.current_id is None


def test_a_drag_carries_ids_and_files(grid: PhotoGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[tuple[QMimeData, QPixmap, Qt.DropAction]] = []

    def hold(drag: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        mime = QMimeData()
        mime.setUrls(drag.mimeData().urls())
        mime.setData("ids", drag.mimeData().data("application/x-fewshot-photos"))
        carried.append((mime, drag.pixmap(), action))
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", hold)
    click(grid, 2)
    click(grid, 4, SHIFT)
    start = center(grid, 3)
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(grid.viewport(), start + QPoint(30, 30))
    (mime, picture, action), *_ = carried
    assert json.loads(bytes(mime.data("ids").data())) == [12, 13, 14]
    assert [Path(url.toLocalFile()).name for url in mime.urls()] == ["IMG_2.jpg", "IMG_3.jpg", "IMG_4.jpg"]
    assert not picture.isNull()
    assert action == Qt.DropAction.CopyAction, "originals are never moved"
    assert grid.selected_ids == [12, 13, 14]


def test_the_menu_belongs_to_what_is_selected(qtbot: QtBot, grid: PhotoGrid) -> None:
    place = QPoint(300, 200)
    by_mouse = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, center(grid, 4), place)
    with qtbot.assertNotEmitted(grid.context_menu_requested):
        grid.contextMenuEvent(by_mouse)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, NONE, center(grid, 4))
    assert grid.selected_ids == [14]
    with qtbot.waitSignal(grid.context_menu_requested, timeout=0) as told:
        grid.contextMenuEvent(by_mouse)
    assert told.args == [place]
    with qtbot.waitSignal(grid.context_menu_requested, timeout=0) as told:
        grid.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), place))
    assert told.args == [grid.viewport().mapToGlobal(center(grid, 4))]


def test_a_tile_glows_until_the_glow_is_over(
    qtbot: QtBot, grid: PhotoGrid, model: PhotoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "animates", property(lambda _theme: True))
    label(model, [10, 11, 69], [HAT] * 3, [0.9] * 3)
    assert not grid._glow_timer.isActive(), "a first label does not glow"
    label(model, [69], [SHOES], [0.9])
    assert not grid._glow_timer.isActive(), "nor does what is out of sight"
    label(model, [11], [SHOES], [0.9])
    assert grid._glow_timer.isActive()
    qtbot.waitUntil(lambda: not grid._glow_timer.isActive())


def test_a_screen_reader_hears_the_current_photo(
    grid: PhotoGrid, model: PhotoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    monkeypatch.setattr(grid, "hasFocus", lambda: True)
    label(model, [11], [HAT], [0.58])
    grid.go_to_row(1)
    assert said == ["IMG_1.jpg, Hat, 58\N{NO-BREAK SPACE}%, doubtful"]
    assert grid.accessibleDescription() == said[0]


def test_only_tiles_in_view_ask_for_thumbnails_and_the_passed_are_dropped(
    qtbot: QtBot, grid: PhotoGrid, pictures: Pictures
) -> None:
    grid.repaint()
    asked = {path.name for path in pictures.asked}
    assert asked == {f"IMG_{row}.jpg" for row in grid.visible_rows()}
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert {path.name for path in pictures.dropped} == asked - {f"IMG_{row}.jpg" for row in grid.visible_rows()}


def test_a_thumbnail_that_arrives_repaints_its_tile(qtbot: QtBot, grid: PhotoGrid, pictures: Pictures) -> None:
    grid.repaint()
    pictures.asked.clear()
    pictures.ready.emit(Path("/photos/IMG_7.jpg"))
    pictures.ready.emit(Path("/photos/IMG_55.jpg"))
    qtbot.waitUntil(lambda: bool(pictures.asked))
    assert Path("/photos/IMG_7.jpg") in pictures.asked
    assert Path("/photos/IMG_55.jpg") not in pictures.asked


def test_a_hundred_thousand_photos(qtbot: QtBot, theme: Theme, pictures: Pictures) -> None:
    count = 100_000
    model = model_of([f"{i}" for i in range(count)])
    grid = PhotoGrid(theme, pictures, model)  # type: ignore[arg-type]  # a stand-in
    qtbot.addWidget(grid)
    grid.resize(1300, 800)
    grid.show()
    index = model.index(77_777)
    grid.scrollTo(index)
    assert grid.indexAt(grid.visualRect(index).center()) == index
    assert len(grid.visible_rows()) < 120
    grid.selectAll()
    assert len(grid.selected_ids) == count
    press(grid, Key.Key_End)
    assert grid.current_id == count + 9
    assert len(pictures.asked) < 2000
    grid.selectionModel().select(model.index(5), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    model.set_sort(SortKey.NAME)
    assert grid.selected_ids == [15]

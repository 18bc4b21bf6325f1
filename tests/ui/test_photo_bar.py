"""The bar above the photos."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.models.photo_filter import FilterKind, PhotoCounts, PhotoFilter, SortKey
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.photo_bar import PhotoBar
from tests.ui.photo_models import HAT, SHOES, STYLES

COUNTS = PhotoCounts(all=12_480, look=1_214, none=61, decided=96, errors=0, per_class={HAT: 300, SHOES: 20})
TROUBLED = PhotoCounts(all=12_480, look=1_214, none=61, decided=96, errors=3, per_class={HAT: 300, SHOES: 20})


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> PhotoBar:
    bar = PhotoBar(theme)
    qtbot.addWidget(bar)
    bar.set_classes(STYLES, COUNTS)
    bar.show()
    return bar


def resize(qtbot: QtBot, bar: PhotoBar, width: int) -> None:
    bar.resize(width, bar.heightForWidth(width))
    qtbot.wait(0)
    bar.resize(width, bar.heightForWidth(width))


def controls(bar: PhotoBar) -> list[QWidget]:
    children = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [child for child in children if child.isVisible()]


def chosen_tabs(bar: PhotoBar) -> list[FilterKind]:
    return [kind for kind, tab in bar.filter_tabs.tabs.items() if tab.isChecked()]


@pytest.mark.parametrize("width", [400, 531, 690, 848, 1300, 2000])
def test_nothing_is_cut_off_or_covered(qtbot: QtBot, bar: PhotoBar, width: int) -> None:
    bar.set_title("Photos / a folder with quite a long name, as they happen to be")
    bar.set_classes([ClassStyle(HAT, "A class whose name has forty characters.", 0)], TROUBLED)
    bar.show_stale(True)
    resize(qtbot, bar, width)
    for control in controls(bar):
        assert bar.rect().contains(control.geometry()), control
        assert control.width() >= control.minimumSizeHint().width(), control
    for one, other in combinations(controls(bar), 2):
        assert not one.geometry().intersects(other.geometry()), (one, other)


def test_the_button_to_refresh_moves_nothing(qtbot: QtBot, bar: PhotoBar) -> None:
    for width in range(420, 1700, 40):
        bar.show_stale(False)
        resize(qtbot, bar, width)
        height = bar.heightForWidth(width)
        bar.show_stale(True)
        assert bar.heightForWidth(width) == height, width


def test_numbers_follow(bar: PhotoBar) -> None:
    texts = [tab.text() for tab in bar.filter_tabs.tabs.values() if tab.isVisible()]
    assert texts == ["All", "Doubtful 1,214", "None of these 61", "Decided 96"]
    bar.set_classes(STYLES, TROUBLED)
    assert bar.filter_tabs.tabs[FilterKind.ERRORS].isVisible()
    assert bar.filter_tabs.tabs[FilterKind.ERRORS].accessibleName() == "Could not be read 3"


def test_the_tab_of_unreadable_photos_has_a_short_form(qtbot: QtBot, bar: PhotoBar) -> None:
    bar.set_classes(STYLES, TROUBLED)
    errors = bar.filter_tabs.tabs[FilterKind.ERRORS]
    resize(qtbot, bar, 2000)
    assert errors.text() == "Could not be read 3"
    resize(qtbot, bar, 690)
    assert errors.text() == "3"
    assert not errors.icon().isNull()
    assert errors.accessibleName() == "Could not be read 3"


def test_tabs_choose_a_filter_and_keep_the_text(qtbot: QtBot, bar: PhotoBar) -> None:
    bar.search.setText("img")
    with qtbot.waitSignal(bar.filter_changed, timeout=0) as told:
        bar.filter_tabs.tabs[FilterKind.LOOK].click()
    assert told.args == [PhotoFilter(FilterKind.LOOK, None, "img")]
    assert chosen_tabs(bar) == [FilterKind.LOOK]
    with qtbot.assertNotEmitted(bar.filter_changed):
        bar.filter_tabs.tabs[FilterKind.LOOK].click()
    assert chosen_tabs(bar) == [FilterKind.LOOK], "a tab cannot be let out"


def test_a_class_is_chosen_instead_of_a_tab(qtbot: QtBot, bar: PhotoBar) -> None:
    box = bar.class_filter
    assert [box.itemText(i) for i in range(box.count())] == ["All classes", "Hat  300", "Shoes  20"]
    with qtbot.waitSignal(bar.filter_changed, timeout=0) as told:
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert told.args == [PhotoFilter(FilterKind.CLASS, HAT)]
    assert chosen_tabs(bar) == []
    bar.set_classes(STYLES, PhotoCounts(all=1, per_class={HAT: 1}))
    assert box.currentData() == HAT, "it stays chosen when the numbers change"
    bar.filter_tabs.tabs[FilterKind.ALL].click()
    assert box.currentData() is None


def test_showing_a_filter_tells_nobody(qtbot: QtBot, bar: PhotoBar) -> None:
    with qtbot.assertNotEmitted(bar.filter_changed):
        bar.show_filter(PhotoFilter(FilterKind.CLASS, SHOES, "img"))
    assert (bar.class_filter.currentData(), bar.search.text(), chosen_tabs(bar)) == (SHOES, "img", [])


def test_finding_and_leaving(qtbot: QtBot, bar: PhotoBar) -> None:
    told: list[str] = []
    bar.filter_changed.connect(lambda photo_filter: told.append(photo_filter.text))
    QTest.keyClicks(bar.search, "ab")
    assert told == ["a", "ab"]
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert told == ["a", "ab", ""]
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Down):
        with qtbot.waitSignal(bar.search_left, timeout=0):
            QTest.keyClick(bar.search, key)


def test_order_and_size(qtbot: QtBot, bar: PhotoBar) -> None:
    bar.show_sort(SortKey.NAME)
    with qtbot.waitSignal(bar.sort_changed, timeout=0) as told:
        QTest.keyClick(bar.sort, Qt.Key.Key_Down)
    assert told.args == [SortKey.NEWEST]
    with qtbot.waitSignal(bar.tile_side_changed, timeout=0) as told:
        bar.size_slider.setValue(200)
    assert told.args == [200]


def test_every_control_has_a_name_and_can_be_reached(bar: PhotoBar) -> None:
    bar.set_classes(STYLES, TROUBLED)
    bar.show_stale(True)
    for control in controls(bar):
        if control is bar.title:
            continue
        assert control.accessibleName() or control.property("text"), control
        assert control.toolTip(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control

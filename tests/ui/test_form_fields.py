"""Fields for numbers, folders and methods."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice
from fewshot_gui.ui.widgets.folder_list import FolderList
from fewshot_gui.ui.widgets.form_column import FormColumn
from fewshot_gui.ui.widgets.method_checks import MethodChecks
from fewshot_gui.ui.widgets.number_field import NumberField, NumbersField, RangeField
from tests.e2e.driving import drop, files


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1, 5", (1, 5)),
        (" 10;5  1 ", (1, 5, 10)),
        ("5,5", (5,)),
        ("", ()),
        ("one", ()),
        ("1, 0", ()),
        ("1, 101", ()),
        ("1.5", ()),
        ("-3", ()),
        ("²", ()),
        ("9" * 5000, ()),
        (", ".join(map(str, range(1, 20))), ()),
    ],
)
def test_only_numbers_that_make_sense_are_taken(qtbot: QtBot, text: str, numbers: tuple[int, ...]) -> None:
    field = NumbersField("Examples", 1, 100, (1,))
    qtbot.addWidget(field)
    field.setText(text)
    assert field.numbers == numbers


def test_the_ends_of_a_range_push_each_other(qtbot: QtBot) -> None:
    field = RangeField("Classes", 2, 50, (5, 10))
    qtbot.addWidget(field)
    low, high = field.findChildren(NumberField)
    low.setValue(20)
    assert field.values == (20, 20)
    high.setValue(7)
    assert field.values == (7, 7)
    field.set_values(9, 30)
    assert field.values == (9, 30)


def test_folders_come_by_drop_and_go_by_a_button(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    field = FolderList(theme, "Folders of classes.")
    qtbot.addWidget(field)
    first, second = tmp_path / "birds", tmp_path / "a" / "moths"
    for folder in (first, second):
        folder.mkdir(parents=True)
    (tmp_path / "one.jpg").touch()
    drop(field, files(first, tmp_path / "one.jpg", second, first), QPoint(5, 5))
    assert field.folders == (first, second)
    remove = next(one for one in field.findChildren(QToolButton) if "birds" in one.accessibleName())
    with qtbot.waitSignal(field.changed):
        remove.click()
    assert field.folders == (second,)


METHODS = (
    Choice("auto", "Auto", "Chooses.", group="By itself"),
    Choice("ridge", "Ridge", "Weighs.", group="Quick"),
    Choice("maml:x", "Birds", "Learned.", group="Quick", why_not="It was taught on another encoder."),
)


def test_ticked_methods_are_reported_in_the_order_of_the_list(qtbot: QtBot) -> None:
    checks = MethodChecks()
    qtbot.addWidget(checks)
    checks.set_choices(METHODS, ["ridge", "auto", "maml:x"])
    assert checks.checked == ("auto", "ridge"), "what cannot be used is not ticked"
    boxes = {box.text(): box for box in checks.findChildren(QCheckBox)}
    assert not boxes["Birds"].isEnabled()
    assert "another encoder" in boxes["Birds"].toolTip()
    with qtbot.waitSignal(checks.changed):
        boxes["Auto"].click()
    assert checks.checked == ("ridge",)


def test_what_is_ticked_stays_so_when_others_are_offered(qtbot: QtBot) -> None:
    checks = MethodChecks()
    qtbot.addWidget(checks)
    checks.set_choices(METHODS, ["auto"])
    next(box for box in checks.findChildren(QCheckBox) if box.text() == "Ridge").click()
    checks.set_choices((*METHODS, Choice("lda", "LDA", "Ignores.")), ["auto"])
    assert checks.checked == ("auto", "ridge")


def test_the_method_at_hand_is_explained(qtbot: QtBot) -> None:
    checks = MethodChecks()
    qtbot.addWidget(checks)
    checks.set_choices(METHODS, ["auto"])
    checks.show()
    box = next(box for box in checks.findChildren(QCheckBox) if box.text() == "Ridge")
    qtbot.waitExposed(checks)
    checks.activateWindow()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: checks.explained == "Weighs.")


def test_what_is_rarely_needed_is_behind_a_button(qtbot: QtBot, theme: Theme) -> None:
    column = FormColumn(theme)
    qtbot.addWidget(column)
    plain, rare = NumberField("Steps", 1, 9, 3), NumberField("Trials", 0, 9, 0)
    column.add_field("Steps", plain)
    column.begin_more()
    column.add_field("Trials", rare, "Hyper-parameter search.")
    column.end()
    column.show()
    assert plain.isVisible()
    assert not rare.isVisible()
    next(one for one in column.findChildren(QToolButton) if one.text() == "More").click()
    assert rare.isVisible()
    assert rare.accessibleDescription() == "Hyper-parameter search."

"""Labels and buttons that shorten their text."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.elided_button import ElidedButton
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

LONG_NAME = "A class with a very long name & more"


def test_a_label_shortens_and_recovers(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel(LONG_NAME)
    qtbot.addWidget(label)
    label.show()
    label.resize(label.sizeHint())
    assert label.text() == LONG_NAME
    assert label.toolTip() == ""
    label.resize(80, label.height())
    assert label.text().endswith("…")
    assert "long name &amp; more" in label.toolTip()
    assert label.accessibleName() == LONG_NAME
    label.resize(label.sizeHint())
    assert label.text() == LONG_NAME


def test_a_label_keeps_asking_for_its_full_width(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel(LONG_NAME)
    qtbot.addWidget(label)
    label.show()
    wanted = label.sizeHint()
    label.resize(60, label.height())
    assert label.sizeHint() == wanted
    assert label.minimumSizeHint().width() < wanted.width()


def test_names_are_never_read_as_markup(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel("<b>bold</b>.jpg")
    qtbot.addWidget(label)
    label.show()
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance("<b>bold</b>.jpg")
    label.set_full_text("a.jpg", hint="<img src=x>")
    assert "&lt;img" in label.toolTip()


def test_a_button_shortens_only_the_name(qtbot: QtBot, theme: Theme) -> None:
    button = ElidedButton()
    qtbot.addWidget(button)
    button.set_parts("Confirm ", LONG_NAME, " ⏎")
    button.show()
    button.resize(button.sizeHint())
    assert button.text() == f"Confirm {LONG_NAME} ⏎".replace("&", "&&")
    wanted = button.sizeHint()
    button.resize(button.minimumSizeHint())
    assert button.text().startswith("Confirm A")
    assert button.text().endswith("… ⏎")
    assert button.sizeHint() == wanted
    assert "long name &amp; more" in button.toolTip()

"""A button of a dialog that Enter does not press."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from fewshot_gui.ui import wording


def quiet_button(text: str, tip: str) -> QPushButton:
    """A button that is pressed by a click, or by Space while it has the focus, and explained by ``tip``."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(wording.tooltip(tip))
    return button

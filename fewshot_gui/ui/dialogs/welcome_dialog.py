"""The welcome page once more, over whatever is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fewshot_gui.ui.theme import SPACE_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.welcome_page import WelcomePage


class WelcomeDialog(QDialog):
    """Closes as soon as the person begins something.

    Attributes:
        page: The page, with its signals.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("First steps")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = WelcomePage(theme)
        for beginning in (self.page.sample_requested, self.page.new_requested, self.page.open_requested):
            beginning.connect(self._begin)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_8, SPACE_8, SPACE_16, SPACE_16)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        self.resize(920, 640)

    @Slot()
    def _begin(self) -> None:
        self.accept()

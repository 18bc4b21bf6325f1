"""The learning lab: a window beside the main one, for those who want to look under the bonnet."""

from __future__ import annotations

import enum

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.evaluation_page import EvaluationPage
from fewshot_gui.ui.lab.points_page import PointsPage
from fewshot_gui.ui.lab.teaching_page import TeachingPage
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_16, Theme
from fewshot_gui.ui.widgets.tab_button import TabButton


class LabPage(enum.Enum):
    """The pages, with their titles and what they are for."""

    COMPARE = ("Compare methods", "See how well each method does on classes it has never seen (evaluation)")
    TEACH = (
        "Teach a starting point",
        "Let a method practise on many classes, so that new ones come easier (meta-training)",
    )
    POINTS = ("Starting points", "What has been taught or added, and where it comes from")


class LearningLab(QDialog):
    """Three pages behind three tabs. Closing it stops nothing: what runs is shown in the main window's task bar.

    Attributes:
        comparing, teaching, points: The pages.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.WindowCloseButtonHint | Qt.WindowType.WindowMaximizeButtonHint
        )
        self.setWindowTitle("Learning lab")
        self.comparing = EvaluationPage(theme)
        self.teaching = TeachingPage(theme)
        self.points = PointsPage(theme)
        self._pages = QStackedWidget(self)
        self._tabs = QButtonGroup(self)
        self._lay_out()
        self._tabs.idToggled.connect(self._turn)
        self.resize(1120, 720)
        self.setMinimumSize(760, 480)

    def show_page(self, page: LabPage) -> None:
        """Open the window at a page, or bring it to the front."""
        tab = self._tabs.button(list(LabPage).index(page))
        tab.setChecked(True)
        tab.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def page(self) -> LabPage:
        """The page in front."""
        return list(LabPage)[self._pages.currentIndex()]

    def _lay_out(self) -> None:
        bar = QFrame()
        bar.setProperty("role", "panel")
        row = QHBoxLayout(bar)
        row.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        row.setSpacing(SPACE_4)
        for number, (page, widget) in enumerate(
            zip(LabPage, (self.comparing, self.teaching, self.points), strict=True)
        ):
            title, tip = page.value
            tab = TabButton(title)
            tab.setChecked(number == 0)
            tab.setAutoDefault(False)
            tab.setToolTip(wording.tooltip(f"{tip}. Key: Alt+{number + 1}"))
            self._tabs.addButton(tab, number)
            QShortcut(QKeySequence(f"Alt+{number + 1}"), self).activated.connect(tab.click)
            row.addWidget(tab)
            self._pages.addWidget(widget)
        row.addStretch(1)
        line = QFrame()
        line.setProperty("role", "separator")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(line)
        layout.addWidget(self._pages, 1)

    @Slot(int, bool)
    def _turn(self, number: int, checked: bool) -> None:
        if checked:
            self._pages.setCurrentIndex(number)

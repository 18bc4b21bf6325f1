"""The export dialog: what can leave the program on the left, how on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.export.exportable import Exportable
from fewshot_gui.ui.theme import CLASSES_WIDTH, SPACE_8, SPACE_12, SPACE_16

_PAGE = Qt.ItemDataRole.UserRole


class ExportDialog(QDialog):
    """A list of what can be exported, and a page for each; what was filled in is there the next time.

    Signals:
        export_requested: the wish of the page in front.
    """

    export_requested = Signal(object)

    def __init__(self, pages: Sequence[ExportPage], there_is: Exportable, parent: QWidget | None = None) -> None:
        """Show ``pages`` in their groups; ``there_is`` says what there is to export."""
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._there_is = there_is
        self.list = QListWidget()
        self._stack = QStackedWidget()
        self._about = QLabel()
        self._why_not = QLabel()
        self.export = QPushButton()
        self._lay_out()
        self._fill(pages)  # last, because whatever moves to another parent is dressed by the style sheet once more
        self.list.currentItemChanged.connect(self._turn)
        self.export.clicked.connect(self._export)
        self.list.setCurrentRow(1)  # the first row is a heading
        self.resize(880, 620)

    @property
    def page(self) -> ExportPage:
        """The page in front."""
        page = self._stack.currentWidget()
        assert isinstance(page, ExportPage)
        return page

    @property
    def about(self) -> str:
        """What it says there is to export."""
        return self._about.text()

    @property
    def why_not(self) -> str:
        """Why the page in front cannot be exported; empty if it can."""
        return self._there_is.missing(self.page.needs) or self.page.why_not

    def show_page(self, title: str) -> None:
        """Bring the page of this title to the front."""
        for item in self.list.findItems(title, Qt.MatchFlag.MatchExactly):
            if item.data(_PAGE) is not None:
                self.list.setCurrentItem(item)

    def set_classes(self, classes: Sequence[str]) -> None:
        """Tell every page what the classes are called."""
        for number in range(self._stack.count()):
            page = self._stack.widget(number)
            assert isinstance(page, ExportPage)
            page.set_classes(classes)

    def set_exportable(self, there_is: Exportable) -> None:
        """Say what there is to export now."""
        self._there_is = there_is
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the list, so that arrows choose and Enter exports."""
        super().showEvent(event)
        self.list.setFocus()

    def _fill(self, pages: Sequence[ExportPage]) -> None:
        self.list.setAccessibleName("What to export")
        self.list.setProperty("role", "pages")
        self.list.setFixedWidth(CLASSES_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        group = ""
        for number, page in enumerate(pages):
            if page.group != group:
                group = page.group
                heading = QListWidgetItem(group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(heading)
            item = QListWidgetItem(page.title)
            item.setData(_PAGE, number)
            self.list.addItem(item)
            self._stack.addWidget(page)
            page.changed.connect(self._refresh)

    def _lay_out(self) -> None:
        frame = QFrame(self)
        frame.setProperty("role", "panel")
        middle = QHBoxLayout(frame)
        middle.setContentsMargins(SPACE_8, SPACE_8, 0, SPACE_12)
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame, 1)
        layout.addLayout(self._bar())

    def _bar(self) -> QHBoxLayout:
        for label, role in ((self._about, "dim"), (self._why_not, "warning")):
            label.setProperty("role", role)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.addWidget(self._about)
        words.addWidget(self._why_not)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self.export.setProperty("role", "primary")
        self.export.setDefault(True)
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        bar.setSpacing(SPACE_8)
        bar.addLayout(words, 1)
        bar.addWidget(close)
        bar.addWidget(self.export)
        return bar

    @Slot()
    def _turn(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(_PAGE) is not None:
            self._stack.setCurrentIndex(int(item.data(_PAGE)))
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        why_not = self.why_not
        self._about.setText(str(self._there_is))
        self._why_not.setText(why_not)
        self._why_not.setVisible(bool(why_not))
        self.export.setText(wording.button_text(self.page.action))
        self.export.setEnabled(not why_not)

    @Slot()
    def _export(self) -> None:
        self.export_requested.emit(self.page.wish)

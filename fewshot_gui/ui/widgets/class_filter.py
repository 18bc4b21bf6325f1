"""Showing the photos of one class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.models.photo_filter import PhotoCounts
from fewshot_gui.ui.models.photo_row import ClassStyle
from fewshot_gui.ui.theme import SPACE_24, Theme

_LEAST = 104
_LETTERS = 8
_NAME_WIDTH = 220
"""Pixels for the name of a class in the list."""


class ClassFilter(QComboBox):
    """The classes with their numbers of photos.

    Signals:
        chosen: a class id, or ``None`` for all classes.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._styles: Sequence[ClassStyle] = ()
        self._counts = PhotoCounts()
        self.setAccessibleName("Show one class")
        self.setToolTip("Show only the photos of one class")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LETTERS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._activated)
        theme.changed.connect(self._fill)
        self._fill()

    def show_classes(self, styles: Sequence[ClassStyle], counts: PhotoCounts) -> None:
        """Show these classes; the chosen one stays chosen while it is there."""
        self._counts = counts
        if list(styles) != self._styles:
            self._styles = list(styles)
            self._fill()  # else not before the list opens: the numbers change many times a second

    def show_class(self, class_id: int | None) -> None:
        """Mark a class, or all."""
        self.setCurrentIndex(max(0, self.findData(class_id)))

    def minimumSizeHint(self) -> QSize:
        """Room for a short name; longer ones are shortened."""
        return QSize(min(_LEAST, self.sizeHint().width()), super().minimumSizeHint().height())

    def showPopup(self) -> None:
        """Open the list as wide as its longest entry, and up to date."""
        self._fill()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + SPACE_24)
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the photos."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the closed box with the name shortened to the room it has."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + SPACE_24 // 4
        name = self._name_of(self.currentData())
        option.currentText = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, field.width() - icon)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _name_of(self, class_id: int | None) -> str:
        return next((style.name for style in self._styles if style.id == class_id), "All classes")

    @Slot()
    def _fill(self) -> None:
        if self.view().isVisible():
            return  # what a person is choosing from must not change under the pointer
        chosen = self.currentData()
        self.clear()
        self.addItem("All classes", None)
        for style in self._styles:
            name = self.fontMetrics().elidedText(style.name, Qt.TextElideMode.ElideRight, _NAME_WIDTH)
            count = wording.count(self._counts.per_class.get(style.id, 0))
            self.addItem(_dot(self._theme, style.colour_index), f"{name}  {count}", style.id)
            self.setItemData(self.count() - 1, wording.tooltip(style.name), Qt.ItemDataRole.ToolTipRole)
        self.show_class(chosen)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen.emit(self.itemData(index))


def _dot(theme: Theme, colour_index: int) -> QIcon:
    """A spot in the colour of a class."""
    pixmap = QPixmap(QSize(SPACE_24, SPACE_24))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(colour_index))
    painter.drawEllipse(pixmap.rect().adjusted(2, 2, -2, -2))
    painter.end()
    return QIcon(pixmap)

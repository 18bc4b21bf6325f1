"""A drop-down list whose entries explain themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import FONT_11, FONT_12, RADIUS_6, SPACE_4, SPACE_8, SPACE_12, Theme
from fewshot_gui.ui.widgets.fonts import sized, strong

_POPUP_WIDTH = 460
_ICON_SIDE = 16
_TEXT_LEFT = SPACE_8 + _ICON_SIDE + SPACE_8
_ARROW_ROOM = 18
_WIDEST = 190
"""Pixels of text in the closed box; names of starting points may be longer."""
_MOST_VISIBLE = 30
"""Entries that the open list shows where the screen has room for them; then it scrolls."""


@dataclass(frozen=True)
class Choice:
    """An entry.

    Attributes:
        id: What is reported when it is chosen.
        title: One or two words.
        help: One sentence that says when to choose it.
        download_bytes: How much has to be downloaded first; ``None`` if it is there.
        group: The heading that it stands under, together with its neighbours of the same group; empty for none.
        why_not: Why it cannot be chosen, one sentence; empty if it can.
        is_command: It does something instead of being chosen, such as "Add…"; reached through the open list only.
    """

    id: str
    title: str
    help: str
    download_bytes: int | None = None
    group: str = ""
    why_not: str = ""
    is_command: bool = False

    @property
    def explanation(self) -> str:
        """What stands below the title."""
        return self.why_not or self.help


class ChoiceBox(QComboBox):
    """Reports what the person chose and keeps showing the old choice until it is told otherwise.

    Signals:
        chosen: the id of another choice than the present one.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._current = ""
        self._shown = ""
        self._list_was_open = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(_MOST_VISIBLE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(_ChoiceDelegate(theme, self))
        self.view().setMinimumWidth(_POPUP_WIDTH)
        self.activated.connect(self._activated)

    def set_choices(self, choices: Sequence[Choice], current_id: str, resolved_title: str = "") -> None:
        """Offer ``choices``.

        Args:
            choices: The entries in order.
            current_id: The one in use.
            resolved_title: What an automatic choice came down to; shown behind its title, as in "Auto · Ridge".
        """
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self.clear()
            for choice in choices:
                self.addItem(choice.title, choice)
            self._disable_what_cannot_be_chosen()
        self._current = current_id
        self._select_current()
        title = self.currentText()
        self._shown = f"{title} · {resolved_title}" if resolved_title and resolved_title != title else title
        self.updateGeometry()
        self.update()

    @property
    def is_shortened(self) -> bool:
        """Whether the closed box has no room for all it says."""
        return self.fontMetrics().horizontalAdvance(self._shown) > _WIDEST

    def select(self, choice_id: str) -> None:
        """Show that another of the choices is in use."""
        self.set_choices(self._choices, choice_id)

    @property
    def shown_text(self) -> str:
        """What the closed box says."""
        return self._shown

    def sizeHint(self) -> QSize:
        """Room for what the closed box says, as long as nobody gave it a very long name."""
        self.ensurePolished()
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        metrics = self.fontMetrics()
        width = min(metrics.horizontalAdvance(self._shown), _WIDEST)
        content = QSize(width + _ARROW_ROOM, metrics.height())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, content, self)

    def minimumSizeHint(self) -> QSize:
        """The same: a choice in use is never cut off."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that come here and not to the list choose while it is closed."""
        self._list_was_open = False
        super().keyPressEvent(event)

    def showPopup(self) -> None:
        """Open the list."""
        self._list_was_open = True
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the window; nobody changes a method by scrolling."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt hands it in
        """Draw the closed box with what the choice came down to."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideRight, room.width())
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _disable_what_cannot_be_chosen(self) -> None:
        model = self.model()
        for row, choice in enumerate(self._choices):
            item = model.item(row) if isinstance(model, QStandardItemModel) else None
            if item is not None:
                item.setEnabled(not choice.why_not)
                item.setAccessibleText(", ".join(filter(None, (choice.title, choice.group))))
                item.setAccessibleDescription(choice.explanation)

    def _select_current(self) -> None:
        ids = [choice.id for choice in self._choices]
        self.setCurrentIndex(ids.index(self._current) if self._current in ids else -1)

    @Slot(int)
    def _activated(self, index: int) -> None:
        choice = self._choices[index]
        self._select_current()
        if choice.is_command and not self._list_was_open:
            self.showPopup()  # nobody means a command while turning through the choices
        elif choice.id != self._current:
            self.chosen.emit(choice.id)


class _ChoiceDelegate(QStyledItemDelegate):
    """Title, explanation below it, and what has to be downloaded; above the first of a group its heading."""

    def __init__(self, theme: Theme, box: ChoiceBox) -> None:
        super().__init__(box)
        self._theme = theme
        self._box = box

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the explanation needs."""
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        width = _POPUP_WIDTH - _TEXT_LEFT - SPACE_12
        wrapped = QFontMetrics(sized(option.font, FONT_12)).boundingRect(
            QRect(0, 0, width, 1000), Qt.TextFlag.TextWordWrap, choice.explanation
        )
        title = QFontMetrics(strong(option.font)).height()
        below = 2 + wrapped.height() if choice.explanation else 0
        heading = _heading_height(option.font) if _begins_group(index) else 0
        return QSize(_POPUP_WIDTH, heading + SPACE_8 + title + below + SPACE_8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one entry."""
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        area = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if _begins_group(index):
            self._paint_heading(painter, area, option.font, choice.group)
            area.setTop(area.top() + _heading_height(option.font))
        if option.state & QStyle.StateFlag.State_Selected and not choice.why_not:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent_soft"))
            painter.drawRoundedRect(area, RADIUS_6, RADIUS_6)
        top = area.top() + SPACE_8
        if index.row() == self._box.currentIndex():
            spot = QRect(area.left() + SPACE_8, top, _ICON_SIDE, _ICON_SIDE)
            self._theme.icon("check", "accent").paint(painter, spot)
        title_height = QFontMetrics(strong(option.font)).height()
        line = QRect(area.left() + _TEXT_LEFT, top, area.width() - _TEXT_LEFT - SPACE_12, title_height)
        if choice.download_bytes is not None:
            self._paint_download(painter, line, option.font, choice.download_bytes)
        painter.setFont(strong(option.font))
        painter.setPen(self._theme.colour("stranger" if choice.why_not else "text"))
        title = painter.fontMetrics().elidedText(choice.title, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        below = QRect(line.left(), line.bottom() + 3, line.width(), area.bottom() - line.bottom())
        painter.setFont(sized(option.font, FONT_12))
        painter.setPen(self._theme.colour("dim"))
        painter.drawText(below, Qt.TextFlag.TextWordWrap, choice.explanation)
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRect, font: QFont, heading: str) -> None:
        painter.setFont(strong(sized(font, FONT_11)))
        painter.setPen(self._theme.colour("dim"))
        line = area.adjusted(SPACE_8, 0, -SPACE_12, 0)
        line.setHeight(_heading_height(font) - SPACE_4)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, heading)

    def _paint_download(self, painter: QPainter, line: QRect, font: QFont, size: int) -> None:
        painter.setFont(sized(font, FONT_12))
        painter.setPen(self._theme.colour("dim"))
        text = wording.file_size(size)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        left = line.right() - painter.fontMetrics().horizontalAdvance(text) - SPACE_4 - _ICON_SIDE
        spot = QRect(QPoint(left, line.center().y() - _ICON_SIDE // 2), QSize(_ICON_SIDE, _ICON_SIDE))
        self._theme.icon("download", "dim").paint(painter, spot)


def _heading_height(font: QFont) -> int:
    return QFontMetrics(strong(sized(font, FONT_11))).height() + SPACE_12


def _begins_group(index: QModelIndex | QPersistentModelIndex) -> bool:
    choice: Choice = index.data(Qt.ItemDataRole.UserRole)
    before = index.sibling(index.row() - 1, index.column()).data(Qt.ItemDataRole.UserRole) if index.row() else None
    return bool(choice.group) and (not isinstance(before, Choice) or before.group != choice.group)

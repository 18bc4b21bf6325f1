"""Groups of controls on one line where they fit, on more lines where they don't; nothing is ever cut off."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


@dataclass(frozen=True, slots=True)
class _Entry:
    item: QLayoutItem
    group: int


class WrappingLayout(QLayout):
    """Controls in groups. Where they don't fit on one line, the second group begins a new one.

    A corner group stays at the end of the first line.

    The width that is left over parts the first two groups of a line, so the last group ends it at the right. A widget
    that can be narrower than it asks for is made narrower before a line is broken; one whose policy is expanding takes
    the width that is left over, up to its maximum.
    """

    def __init__(self, parent: QWidget, gap: int, line_gap: int) -> None:
        """Lay out the children of ``parent`` with these distances in pixels."""
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._entries: list[_Entry] = []
        self._group = 0
        self._corners: set[int] = set()
        self._gap = gap
        self._line_gap = line_gap

    def begin_group(self, *, corner: bool = False) -> None:
        """What is added from now on belongs to another group; a corner group is the last to be begun."""
        self._group += 1
        if corner:
            self._corners.add(self._group)

    def addItem(self, item: QLayoutItem) -> None:
        """Add a control to the group that was begun last."""
        self._entries.append(_Entry(item, self._group))

    def count(self) -> int:
        """How many widgets there are."""
        return len(self._entries)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The widget at a position, or ``None`` past the end."""
        return self._entries[index].item if 0 <= index < len(self._entries) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove the widget at a position."""
        return self._entries.pop(index).item if 0 <= index < len(self._entries) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more height than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """A narrow line breaks."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at a width."""
        margins = self.contentsMargins()
        lines = self._lines(width - margins.left() - margins.right())
        inner = sum(map(_height, lines)) + self._line_gap * max(0, len(lines) - 1)
        return inner + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """Everything on one line."""
        shown = self._shown()
        inner = QSize(self._width([entry.item.sizeHint().width() for entry in shown]), _height(shown))
        return inner.grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        """Room for the widest single control."""
        shown = self._shown()
        return QSize(max(map(_least, shown), default=0), _height(shown)).grownBy(self.contentsMargins())

    def setGeometry(self, rect: QRect) -> None:
        """Place everything."""
        super().setGeometry(rect)
        inner = rect.marginsRemoved(self.contentsMargins())
        top = inner.top()
        for line in self._lines(inner.width()):
            self._place(line, QRect(inner.left(), top, inner.width(), _height(line)))
            top += _height(line) + self._line_gap

    def _shown(self) -> list[_Entry]:
        return [entry for entry in self._entries if not entry.item.isEmpty()]

    def _width(self, widths: list[int]) -> int:
        return sum(widths) + self._gap * max(0, len(widths) - 1)

    def _lines(self, width: int) -> list[list[_Entry]]:
        shown = self._shown()
        if self._width([_least(entry) for entry in shown]) <= width:
            return [shown] if shown else []
        ahead = {0, *self._corners}
        first, others = ([entry for entry in shown if (entry.group in ahead) is is_first] for is_first in (True, False))
        return [*self._broken(first, width), *self._broken(others, width)]

    def _broken(self, entries: list[_Entry], width: int) -> list[list[_Entry]]:
        lines: list[list[_Entry]] = []
        for entry in entries:
            if lines and self._width([_least(other) for other in (*lines[-1], entry)]) <= width:
                lines[-1].append(entry)
            else:
                lines.append([entry])
        return lines

    def _place(self, line: list[_Entry], rect: QRect) -> None:
        widths = [min(_least(entry), rect.width()) for entry in line]
        spare = max(0, rect.width() - self._width(widths))
        for grown in ([entry.item.sizeHint().width() for entry in line], [_most(entry) for entry in line]):
            for i, width in enumerate(grown):
                extra = min(max(0, width - widths[i]), spare)
                widths[i] += extra
                spare -= extra
        left = rect.left()
        for i, entry in enumerate(line):
            if i and entry.group != line[i - 1].group:
                left, spare = left + spare, 0
            height = min(entry.item.sizeHint().height(), rect.height())
            entry.item.setGeometry(QRect(left, rect.top() + (rect.height() - height) // 2, widths[i], height))
            left += widths[i] + self._gap


def _least(entry: _Entry) -> int:
    return entry.item.minimumSize().width()


def _most(entry: _Entry) -> int:
    widget = entry.item.widget()
    expands = widget is not None and widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Expanding
    return entry.item.maximumSize().width() if expands else 0


def _height(line: list[_Entry]) -> int:
    return max((entry.item.sizeHint().height() for entry in line), default=0)

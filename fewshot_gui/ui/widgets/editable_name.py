"""A name that can be changed in its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from fewshot_gui.ui.theme import RADIUS_6, SPACE_4, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

FOCUS_MARGIN = SPACE_4
"""Room beside the letters for the focus ring; what stands below the name is set in by as much."""


class EditableName(QWidget):
    """A heading that turns into a field to type in when it is clicked, or by Enter or F2 while it has the focus.

    Signals:
        renamed: the person wants another name (without blanks at its ends, never empty, never the old one).
    """

    renamed = Signal(str)

    def __init__(self, theme: Theme, purpose: str, parent: QWidget | None = None) -> None:
        """``purpose`` says to a screen reader what is named, such as "Name of the project"."""
        super().__init__(parent)
        self._theme = theme
        self._purpose = purpose
        self._name = ""
        self._editor: _NameEditor | None = None
        self._label = ElidedLabel(least=180)
        self._label.setProperty("role", "heading")
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(FOCUS_MARGIN, 2, FOCUS_MARGIN, 2)
        self._row.addWidget(self._label)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show ``name``; what is being typed stays."""
        self._name = name
        self._label.set_full_text(name)
        self.setAccessibleName(f"{self._purpose}: {name}")

    def edit(self) -> None:
        """Let the person type a name."""
        if self._editor is None:
            self._editor = _NameEditor(self._name, self)
            self._editor.setAccessibleName(self._purpose)
            self._editor.ended.connect(self._end)
            self._row.replaceWidget(self._label, self._editor)
            self._label.hide()
            self._editor.show()
        self._editor.selectAll()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wait for the button to be let go."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Edit."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit by the keys that do so in file managers."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the focus ring."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_6, RADIUS_6)
            painter.end()

    @Slot(bool)
    def _end(self, commit: bool) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        text = editor.text().strip()
        if editor.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._row.replaceWidget(editor, self._label)
        self._label.show()
        editor.hide()
        editor.deleteLater()
        if commit and text and text != self._name:
            self.renamed.emit(text)


class _NameEditor(QLineEdit):
    """Ends once, by Enter or by leaving (commit), or by Escape (don't)."""

    ended = Signal(bool)

    def event(self, event: QEvent) -> bool:
        """Claim Escape before a shortcut of the window gets it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        event.setAccepted(event.key() == Qt.Key.Key_Escape)
        return event.isAccepted() or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End by Enter or Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.ended.emit(event.key() != Qt.Key.Key_Escape)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit when the person goes elsewhere; the field's own menu and another window don't count."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.ended.emit(True)

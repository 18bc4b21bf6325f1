"""The name of a class, which can be changed in its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedLayout, QWidget

from fewshot_gui.ui.widgets.elided_label import ElidedLabel


class ClassName(QWidget):
    """A bold line that turns into a field to type in.

    Signals:
        renamed: the person wants another name (without blanks at its ends, never empty, never the old one).
        editing_changed: typing began or ended.
        left_by_key: typing ended by a key, with a new name or not; the focus needs a new place.
    """

    renamed = Signal(str)
    editing_changed = Signal(bool)
    left_by_key = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._editor: _NameEditor | None = None
        self._label = ElidedLabel()
        self._label.setProperty("role", "strong")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def editing(self) -> bool:
        """Whether the person is typing a name."""
        return self._editor is not None

    def show_name(self, name: str) -> None:
        """Show ``name``; what is being typed stays."""
        self._name = name
        self._label.set_full_text(name)

    def edit(self) -> None:
        """Let the person type a name."""
        if self._editor is None:
            self._editor = _NameEditor(self._name, self)
            self._editor.ended.connect(self._end)
            self._stack.addWidget(self._editor)
            self._stack.setCurrentWidget(self._editor)
            self.editing_changed.emit(True)
        self._editor.selectAll()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit, as in a file manager."""
        event.accept()
        self.edit()

    @Slot(bool)
    def _end(self, commit: bool) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        text = editor.text().strip()
        if editor.hasFocus():
            self.left_by_key.emit()
        self._stack.removeWidget(editor)
        editor.hide()
        editor.deleteLater()
        self.editing_changed.emit(False)
        if commit and text and text != self._name:
            self.renamed.emit(text)


class _NameEditor(QLineEdit):
    """Ends once, by Enter or by leaving (commit), or by Escape (don't)."""

    ended = Signal(bool)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self.setAccessibleName("Name of the class")
        self.setAcceptDrops(False)

    def event(self, event: QEvent) -> bool:
        """Claim Escape before a shortcut of the window gets it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            if event.isAccepted():
                return True
        return super().event(event)

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

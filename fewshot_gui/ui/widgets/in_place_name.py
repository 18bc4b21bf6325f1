"""A name that turns into a field to type in: what class cards and the header share."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from fewshot_gui.ui.widgets.elided_label import ElidedLabel


class InPlaceName(QWidget):
    """Shows a name and lets the person type another in its place; when to begin is for the subclass to say.

    Signals:
        renamed: the person wants another name (without blanks at its ends, never empty, never the old one).
        editing_changed: typing began or ended.
        left_by_key: typing ended by a key, with a new name or not; the focus needs a new place.
    """

    renamed = Signal(str)
    editing_changed = Signal(bool)
    left_by_key = Signal()

    def __init__(self, label: ElidedLabel, purpose: str, parent: QWidget | None = None) -> None:
        """``label`` shows the name; ``purpose`` tells a screen reader what is named, as in "Name of the project"."""
        super().__init__(parent)
        self._purpose = purpose
        self._name = ""
        self._label = label
        self._editor: _NameEditor | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(label)
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
            self._editor.setAccessibleName(self._purpose)
            self._editor.ended.connect(self._end)
            self._row.replaceWidget(self._label, self._editor)
            self._label.hide()
            self._editor.show()
            self.editing_changed.emit(True)
        self._editor.selectAll()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(bool)
    def _end(self, commit: bool) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        text = editor.text().strip()
        if editor.hasFocus():
            self.left_by_key.emit()
        self._row.replaceWidget(editor, self._label)
        self._label.show()
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

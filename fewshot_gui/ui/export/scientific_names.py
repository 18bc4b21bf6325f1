"""Scientific names for classes that people call otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from fewshot_gui.ui.theme import CLASSES_WIDTH, SPACE_8
from fewshot_gui.ui.widgets.elided_label import ElidedLabel


class ScientificNames(QWidget):
    """A field for each class; what is left empty is the class's own name.

    Signals:
        edited: the names by class, after the person changed one.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, QLineEdit] = {}
        self._rows = QGridLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE_8)
        self._rows.setColumnStretch(1, 1)

    @property
    def names(self) -> dict[str, str]:
        """By class, those that were given."""
        given = {name: field.text().strip() for name, field in self._fields.items()}
        return {name: text for name, text in given.items() if text}

    def set_classes(self, classes: Sequence[str]) -> None:
        """Show a field for each; what was typed stays for classes that are still there."""
        if list(classes) == list(self._fields):
            return
        kept = self.names
        for widget in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._rows.removeWidget(widget)
            widget.deleteLater()
        self._fields = {}
        for row, name in enumerate(classes):
            label, field = ElidedLabel(name), QLineEdit(kept.get(name, ""))
            label.setMaximumWidth(CLASSES_WIDTH // 2)
            field.setPlaceholderText(name)
            field.setAccessibleName(f"Scientific name of {name}")
            field.textEdited.connect(self._tell)
            self._rows.addWidget(label, row, 0)
            self._rows.addWidget(field, row, 1)
            self._fields[name] = field
        for field in list(self._fields.values())[:1]:
            self.setFocusProxy(field)

    @Slot(object)
    def show_names(self, names: Mapping[str, str]) -> None:
        """Show what was typed elsewhere."""
        for name, field in self._fields.items():
            if field.text().strip() != names.get(name, ""):
                field.setText(names.get(name, ""))

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.names)

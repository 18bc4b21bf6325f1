"""Copies of the photos in a folder per class."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.folders import FIELDS, NamePattern
from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.export.wishes import CopiesWish
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.number_field import NumberField

_WORDS = (
    "Copies every labelled photo into a folder named after its class. The originals are never touched, nothing is "
    "overwritten, and what stopped half-way goes on where it was. You see what will happen before anything is written."
)
_OWN = "own"
_PATTERNS = (
    Choice("{label}/{name}", "Class, then file name", "Fox/IMG_0001.jpg"),
    Choice("{folder}/{label}/{name}", "Folder, class, file name", "Site 3/Fox/IMG_0001.jpg"),
    Choice("{label}/{date}_{name}", "Class, then date and file name", "Fox/2026-07-14_IMG_0001.jpg"),
    Choice(_OWN, "My own pattern", "Write it yourself, with the words in curly brackets."),
)
_EXAMPLES = {
    "label": "Fox",
    "name": "IMG_0001.jpg",
    "stem": "IMG_0001",
    "suffix": ".jpg",
    "folder": "Site 3",
    "confidence": "097",
    "number": "00042",
    "date": "2026-07-14",
    "fingerprint": "3f9a01c47be2",
    "project": "Foxes",
}
_KINDS = (
    Choice("copy", "Copies", "Independent files; they take as much room as the originals."),
    Choice(
        "link",
        "Hard links",
        "Second names of the same files: they take no room, on the same disk only. Whoever changes one in another "
        "program changes the original.",
    ),
)
_WORDS_IN_PATTERNS = f"Words: {' '.join(f'{{{name}}}' for name in FIELDS)}. A slash begins a folder."


class CopiesPage(ExportPage):
    """Options of the copies."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Copies in class folders", "Files", _WORDS, parent)
        self.action = "Choose a folder…"
        self._kind, self._pattern = _KINDS[0].id, _PATTERNS[0].id
        self.kinds, self.patterns = ChoiceBox(theme), ChoiceBox(theme)
        self.kinds.set_choices(_KINDS, self._kind)
        self.patterns.set_choices(_PATTERNS, self._pattern)
        self.add_field("Files", self.kinds)
        self.add_field("Names", self.patterns)
        self.own = QLineEdit(_PATTERNS[0].id)
        self.own.setAccessibleName("My own pattern")
        self.own.setAccessibleDescription(_WORDS_IN_PATTERNS)
        self.add_widget(self.own)
        self._words_in_patterns = self.add_text(_WORDS_IN_PATTERNS)
        self._example = self.add_text("")
        self.unsure = NumberField("Unsure below", 0, 100, 0)
        self.unsure.setSuffix(" %")
        self.unsure.setSpecialValueText("Never")
        self.add_field(
            "Into the folder “Unsure” below",
            self.unsure,
            "Photos with less confidence than this, to be looked at; those that you decided on are never unsure.",
        )
        self.with_none = self.add_check("Also photos that are none of these", "They go to a folder of their own.")
        self.with_keywords = self.add_check(
            "Write the label into each copy", "As a keyword that photo programs find (XMP); the picture stays the same."
        )
        self.end()
        self.kinds.chosen.connect(self._choose_kind)
        self.patterns.chosen.connect(self._choose_pattern)
        self.own.textChanged.connect(self._show_example)
        self._choose_kind(self._kind)
        self._choose_pattern(self._pattern)

    @property
    def wish(self) -> CopiesWish:
        """What the fields ask for."""
        return CopiesWish(
            pattern=self.own.text().strip() if self._pattern == _OWN else self._pattern,
            hard_links=self._kind == "link",
            unsure_below=self.unsure.value() / 100,
            with_none=self.with_none.isChecked(),
            with_keywords=self.with_keywords.isChecked() and self._kind == "copy",
        )

    @property
    def why_not(self) -> str:
        """What is wrong with the names."""
        try:
            NamePattern.parse(self.wish.pattern)
        except FewshotError as error:
            return str(error)
        return ""

    @Slot(str)
    def _choose_kind(self, kind: str) -> None:
        self._kind = kind
        self.kinds.select(kind)
        self.with_keywords.setEnabled(kind == "copy")  # a link is the original itself

    @Slot(str)
    def _choose_pattern(self, pattern: str) -> None:
        self._pattern = pattern
        self.patterns.select(pattern)
        self.own.setVisible(pattern == _OWN)
        self._words_in_patterns.setVisible(pattern == _OWN)
        self._show_example()

    @Slot()
    def _show_example(self) -> None:
        """Say what a copy would be called."""
        if not self.why_not:
            self._example.setText(f"Such as {NamePattern.parse(self.wish.pattern).fill(_EXAMPLES)}")
        self.changed.emit()

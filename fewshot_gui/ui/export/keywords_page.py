"""The labels as keywords beside the photos."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.exporting.sidecars import SidecarNaming
from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.export.exportable import Needs
from fewshot_gui.ui.export.wishes import KeywordsWish
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox

_WORDS = (
    "Writes each label as a keyword into a small .xmp file beside the photo, where photo programs such as Lightroom, "
    "digiKam and darktable find it. The photos themselves stay exactly as they are, and keywords that are there "
    "already are kept."
)
_NAMES = (
    Choice(
        SidecarNaming.AUTOMATIC,
        "As most programs look",
        "photo.xmp for camera raws, as Lightroom looks for it, and photo.jpg.xmp for all others.",
    ),
    Choice(SidecarNaming.WHOLE_NAME, "photo.jpg.xmp", "As digiKam and darktable call them; no two photos share one."),
    Choice(SidecarNaming.WITHOUT_SUFFIX, "photo.xmp", "As Adobe's programs and Capture One call them."),
)
_ACTIONS = (
    Choice("write", "Write keywords", "Labels that changed since the last time are replaced."),
    Choice("remove", "Remove keywords", "Take out what this program wrote before, and nothing else."),
)


class KeywordsPage(ExportPage):
    """Options of the keywords."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Keywords beside the photos", "Files", _WORDS, parent)
        self._names, self._do = _NAMES[0].id, _ACTIONS[0].id
        self.what, self.names = ChoiceBox(theme), ChoiceBox(theme)
        self.what.set_choices(_ACTIONS, self._do)
        self.names.set_choices(_NAMES, self._names)
        self.add_field("What to do", self.what)
        self.add_field("Names of the small files", self.names)
        self.only_decided = self.add_check(
            "Only labels that you have confirmed", "Leaves out what only the machine thinks."
        )
        self.end()
        self.what.chosen.connect(self._choose_what)
        self.names.chosen.connect(self._choose_names)
        self._choose_what(self._do)

    @property
    def wish(self) -> KeywordsWish:
        """What the fields ask for."""
        return KeywordsWish(
            naming=SidecarNaming(self._names),
            only_decided=self.only_decided.isChecked(),
            remove=self._do == "remove",
        )

    @Slot(str)
    def _choose_what(self, choice: str) -> None:
        self._do = choice
        self.what.select(choice)
        self.action = "Write keywords" if choice == "write" else "Remove keywords"
        self.needs = Needs.LABELS if choice == "write" else Needs.PHOTOS
        self.only_decided.setEnabled(choice == "write")
        self.changed.emit()

    @Slot(str)
    def _choose_names(self, choice: str) -> None:
        self._names = choice
        self.names.select(choice)

"""The labels as a table: a page for each format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, Slot
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from fewshot_gui.exporting.tables import CamtrapDetails, DarwinCoreDetails
from fewshot_gui.ui.export.export_page import ExportPage
from fewshot_gui.ui.export.scientific_names import ScientificNames
from fewshot_gui.ui.export.wishes import TableWish
from fewshot_gui.ui.theme import SPACE_8, Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.workflows.exporting_labels import SurveyDetails, TableKind

_TABLES, _ARCHIVES, _TRAINING = "Tables", "For biodiversity archives", "To train other programs"


@dataclass(frozen=True)
class _Format:
    kind: TableKind
    title: str
    group: str
    words: str


_FORMATS = (
    _Format(
        TableKind.EXCEL,
        "Excel workbook",
        _TABLES,
        "A workbook for Excel, LibreOffice and Numbers with one row for each photo: its label, how sure it is, the "
        "next best class, how familiar the photo looked, and who decided. Photos that could not be read have a row "
        "with the reason.",
    ),
    _Format(
        TableKind.CSV,
        "CSV table",
        _TABLES,
        "The same rows as plain text, for R, Python and every other program. Accents open right in Excel.",
    ),
    _Format(
        TableKind.JSON,
        "JSON",
        _TABLES,
        "The same rows for programs, together with the classes and what labelled them.",
    ),
    _Format(
        TableKind.COCO,
        "COCO annotations",
        _TRAINING,
        "One JSON file with images, categories and a label for each image, as many training programs read it.",
    ),
    _Format(
        TableKind.IMAGE_FOLDER,
        "Hugging Face image folder",
        _TRAINING,
        "A file metadata.csv in the folder of your photos, with which “datasets” loads photos and labels together. It "
        "is the only file that is added there.",
    ),
)

_EVIDENCE = (
    Choice("MachineObservation", "A camera by itself", "Such as a camera trap."),
    Choice("HumanObservation", "A person's observation", "Who saw the organism and took the photo."),
    Choice("PreservedSpecimen", "A specimen in a collection", "Such as a pinned insect or a herbarium sheet."),
    Choice("LivingSpecimen", "A living specimen", "In a zoo, an aquarium or a garden."),
    Choice("FossilSpecimen", "A fossil", "In a collection or where it was found."),
    Choice("MaterialSample", "A sample", "Such as water, soil or tissue."),
)
"""What a photo is evidence of, by its name in Darwin Core."""

_NAMES = "Scientific names"
_NAMES_TIP = "Of classes that you call otherwise; where it is left empty, the name of the class is taken for it."


class TablePage(ExportPage):
    """A format that asks nothing."""

    def __init__(self, chosen: _Format, parent: QWidget | None = None) -> None:
        super().__init__(chosen.title, chosen.group, chosen.words, parent)
        self._kind = chosen.kind
        if chosen.kind is TableKind.IMAGE_FOLDER:
            self.action = "Choose the folder…"
        self.end()

    @property
    def wish(self) -> TableWish:
        """This format."""
        return TableWish(self._kind)


class DarwinCorePage(ExportPage):
    """Darwin Core, which asks what the photos are evidence of."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "Darwin Core occurrences",
            _ARCHIVES,
            "One occurrence for each photo of an organism, as GBIF and museum databases take them. Empty photos, "
            "people and vehicles are left out.",
            parent,
        )
        self._evidence = _EVIDENCE[0].id
        self.evidence = ChoiceBox(theme)
        self.evidence.set_choices(_EVIDENCE, self._evidence)
        self.scientific_names = ScientificNames()
        self.add_field("What a photo is evidence of", self.evidence, "Darwin Core calls it the basis of record.")
        self.add_field(_NAMES, self.scientific_names, _NAMES_TIP)
        self.end()
        self.evidence.chosen.connect(self._choose_evidence)

    @property
    def wish(self) -> TableWish:
        """What the field asks for."""
        details = DarwinCoreDetails(self._evidence, scientific_names=self.scientific_names.names)
        return TableWish(TableKind.DARWIN_CORE, SurveyDetails(darwin_core=details))

    def set_classes(self, classes: Sequence[str]) -> None:
        """Ask for the scientific names of these."""
        self.scientific_names.set_classes(classes)

    @Slot(str)
    def _choose_evidence(self, choice: str) -> None:
        self._evidence = choice
        self.evidence.select(choice)


class CamtrapPage(ExportPage):
    """Camtrap DP, which asks who and where."""

    def __init__(self, person: str, parent: QWidget | None = None) -> None:
        """``person`` stands in the first field at first."""
        super().__init__(
            "Camtrap DP",
            _ARCHIVES,
            "A package for camera-trap archives such as GBIF, Agouti and Wildlife Insights (Camtrap DP 1.0.2): "
            "deployments, media and observations, with who or what named each animal and how sure it was. Each folder "
            "of photos counts as one deployment. Classes called empty, human or vehicle are told apart from animals.",
            parent,
        )
        self.contributor, self.survey = QLineEdit(person), QLineEdit()
        self.latitude, self.longitude = _degrees("Latitude", 90), _degrees("Longitude", 180)
        self.scientific_names = ScientificNames()
        self.add_field("Made by", self.contributor, "A person or an organisation.")
        self.add_field("Title of the survey", self.survey, "The name of the project if left empty.")
        self.add_field(
            "Where the cameras stood",
            _side_by_side(self.latitude, self.longitude),
            "Latitude and longitude in degrees, such as 48.2082 and 16.3738, for photos that do not tell themselves.",
        )
        self.add_field(_NAMES, self.scientific_names, _NAMES_TIP)
        self.end()
        for field in (self.contributor, self.latitude, self.longitude):
            field.textChanged.connect(self.changed)

    @property
    def wish(self) -> TableWish:
        """What the fields ask for."""
        details = CamtrapDetails(
            self.contributor.text().strip(),
            title=self.survey.text().strip(),
            position=self._position,
            scientific_names=self.scientific_names.names,
        )
        return TableWish(TableKind.CAMTRAP, SurveyDetails(camtrap=details))

    def set_classes(self, classes: Sequence[str]) -> None:
        """Ask for the scientific names of these."""
        self.scientific_names.set_classes(classes)

    @property
    def why_not(self) -> str:
        """What is missing or makes no sense."""
        if not self.contributor.text().strip():
            return "Say who makes the package."
        if bool(self.latitude.text()) != bool(self.longitude.text()):
            return "Give both latitude and longitude, or neither."
        if not (self.latitude.text() == "" or self.latitude.hasAcceptableInput()):
            return "The latitude is a number from −90 to 90."
        if not (self.longitude.text() == "" or self.longitude.hasAcceptableInput()):
            return "The longitude is a number from −180 to 180."
        return ""

    @property
    def _position(self) -> tuple[float, float] | None:
        if not (self.latitude.text() and self.longitude.text()) or self.why_not:
            return None
        return float(self.latitude.text()), float(self.longitude.text())


def table_pages(theme: Theme, person: str) -> list[ExportPage]:
    """A page for each format, in their groups; ``person`` is the name that stands in the forms at first."""
    pages: list[ExportPage] = [TablePage(chosen) for chosen in _FORMATS]
    first_training = next(place for place, page in enumerate(pages) if page.group == _TRAINING)
    camtrap, darwin_core = CamtrapPage(person), DarwinCorePage(theme)
    camtrap.scientific_names.edited.connect(darwin_core.scientific_names.show_names)
    darwin_core.scientific_names.edited.connect(camtrap.scientific_names.show_names)
    pages[first_training:first_training] = [camtrap, darwin_core]
    return pages


def _degrees(name: str, most: float) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    validator = QDoubleValidator(-most, most, 8, field)
    validator.setNotation(QDoubleValidator.Notation.StandardNotation)
    validator.setLocale(QLocale.c())  # a point on every computer, as coordinates are passed around
    field.setValidator(validator)
    return field


def _side_by_side(first: QWidget, second: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_8)
    row.addWidget(first)
    row.addWidget(QLabel(","))
    row.addWidget(second)
    row.addStretch(1)
    box.setFocusProxy(first)
    return box

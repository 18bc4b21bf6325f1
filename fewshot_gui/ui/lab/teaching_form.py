"""What shall be taught, on which photos, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.teaching_state import TeachingWish
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.folder_list import FolderList
from fewshot_gui.ui.widgets.form_column import FormColumn
from fewshot_gui.ui.widgets.number_field import NumberField, RangeField

_INTRODUCTION = (
    "Let a method practise on classes for which you have many photos. What it learns is a starting point: with it, "
    "new classes may need fewer examples. Some classes are set aside to see whether it helps."
)


class TeachingForm(QWidget):
    """The fields and the buttons below them.

    Signals:
        start_requested: a :class:`TeachingWish`.
        folder_requested: ask for another folder.
    """

    start_requested = Signal(object)
    folder_requested = Signal()

    def __init__(self, theme: Theme, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        """``buttons`` stand below the one that starts."""
        super().__init__(parent)
        self._method = self._encoder = ""
        self.folders = FolderList(theme, "Each folder holds one folder for each class; ten classes or more are best.")
        self.method_box, self.encoder_box = ChoiceBox(theme), ChoiceBox(theme)
        self.ways = RangeField("Classes per practice task", 2, 50, (5, 10))
        self.shots = RangeField("Examples per class", 1, 50, (1, 5))
        self.steps = NumberField("Steps", 1, 1_000_000, 2000)
        self.title = QLineEdit()
        self.licence = QLineEdit()
        self.augment = QCheckBox("Vary the photos meanwhile")
        self.adversarial = QCheckBox("Harden against disturbances")
        self.trials = NumberField("Settings to try first", 0, 200, 0)
        self.start = QPushButton("Start")
        self._why_not = QLabel()
        self._lay_out(theme, buttons)
        self.folders.add_requested.connect(self.folder_requested)
        self.folders.changed.connect(self._check)
        self.title.textChanged.connect(self._check)
        self.method_box.chosen.connect(self._choose_method)
        self.encoder_box.chosen.connect(self._choose_encoder)
        self.start.clicked.connect(self._start)
        self._check()

    def set_methods(self, choices: Sequence[Choice]) -> None:
        """Offer methods that can be taught; the first is chosen unless one is already."""
        ids = [choice.id for choice in choices]
        self._method = self._method if self._method in ids else next(iter(ids), "")
        self.method_box.set_choices(choices, self._method)
        self._check()

    def set_encoders(self, choices: Sequence[Choice]) -> None:
        """Offer what the method looks through; the first is chosen unless one is already."""
        ids = [choice.id for choice in choices]
        self._encoder = self._encoder if self._encoder in ids else next(iter(ids), "")
        self.encoder_box.set_choices(choices, self._encoder)
        self._check()

    def set_editable(self, editable: bool) -> None:
        """Whether another training can be set up now."""
        for field in (self.folders, self.method_box, self.encoder_box, self.ways, self.shots, self.steps, self.title):
            field.setEnabled(editable)
        for more in (self.licence, self.augment, self.adversarial, self.trials):
            more.setEnabled(editable)
        self.start.setVisible(editable)
        self._check()

    def show_wish(self, wish: TeachingWish) -> None:
        """Show what was asked for before."""
        self._choose_method(wish.method)
        self._choose_encoder(wish.encoder)
        self.ways.set_values(*wish.ways)
        self.shots.set_values(*wish.shots)
        self.steps.setValue(wish.steps)
        self.title.setText(wish.title)
        self.licence.setText(wish.licence)
        self.augment.setChecked(wish.augment)
        self.adversarial.setChecked(wish.adversarial)
        self.trials.setValue(wish.trials)
        self.folders.set_folders(wish.folders)

    @property
    def wish(self) -> TeachingWish:
        """What the form asks for."""
        return TeachingWish(
            folders=self.folders.folders,
            method=self._method,
            encoder=self._encoder,
            ways=self.ways.values,
            shots=self.shots.values,
            steps=self.steps.value(),
            title=self.title.text().strip(),
            licence=self.licence.text().strip(),
            augment=self.augment.isChecked(),
            adversarial=self.adversarial.isChecked(),
            trials=self.trials.value(),
        )

    def _lay_out(self, theme: Theme, buttons: Sequence[QPushButton]) -> None:
        form = FormColumn(theme)
        form.add_text(_INTRODUCTION)
        form.add_field("Folders of classes", self.folders)
        form.add_field("Method", self.method_box)
        form.add_field("Encoder", self.encoder_box, "What turns a photo into numbers before the method sees it.")
        form.add_field("Name of the starting point", self.title)
        form.add_field("Classes per practice task", self.ways, "Each task has a number between these (ways).")
        form.add_field("Examples per class", self.shots, "Each class has a number between these (shots).")
        form.add_field(
            "Steps", self.steps, "It ends earlier when nothing improves any more (updates of the outer loop)."
        )
        form.begin_more()
        form.add_field("Licence", self.licence, "Under which terms it may be passed on, such as CC BY 4.0.")
        for box, tip in (
            (self.augment, "Photos are mirrored, cropped and recoloured at random while it learns (augmentation)."),
            (
                self.adversarial,
                "Photos are changed a little so that the method errs, and it learns to withstand (PGD). Twice as slow.",
            ),
        ):
            box.setToolTip(wording.tooltip(tip))
            box.setAccessibleDescription(tip)
            form.add_widget(box)
        form.add_field(
            "Settings to try first", self.trials, "Short trials that look for good rates (hyper-parameter search)."
        )
        for field, name in (
            (self.title, "Name of the starting point"),
            (self.licence, "Licence"),
            (self.method_box, "Method"),
            (self.encoder_box, "Encoder"),
        ):
            field.setAccessibleName(name)
        self.start.setProperty("role", "primary")
        self.start.setAutoDefault(False)
        self._why_not.setProperty("role", "dim")
        self._why_not.setWordWrap(True)
        form.end(self._why_not, self.start, *buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(form)

    @Slot()
    def _check(self) -> None:
        """Say what is missing before it can start."""
        missing = ""
        if not self.folders.folders:
            missing = "Add a folder of classes to begin."
        elif not self._method or not self._encoder:
            missing = "No method can be taught with what is installed."
        elif not self.title.text().strip():
            missing = "Give the starting point a name."
        self._why_not.setText(missing)
        # Not isHidden of the window: the page may be behind another tab.
        self._why_not.setVisible(bool(missing) and not self.start.isHidden())
        self.start.setEnabled(not missing)

    @Slot(str)
    def _choose_method(self, method: str) -> None:
        self._method = method
        self.method_box.select(method)

    @Slot(str)
    def _choose_encoder(self, encoder: str) -> None:
        self._encoder = encoder
        self.encoder_box.select(encoder)

    @Slot()
    def _start(self) -> None:
        self.start_requested.emit(self.wish)

"""What was recognised in a model, and what a new project shall make of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.exporting.model.reading import ModelInput, OpenedModel
from fewshot_gui.ui import wording
from fewshot_gui.ui.from_model.input_choices import InputChoices
from fewshot_gui.ui.from_model.model_words import class_list, class_tip, kind_of_model, photo_size, what_becomes
from fewshot_gui.ui.from_model.trial_strip import TrialStrip
from fewshot_gui.ui.models.thumbnails import ThumbnailStore
from fewshot_gui.ui.theme import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.elided_label import ElidedLabel

_WIDTH = 620
_NO_FOLDER = "None yet; you can add one later."
_NO_TRIAL = "Once you have chosen a folder, a few of its photos are labelled here, so that you see whether it fits."


@dataclass(frozen=True, eq=False)
class NewProjectWish:
    """A project that a person wants of a model.

    Attributes:
        model: As it was recognised.
        input: How photos are to be prepared instead; ``None``: as was recognised.
        photos: The folder to label, or ``None``.
    """

    model: OpenedModel
    input: ModelInput | None
    photos: Path | None


class ModelDialog(QDialog):
    """Shows a model, and asks for photos and, of somebody else's model, how to prepare them.

    Signals:
        folder_requested: the person wants to choose the photos.
        trial_requested: a :class:`NewProjectWish`; a few of its photos shall be labelled as it says.
        agreed: a :class:`NewProjectWish`.
    """

    folder_requested = Signal()
    trial_requested = Signal(object)
    agreed = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailStore, model: OpenedModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project from a model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model = model
        self._photos: Path | None = None
        self.choices = InputChoices(theme, model.input, self) if model.input is not None else None
        self.trial = TrialStrip(theme, thumbnails)
        self._folder = ElidedLabel(_NO_FOLDER, mode=Qt.TextElideMode.ElideMiddle, least=200)
        self.browse = QPushButton("Choose a folder…", self)
        self.create_project = QPushButton("Create the project…", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        layout.setSpacing(SPACE_12)
        heading = ElidedLabel(model.title)
        heading.setProperty("role", "heading")
        layout.addWidget(heading)
        layout.addWidget(_label(kind_of_model(model)))
        layout.addLayout(self._facts())
        if self.choices is not None:
            layout.addLayout(self._preparing(self.choices))
        layout.addWidget(_label("Photos to label", "strong"))
        layout.addLayout(self._folder_row())
        layout.addWidget(self.trial)
        self.trial.show_sentence(_NO_TRIAL)
        layout.addWidget(_label(what_becomes(model), "dim"))
        layout.addStretch(1)
        layout.addLayout(self._buttons())
        self.setMinimumWidth(_WIDTH)
        # Labels that wrap promise less height than they need until the width is settled.
        layout.activate()
        self.resize(_WIDTH, layout.heightForWidth(_WIDTH))

    def set_photos(self, folder: Path) -> None:
        """The person has chosen these."""
        self._photos = folder
        self._folder.set_full_text(str(folder))
        self.create_project.setFocus()
        self._try()

    @property
    def wish(self) -> NewProjectWish:
        """What the fields ask for."""
        chosen = self.choices.input if self.choices is not None else None
        return NewProjectWish(self._model, None if chosen == self._model.input else chosen, self._photos)

    def _facts(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_16)
        form.setVerticalSpacing(SPACE_8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        classes = _label(class_list(self._model))
        classes.setToolTip(wording.tooltip(class_tip(self._model)))
        form.addRow(_label("Classes", "dim"), classes)
        form.addRow(_label("Photos", "dim"), _label(photo_size(self._model)))
        role = "warning" if self._model.is_guess else ""
        form.addRow(
            _label("A guess" if self._model.is_guess else "Preparing", "dim"), _label(self._model.sentence, role)
        )
        return form

    def _preparing(self, choices: InputChoices) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_16)
        grid.setVerticalSpacing(SPACE_4)
        captions = ("Range of pixels", "Colours", "Part of the photo")
        for column, (caption, box) in enumerate(
            zip(captions, (choices.pixels, choices.order, choices.fit), strict=True)
        ):
            label = _label(caption, "strong")
            label.setBuddy(box)
            box.setAccessibleName(caption)
            grid.addWidget(label, 0, column)
            grid.addWidget(box, 1, column)
        choices.changed.connect(self._try)
        grid.setColumnStretch(len(captions), 1)
        return grid

    def _folder_row(self) -> QHBoxLayout:
        self.browse.setAutoDefault(False)
        self.browse.setToolTip(wording.tooltip("The folder with the photos that the project shall label"))
        self.browse.clicked.connect(self.folder_requested)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.browse)
        row.addWidget(self._folder, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        cancel = QPushButton("Cancel", self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.create_project.setProperty("role", "primary")
        self.create_project.setDefault(True)
        self.create_project.clicked.connect(self._agree)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.create_project)
        self.browse.setFocus()
        return row

    @Slot()
    def _try(self) -> None:
        if self._photos is not None:
            self.trial.show_sentence("Labelling a few of them…")
            self.trial_requested.emit(self.wish)

    @Slot()
    def _agree(self) -> None:
        self.agreed.emit(self.wish)


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label

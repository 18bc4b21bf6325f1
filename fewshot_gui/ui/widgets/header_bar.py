"""The bar at the top: the project, how it labels, how well, and the two things to do next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import HEADER_HEIGHT, SPACE_4, SPACE_16, Theme
from fewshot_gui.ui.widgets.accuracy_figure import AccuracyFigure, ExpectedAccuracy
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.editable_name import FOCUS_MARGIN, EditableName
from fewshot_gui.ui.widgets.elided_button import ElidedButton

_METHOD_HELP = (
    "How the program learns your classes from the examples. “Auto” tries several ways on your own examples and "
    "takes the one that does best, so you rarely need to change it."
)
_ENCODER_HELP = (
    "The trained eye that turns a photo into numbers which can be compared. A larger one sees finer differences but "
    "takes longer per photo. Changing it means looking at all photos once more."
)
_OPINION_HELP = (
    "Ask for a second opinion: a slower method, which learns from the photos themselves, looks at your examples for "
    "about 40 seconds. You see whether it does better, and decide."
)
_DEVICE_HELP = "Click to see how fast it is, and to choose another."
_MOST_HIDDEN = 2


class HeaderBar(QFrame):
    """Shows what it is told; where room is scarce it gives up the device first, then the words beside the figure.

    Signals:
        method_chosen: the id of another method.
        encoder_chosen: the id of another encoder.
        review_requested: look through the doubtful photos.
        export_requested: save the results.
        rename_requested: another name for the project.
        opinion_requested: let a slower method look at the examples too.
        device_requested: show what labels photos on this computer.
    """

    method_chosen = Signal(str)
    encoder_chosen = Signal(str)
    review_requested = Signal()
    export_requested = Signal()
    rename_requested = Signal(str)
    opinion_requested = Signal()
    device_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "panel")
        self.setAccessibleName("Project")
        self.setMinimumHeight(HEADER_HEIGHT)
        self._name = EditableName(theme, "Name of the project")
        self._name.setToolTip("Click to rename the project")
        self._name.renamed.connect(self.rename_requested)
        self._saved = QLabel()
        self._saved.setContentsMargins(FOCUS_MARGIN, 0, 0, 0)
        self._saved.setProperty("role", "dim")
        self._method = ChoiceBox(theme)
        self._method.chosen.connect(self.method_chosen)
        self._encoder = ChoiceBox(theme)
        self._encoder.chosen.connect(self.encoder_chosen)
        self._device = ElidedButton(least=110)
        self._device.setMinimumHeight(self._method.sizeHint().height())
        self._device.setProperty("role", "plain")
        self._device.setAccessibleDescription(_DEVICE_HELP)
        self._device.clicked.connect(self.device_requested)
        self._device_column = _captioned("Device", self._device)
        self._accuracy = AccuracyFigure()
        self._opinion = QToolButton()
        self._opinion.setAccessibleName("Ask for a second opinion")
        self._opinion.setToolTip(wording.tooltip(_OPINION_HELP))
        self._opinion.clicked.connect(self.opinion_requested)
        self._opinion.hide()
        self._review = QPushButton()
        self._review.setProperty("role", "primary")
        self._review.clicked.connect(self.review_requested)
        self._export = QPushButton("Export…")
        self._export.setToolTip(wording.tooltip("Save the labels as a table"))
        self._export.clicked.connect(self.export_requested)
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress()
        self.set_doubtful(0)

    def set_project(self, name: str, state: str) -> None:
        """Show the project's name and a word on its file, such as "Saved"."""
        self._name.show_name(name)
        self._saved.setText(state)
        self._fit()

    def set_methods(
        self, choices: Sequence[Choice], current_id: str, resolved_title: str = "", reason: str = ""
    ) -> None:
        """Offer methods; see :meth:`ChoiceBox.set_choices`. ``reason`` says why the one in use labels as it does."""
        self._method.set_choices(choices, current_id, resolved_title)
        _explain(self._method, "Method", f"{reason} {_METHOD_HELP}".strip())
        self._fit()

    def set_encoders(self, choices: Sequence[Choice], current_id: str, resolved_title: str = "") -> None:
        """Offer encoders; see :meth:`ChoiceBox.set_choices`."""
        self._encoder.set_choices(choices, current_id, resolved_title)
        _explain(self._encoder, "Encoder", _ENCODER_HELP)
        self._fit()

    def set_device(self, text: str, reason: str) -> None:
        """Show what computes, such as "Processor · no NVIDIA GPU found", and why as a tooltip."""
        self._device.set_parts("", text, "", hint=f"{reason or text} {_DEVICE_HELP}")
        self._fit()

    def set_accuracy(self, expected: ExpectedAccuracy | None) -> None:
        """Show how many labels are expected to be right; ``None`` while there are too few examples to say."""
        self._accuracy.show_expected(expected)
        self._opinion.setVisible(expected is not None)
        self._fit()

    def set_doubtful(self, number: int) -> None:
        """Show how many photos are doubtful."""
        self._review.setText(f"Review {wording.count(number)} doubtful" if number else "Nothing doubtful")
        self._review.setEnabled(number > 0)
        self._review.setToolTip(wording.tooltip("Look at the photos that the program is least sure of, and decide"))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Room for what is never given up."""
        shown = (self._name, self._method, self._encoder, self._opinion, self._review, self._export)
        width = sum(widget.minimumSizeHint().width() for widget in shown) + self._accuracy.compact_width
        margins = self._row.contentsMargins()
        return QSize(
            width + len(shown) * self._row.spacing() + margins.left() + margins.right(),
            super().minimumSizeHint().height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up or take back what is secondary."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit once the fonts are known."""
        super().showEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        title = QVBoxLayout()
        title.setSpacing(0)
        title.addStretch(1)
        title.addWidget(self._name)
        title.addWidget(self._saved)
        title.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_16 - FOCUS_MARGIN, SPACE_4, SPACE_16, SPACE_4)
        self._row.setSpacing(SPACE_16)
        self._row.addLayout(title)
        self._row.addWidget(_captioned("Method", self._method))
        self._row.addWidget(_captioned("Encoder", self._encoder))
        self._row.addWidget(self._device_column)
        self._row.addStretch(1)
        for widget in (self._accuracy, self._opinion, self._review, self._export):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    @Slot()
    def _dress(self) -> None:
        self._opinion.setIcon(self._theme.icon("message-circle-question-mark", "dim"))

    def _fit(self) -> None:
        """Hide no more than the width demands."""
        if not self.isVisible():
            return
        for hidden in range(_MOST_HIDDEN + 1):
            self._device_column.setVisible(hidden < 1)
            self._accuracy.set_compact(hidden >= 2)
            if self._row.minimumSize().width() <= self.width():
                break
        # At once, so that no frame shows the old arrangement in the new width.
        self._row.activate()


def _captioned(caption: str, control: QWidget) -> QWidget:
    column = QWidget()
    label = QLabel(caption)
    label.setProperty("role", "small")
    label.setBuddy(control)
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE_4)
    layout.addStretch(1)
    layout.addWidget(label)
    layout.addWidget(control)
    layout.addStretch(1)
    return column


def _explain(box: ChoiceBox, caption: str, explanation: str) -> None:
    box.setAccessibleName(f"{caption}: {box.shown_text}")
    box.setAccessibleDescription(explanation)
    box.setToolTip(wording.tooltip(f"{box.shown_text}: {explanation}" if box.is_shortened else explanation))

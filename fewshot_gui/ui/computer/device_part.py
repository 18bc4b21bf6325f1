"""Which device labels photos, how fast, what else was tried, and which is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.computer.computer_state import AttemptState, DeviceState, SpeedState, speed_figures
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.error_line import ErrorLine
from fewshot_gui.ui.widgets.quiet_button import quiet_button
from fewshot_gui.ui.widgets.texts import label

_ICON_SIDE = 16
_LOOKING = "Looking what this computer has…"
_CHOICE_HELP = (
    "Another device begins at once with the photos that are still to be labelled. Those that are labelled keep "
    "their labels."
)
_UNTESTED = "How fast it is has not been measured yet; that takes about ten seconds."
_MEASURE = "Measured on made-up photos of 12 megapixels with the encoder “Fast”."


class DevicePart(QFrame):
    """The device with its figures, a button that measures them, and the list of what was tried.

    Signals:
        test_requested: measure how fast it is.
        stop_requested: stop measuring.
        device_chosen: the id of another choice.
    """

    test_requested = Signal()
    stop_requested = Signal()
    device_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "card")
        self.setAccessibleName("What labels your photos")
        self._title, self._reason = label(_LOOKING, "heading"), label("", "dim")
        self._figures = QHBoxLayout()
        self._figures.setSpacing(SPACE_24)
        self._note = label("", "dim")
        self._error = ErrorLine(theme)
        self._attempts = QGridLayout()
        self._attempts.setHorizontalSpacing(SPACE_8)
        self._attempts.setVerticalSpacing(SPACE_8)
        self._attempts.setColumnStretch(1, 2)
        self._attempts.setColumnStretch(2, 3)
        self._icons: list[tuple[QLabel, AttemptState]] = []
        self._choice = ChoiceBox(theme)
        self._choice.setAccessibleName("Label photos with")
        self._choice.setAccessibleDescription(_CHOICE_HELP)
        self._choice.setToolTip(wording.tooltip(_CHOICE_HELP))
        self._choice.chosen.connect(self.device_chosen)
        self._lay_out()
        self.show_speed(None, "")
        theme.changed.connect(self._draw_icons)

    def show_device(self, device: DeviceState) -> None:
        """What labels photos, why, and what else was tried."""
        self._title.setText(device.title)
        self._reason.setText(device.reason)
        _empty(self._attempts)
        self._icons = []
        for row, attempt in enumerate(device.attempts):
            self._add_attempt(row, attempt)
        self._draw_icons()

    def show_choices(self, choices: Sequence[Choice], current_id: str) -> None:
        """Which devices can be asked for, and which is."""
        self._choice.set_choices(choices, current_id)

    def show_speed(self, speed: SpeedState | None, why_not: str) -> None:
        """What was measured, ``None`` before it was; ``why_not`` says why it cannot be measured now, or is empty."""
        self._set_testing(testing=False)
        self._show_figures(speed)
        self._note.setText(why_not or (_MEASURE if speed is not None else _UNTESTED))
        self._test.setText("Test again" if speed is not None else "Test")
        self._test.setEnabled(not why_not)

    def show_testing(self, note: str) -> None:
        """It is being measured; ``note`` says what is done now, or is empty."""
        self._error.dismiss()
        self._set_testing(testing=True)
        words = f"{note or 'Testing'}…"
        self._note.setText(words)
        self._progress.setAccessibleName(words)

    def show_failed(self, sentence: str) -> None:
        """Something could not be found out."""
        self._error.show_sentence(sentence)

    def _lay_out(self) -> None:
        self._test = quiet_button("Test", "Measure how many photos per second this computer reads and encodes")
        self._test.clicked.connect(self.test_requested)
        self._stop = quiet_button("Stop", "Stop measuring")
        self._stop.clicked.connect(self.stop_requested)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        caption = QLabel("Label photos with")
        caption.setBuddy(self._choice)
        wanted, measure = QHBoxLayout(), QHBoxLayout()
        for widget in (caption, self._choice):
            wanted.addWidget(widget)
        wanted.addStretch(1)
        measure.addWidget(self._note, 2)
        measure.addWidget(self._progress, 1)
        measure.addWidget(self._test)
        measure.addWidget(self._stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        layout.setSpacing(SPACE_12)
        for part in (wanted, measure):
            part.setSpacing(SPACE_12)
        layout.addWidget(label("Photos are labelled by", "small"))
        layout.addWidget(self._title)
        layout.addWidget(self._reason)
        layout.addLayout(self._figures)
        layout.addLayout(measure)
        layout.addWidget(self._error)
        layout.addWidget(label("What was tried", "strong"))
        layout.addLayout(self._attempts)
        layout.addLayout(wanted)

    def _add_attempt(self, row: int, attempt: AttemptState) -> None:
        icon, title, sentence = QLabel(), label(attempt.title, "strong"), label(attempt.sentence, "dim")
        icon.setFixedWidth(_ICON_SIDE)
        icon.setToolTip(wording.tooltip(attempt.verdict.capitalize()))
        title.setAccessibleName(f"{attempt.title}: {attempt.verdict}. {attempt.sentence}")
        for column, part in enumerate((icon, title, sentence)):
            self._attempts.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)
        self._icons.append((icon, attempt))

    def _show_figures(self, speed: SpeedState | None) -> None:
        _empty(self._figures)
        for figure, caption, tip in speed_figures(speed):
            self._figures.addWidget(_figure(figure, caption, tip))
        self._figures.addStretch(1)

    def _set_testing(self, *, testing: bool) -> None:
        self._progress.setVisible(testing)
        self._stop.setVisible(testing)
        self._test.setVisible(not testing)
        self._test.setEnabled(not testing)

    @Slot()
    def _draw_icons(self) -> None:
        size = QSize(_ICON_SIDE, _ICON_SIDE)
        for picture, attempt in self._icons:
            name, ink = ("check", "decided") if attempt.used else ("circle-slash", "dim")
            picture.setPixmap(self._theme.icon(name, ink).pixmap(size, self.devicePixelRatioF()))


def _figure(figure: str, caption: str, tip: str) -> QWidget:
    made = QWidget()
    made.setToolTip(wording.tooltip(tip))
    made.setAccessibleName(f"{figure} photos per second {caption}")
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for text, role in ((figure, "figure"), ("photos/s", "dim"), (caption, "dim")):
        words = QLabel(text)
        words.setProperty("role", role)
        column.addWidget(words)
    return made


def _empty(layout: QGridLayout | QHBoxLayout | QVBoxLayout) -> None:
    """Take everything out of a layout, with the layouts in it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if isinstance(inner, QGridLayout | QHBoxLayout | QVBoxLayout):
            _empty(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()

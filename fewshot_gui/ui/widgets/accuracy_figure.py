"""How often the labels are expected to be right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.theme import SPACE_12

_NOT_YET = "not enough examples yet"
_NOT_YET_WHY = (
    "With at least 3 examples in every class you see here how many labels are expected to be right. "
    "The examples themselves are used to find out: each is labelled as if it were a new photo."
)


@dataclass(frozen=True)
class ExpectedAccuracy:
    """The share of labels expected to be right.

    Attributes:
        share: The expectation, 0..1.
        low: Lower end of its 95 % interval, 0..1.
        high: Upper end of its 95 % interval, 0..1.
        examples: From how many examples it was found.
    """

    share: float
    low: float
    high: float
    examples: int


class AccuracyFigure(QWidget):
    """A large figure with its interval beside it, or "not enough examples yet"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = False
        self._expected: ExpectedAccuracy | None = None
        self._figure = QLabel()
        self._figure.setProperty("role", "figure")
        self._upper, self._lower = QLabel(), QLabel()
        captions = QVBoxLayout()
        captions.setSpacing(0)
        captions.addStretch(1)
        for caption in (self._upper, self._lower):
            caption.setProperty("role", "small")
            captions.addWidget(caption)
        captions.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_12)
        self._row.addWidget(self._figure, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(captions)
        self.show_expected(None)

    def show_expected(self, expected: ExpectedAccuracy | None) -> None:
        """Show what is expected; ``None`` while there are too few examples to say."""
        self._expected = expected
        if expected is None:
            self._upper.setText(_NOT_YET)
            words, why = _NOT_YET, _NOT_YET_WHY
        else:
            interval = wording.percent_range(expected.low, expected.high)
            self._figure.setText(wording.percent(expected.share))
            self._upper.setText("expected right")
            self._lower.setText(f"{interval}, from {wording.counted(expected.examples, 'example')}")
            words = f"{wording.percent(expected.share)} expected right, {interval}"
            why = _explained(expected)
        self.setAccessibleName(words)
        self.setToolTip(wording.tooltip(why))
        self._arrange()

    def set_compact(self, compact: bool) -> None:
        """Show the figure alone where room is scarce; the rest is in the tooltip."""
        self._compact = compact
        self._arrange()

    @property
    def compact_width(self) -> int:
        """The least width that it can be shown in."""
        shown = self._upper if self._expected is None else self._figure
        return shown.sizeHint().width()

    def _arrange(self) -> None:
        known = self._expected is not None
        self._figure.setVisible(known)
        self._upper.setVisible(not known or not self._compact)
        self._lower.setVisible(known and not self._compact)
        # Tells the bar around it the new size at once instead of with the next event.
        self._row.activate()


def _explained(expected: ExpectedAccuracy) -> str:
    interval = wording.percent_range(expected.low, expected.high)
    return (
        f"Of 100 labels, about {round(expected.share * 100)} are expected to be right ({interval}). This was found out "
        f"by labelling each of your {wording.counted(expected.examples, 'example')} as if it were a new photo. "
        "More examples make it surer; it holds for photos that are like your examples."
    )

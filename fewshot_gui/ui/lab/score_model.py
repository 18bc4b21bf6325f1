"""The results of a comparison as a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.evaluation_state import ScoreState
from fewshot_gui.ui.widgets.fonts import strong

_MINUS = "\N{MINUS SIGN}"
HEADINGS = ("Method", "Examples", "Right", "Against prototypes", "Time to adapt")
_TIPS = (
    "",
    "How many photos of each class the method learned from (shots)",
    "Share of photos labelled right, mean over the practice tasks, with its 95 % interval",
    "Difference to plain prototypes on the same tasks, in points, with its 95 % interval",
    "From examples to a classifier, mean",
)


class ScoreModel(QAbstractTableModel):
    """One row for each method and number of examples."""

    def __init__(self, font: QFont, parent: QObject | None = None) -> None:
        """``font`` is the table's, from which that of the reference rows is made."""
        super().__init__(parent)
        self._scores: tuple[ScoreState, ...] = ()
        self._strong = strong(font)

    def show_scores(self, scores: Sequence[ScoreState]) -> None:
        """Show ``scores`` in their order; values of rows that stay are changed in place."""
        if [(one.method, one.shots) for one in scores] == [(one.method, one.shots) for one in self._scores]:
            self._scores = tuple(scores)
            if scores:
                self.dataChanged.emit(self.index(0, 0), self.index(len(scores) - 1, len(HEADINGS) - 1))
            return
        self.beginResetModel()
        self._scores = tuple(scores)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row for each result."""
        return 0 if parent.isValid() else len(self._scores)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One column for each heading."""
        return 0 if parent.isValid() else len(HEADINGS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, their place, and the weight of reference rows."""
        score = self._scores[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(score)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 0:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and score.is_reference:
            return self._strong
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tooltip(_said(score))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | int | None:
        """The headings, with what they mean as a tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return wording.tooltip(_TIPS[section]) if role == Qt.ItemDataRole.ToolTipRole else None


def _cells(score: ScoreState) -> tuple[str, ...]:
    return (
        score.method,
        wording.count(score.shots),
        f"{score.accuracy * 100:.1f} ± {score.half_width * 100:.1f} %",
        "–" if score.gain is None else f"{points(score.gain)} ± {score.gain_half_width * 100:.1f}",
        f"{score.seconds * 1000:.0f} ms" if score.seconds < 1 else f"{score.seconds:.1f} s",
    )


def points(share: float) -> str:
    """A difference of shares in points with its sign: "+2.4", "−0.3"."""
    return f"{'+' if share >= 0 else _MINUS}{abs(share) * 100:.1f}"


def _said(score: ScoreState) -> str:
    tasks = wording.counted(score.tasks, "practice task")
    verdict = f"; {score.verdict} than plain prototypes" if score.verdict in {"better", "worse"} else ""
    same = "; no different from plain prototypes, as far as these tasks tell" if score.verdict == "as good" else ""
    return f"{score.method}, from {tasks}{verdict}{same}"

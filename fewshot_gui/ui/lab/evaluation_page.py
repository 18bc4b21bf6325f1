"""The page that compares methods on practice tasks drawn from the person's folders."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui.ui import wording
from fewshot_gui.ui.lab.evaluation_state import EvaluationWish, ScoreState
from fewshot_gui.ui.lab.score_model import ScoreModel
from fewshot_gui.ui.theme import SPACE_8, SPACE_12, SPACE_16, SPACE_24, Theme
from fewshot_gui.ui.widgets.choice_box import Choice, ChoiceBox
from fewshot_gui.ui.widgets.elided_label import ElidedLabel
from fewshot_gui.ui.widgets.error_line import ErrorLine
from fewshot_gui.ui.widgets.folder_list import FolderList
from fewshot_gui.ui.widgets.form_column import FormColumn
from fewshot_gui.ui.widgets.interval_plot import IntervalPlot, IntervalRow
from fewshot_gui.ui.widgets.method_checks import MethodChecks
from fewshot_gui.ui.widgets.number_field import NumberField, NumbersField

_INTRODUCTION = (
    "How well does each method label photos of classes that it has never seen? Practice tasks are drawn from your "
    "folders: a few examples of a few classes to learn from, other photos of them to be labelled."
)
_EMPTY = "Results appear here while the practice tasks are worked through."
_EVEN, _UNEVEN = "even", "uneven"
_MIXES = (
    Choice(_EVEN, "As many of each class", "The usual way to compare methods (balanced queries)."),
    Choice(
        _UNEVEN,
        "Uneven, as in real folders",
        "Some classes are common and others rare, drawn anew for every task (Dirichlet queries).",
    ),
)


class EvaluationPage(QWidget):
    """A form on the left, results on the right.

    Signals:
        start_requested: an :class:`EvaluationWish`.
        cancel_requested: stop; what there is stays.
        export_requested: save the results.
        folder_requested: ask for another folder.
        encoder_changed: the id of another encoder, with which other methods may be at hand.
    """

    start_requested = Signal(object)
    cancel_requested = Signal()
    export_requested = Signal()
    folder_requested = Signal()
    encoder_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mix = _EVEN
        self._encoder = ""
        self._running = False
        self.folders = FolderList(theme, "Each folder holds one folder for each class, with photos in it.")
        self.methods = MethodChecks()
        self.encoder_box = ChoiceBox(theme)
        self.shots = NumbersField("Examples per class", 1, 100, (1, 5))
        self.ways = NumberField("Classes per task", 2, 100, 5)
        self.tasks = NumberField("Practice tasks", 2, 10_000, 100)
        self.mix_box = ChoiceBox(theme)
        self.strangers = NumberField("Strangers", 0, 80, 0)
        self.strangers.setSuffix(f"{wording.NO_BREAK}%")
        self.start = QPushButton("Compare")
        self.cancel = QPushButton("Cancel")
        self.export = QPushButton("Export…")
        self.error = ErrorLine(theme)
        self._why_not = QLabel()
        self._results = _Results(theme, self.export)
        self._lay_out(theme)
        self._connect()
        self.set_running(False)

    def set_methods(self, choices: Sequence[Choice], checked: Sequence[str]) -> None:
        """Offer methods; see :meth:`MethodChecks.set_choices`."""
        self.methods.set_choices(choices, checked)

    def set_encoders(self, choices: Sequence[Choice], current: str) -> None:
        """Offer encoders; ``current`` is chosen."""
        self._encoder = current
        self.encoder_box.set_choices(choices, current)

    def set_running(self, running: bool) -> None:
        """Whether practice tasks are being worked through."""
        self._running = running
        self.start.setVisible(not running)
        self.cancel.setVisible(running)
        self._results.set_running(running)
        self._check()

    def set_can_export(self, can_export: bool) -> None:
        """Whether there are results to export."""
        self.export.setEnabled(can_export)

    def show_progress(self, done: int, total: int | None, note: str) -> None:
        """How far it is."""
        self._results.show_progress(done, total, note)

    def show_scores(self, scores: Sequence[ScoreState]) -> None:
        """Show results, those of one number of examples next to one another, the reference first."""
        self._results.show_scores(scores)

    def show_summary(self, sentence: str) -> None:
        """What the results come to."""
        self._results.show_summary(sentence)

    @property
    def missing(self) -> str:
        """What has to be filled in before it can start; empty if nothing."""
        if not self.folders.folders:
            return "Add a folder of classes to begin."
        if not self.shots.numbers:
            return "Write numbers from 1 to 100 under “Examples per class”, such as 1, 5."
        return "" if self.methods.checked else "Tick a method."

    @property
    def results_model(self) -> ScoreModel:
        """The results that are shown."""
        return self._results.model

    @property
    def wish(self) -> EvaluationWish:
        """What the form asks for."""
        return EvaluationWish(
            folders=self.folders.folders,
            methods=self.methods.checked,
            encoder=self._encoder,
            shots=self.shots.numbers,
            ways=self.ways.value(),
            tasks=self.tasks.value(),
            uneven=self._mix == _UNEVEN,
            strangers=self.strangers.value() / 100,
        )

    def _connect(self) -> None:
        self.folders.changed.connect(self._check)
        self.folders.add_requested.connect(self.folder_requested)
        self.methods.changed.connect(self._check)
        self.shots.changed.connect(self._check)
        self.encoder_box.chosen.connect(self._choose_encoder)
        self.mix_box.chosen.connect(self._choose_mix)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self.cancel_requested)
        self.export.clicked.connect(self.export_requested)

    def _lay_out(self, theme: Theme) -> None:
        form = FormColumn(theme)
        form.add_text(_INTRODUCTION)
        form.add_field("Folders of classes", self.folders)
        form.add_field("Methods", self.methods)
        form.add_field("Examples per class", self.shots, "One or more numbers with commas between them (shots).")
        form.add_field("Classes per task", self.ways, "How many classes are to be told apart (ways).")
        form.add_field(
            "Practice tasks", self.tasks, "More of them make the intervals narrower (episodes of unseen classes)."
        )
        form.begin_more()
        form.add_field("Encoder", self.encoder_box)
        form.add_field("Photos to label", self.mix_box)
        form.add_field("Strangers among them", self.strangers, "Photos of other classes, which should get “None”.")
        self.mix_box.set_choices(_MIXES, self._mix)
        self.encoder_box.setAccessibleName("Encoder")
        self.mix_box.setAccessibleName("Photos to label")
        self.start.setProperty("role", "primary")
        self._why_not.setProperty("role", "dim")
        self._why_not.setWordWrap(True)
        for button in (self.start, self.cancel, self.export):
            button.setAutoDefault(False)
        form.end(self._why_not, self.start, self.cancel)
        right = QVBoxLayout()
        right.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_16)
        right.setSpacing(SPACE_12)
        right.addWidget(self.error)
        right.addWidget(self._results, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(form)
        row.addLayout(right, 1)

    @Slot()
    def _check(self) -> None:
        """Say what is missing before it can start."""
        missing = self.missing
        self._why_not.setText(missing)
        self._why_not.setVisible(bool(missing) and not self._running)
        self.start.setEnabled(not missing)

    @Slot(str)
    def _choose_encoder(self, encoder: str) -> None:
        self._encoder = encoder
        self.encoder_box.select(encoder)
        self.encoder_changed.emit(encoder)

    @Slot(str)
    def _choose_mix(self, mix: str) -> None:
        self._mix = mix
        self.mix_box.select(mix)

    @Slot()
    def _start(self) -> None:
        self.error.dismiss()
        self.start_requested.emit(self.wish)


class _Results(QWidget):
    """Progress, a sentence, the table and the plot."""

    def __init__(self, theme: Theme, export: QPushButton) -> None:
        super().__init__()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Practice tasks")
        self._note = ElidedLabel()
        self._note.setProperty("role", "dim")
        self._summary = QLabel(_EMPTY)
        self._summary.setWordWrap(True)
        self._export = export
        self._export.setToolTip(wording.tooltip("Save the results as a table (CSV) or with all details (JSON)"))
        self._table = QTableView()
        self.model = ScoreModel(self._table.font(), self)
        self._dress_table()
        self._plot = IntervalPlot(theme, "Share of photos labelled right")
        self._plot_scroll = QScrollArea()
        self._plot_scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._plot_scroll.setWidgetResizable(True)
        self._plot_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot_scroll.setWidget(self._plot)
        self._plot_scroll.viewport().setAutoFillBackground(False)
        self._plot.setAutoFillBackground(False)
        head = QHBoxLayout()
        head.setSpacing(SPACE_12)
        head.addWidget(self._summary, 1)
        head.addWidget(export, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_8)
        layout.addWidget(self._bar)
        layout.addWidget(self._note)
        layout.addLayout(head)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._plot_scroll, 1)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.show_scores(())

    def set_running(self, running: bool) -> None:
        self._bar.setVisible(running)
        self._note.setVisible(running)
        self._export.setEnabled(False)
        if running:
            self.show_progress(0, None, "")

    def show_progress(self, done: int, total: int | None, note: str) -> None:
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done if total else -1)
        counted = f"{wording.count(done)} of {wording.count(total)}" if total else ""
        self._note.set_full_text(" · ".join(filter(None, (note, counted))))

    def show_scores(self, scores: Sequence[ScoreState]) -> None:
        self.model.show_scores(scores)
        self._plot.show_rows(
            tuple(
                IntervalRow(
                    f"{wording.counted(one.shots, 'example')} per class",
                    one.method,
                    one.accuracy,
                    one.half_width,
                    one.is_reference,
                )
                for one in scores
            )
        )
        for widget in (self._table, self._plot_scroll, self._export):
            widget.setVisible(bool(scores))

    def show_summary(self, sentence: str) -> None:
        self._summary.setText(sentence or _EMPTY)

    def _dress_table(self) -> None:
        table = self._table
        table.setModel(self.model)
        table.setAccessibleName("Results")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

"""Asking what shall leave the program, and sending it out in the background; made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.exporting.folders import SortingOptions, SortingPlan, carry_out, plan_sorting
from fewshot_gui.exporting.sidecars import remove_from_sidecars, write_sidecars
from fewshot_gui.ui.export.copies_page import CopiesPage
from fewshot_gui.ui.export.export_dialog import ExportDialog
from fewshot_gui.ui.export.export_report import ExportReport
from fewshot_gui.ui.export.export_targets import ExportTargets
from fewshot_gui.ui.export.exportable import Exportable
from fewshot_gui.ui.export.keywords_page import KeywordsPage
from fewshot_gui.ui.export.model_page import ModelPage
from fewshot_gui.ui.export.plan_dialog import PlanDialog
from fewshot_gui.ui.export.plan_words import PlanWords
from fewshot_gui.ui.export.report_dialog import ReportDialog
from fewshot_gui.ui.export.reports import keywords_report, model_report, sorting_report, table_report
from fewshot_gui.ui.export.shown_labels import ShownLabels
from fewshot_gui.ui.export.table_pages import table_pages
from fewshot_gui.ui.export.wishes import CopiesWish, KeywordsWish, TableWish
from fewshot_gui.ui.models.photo_model import PhotoModel
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskProgress, TaskRunner
from fewshot_gui.ui.theme import Theme
from fewshot_gui.workflows.exporting_labels import export_table
from fewshot_gui.workflows.exporting_model import ExportOptions, ModelRequest, export_model


class ExportDesk(QObject):
    """Has the export dialog and does what is asked there with what the window shows at that moment.

    Signals:
        begun: an export was asked for.
        told: a sentence on what was written.
    """

    begun = Signal()
    told = Signal(str)

    def __init__(
        self,
        theme: Theme,
        session: LabellingSession,
        model: PhotoModel,
        runner: TaskRunner,
        preferences: Preferences,
        window: QWidget,
        parent: QObject,
    ) -> None:
        """Dialogs belong to ``window``; it lives as long as ``parent``."""
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._model = model
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self._targets = ExportTargets(preferences, window)
        self._dialog: ExportDialog | None = None
        session.opened.connect(self._forget_dialog)
        for changed in (session.settled, session.adapted, model.counts_changed):
            changed.connect(self._show_exportable)

    @Slot()
    def open(self) -> None:
        """Ask what shall be exported, and how."""
        if self._session.project is None:
            return
        if self._dialog is None:
            pages = [
                *table_pages(self._theme, self._preferences.reviewer),
                CopiesPage(self._theme),
                KeywordsPage(self._theme),
                ModelPage(),
            ]
            self._dialog = ExportDialog(pages, self._exportable(), self._window)
            self._dialog.export_requested.connect(self._answer)
        self._dialog.set_exportable(self._exportable())
        self._dialog.set_classes([record.name for record in self._session.project.classes])
        self._dialog.open()

    def _exportable(self) -> Exportable:
        counts = self._model.counts()
        return Exportable(
            photos=counts.all,
            labelled=counts.none + sum(counts.per_class.values()),
            decided=counts.decided,
            has_model=self._session.outcome is not None,
            working=self._session.busy,
        )

    @Slot()
    def _show_exportable(self) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.set_exportable(self._exportable())

    @Slot()
    def _forget_dialog(self) -> None:
        """What was filled in belongs to the project that was closed."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None

    @Slot(object)
    def _answer(self, wish: object) -> None:
        """Begin; the dialog stays if the person thinks better of it."""
        begun = False
        if isinstance(wish, TableWish):
            begun = self._export_table(wish)
        elif isinstance(wish, CopiesWish):
            begun = self._plan_copies(wish)
        elif isinstance(wish, KeywordsWish):
            begun = self._write_keywords(wish)
        elif isinstance(wish, ExportOptions):
            begun = self._export_model(wish)
        if begun and self._dialog is not None:
            self._dialog.accept()
            self.begun.emit()

    def _shown(self) -> ShownLabels | None:
        return ShownLabels.taken_of(self._session, self._model)

    def _export_table(self, wish: TableWish) -> bool:
        project = self._session.project
        target = self._targets.of_table(wish.kind, project) if project is not None else None
        shown = self._shown()
        if target is None or shown is None:
            return False

        def work(progress: TaskProgress) -> ExportReport:
            written = export_table(wish.kind, target, shown.labels(), progress, details=wish.details)
            return table_report(target, written)

        self._start("Exporting", work)
        return True

    def _write_keywords(self, wish: KeywordsWish) -> bool:
        shown = self._shown()
        if shown is None:
            return False
        folder = shown.facts.folder

        def work(progress: TaskProgress) -> ExportReport:
            labels = shown.labels()
            if wish.remove:
                report = remove_from_sidecars([photo.path for photo in labels.photos], progress, naming=wish.naming)
            else:
                report = write_sidecars(wish.chosen(labels), progress, naming=wish.naming)
            return keywords_report(folder, report, removed=wish.remove)

        self._start("Removing keywords" if wish.remove else "Writing keywords", work)
        return True

    def _export_model(self, options: ExportOptions) -> bool:
        project = self._session.project
        target = self._targets.of_model(project) if project is not None else None
        outcome, source, shown = self._session.outcome, self._session.source, self._shown()
        if target is None or outcome is None or source is None or shown is None:
            return False

        def work(progress: TaskProgress) -> ExportReport:
            examples = (path for _, path in outcome.origins if path is not None)  # a model's own have no file
            photos = tuple(dict.fromkeys([*shown.readable_photos(), *examples]))
            request = ModelRequest(outcome.adapted, outcome.support, shown.facts.classes, photos, shown.facts.name)
            return model_report(export_model(request, source, target, options, progress))

        self._start("Exporting the model", work)
        return True

    def _plan_copies(self, wish: CopiesWish) -> bool:
        target, shown = self._targets.of_copies(), self._shown()
        if target is None or shown is None:
            return False
        options = SortingOptions(
            wish.pattern, wish.unsure_below, wish.with_none, hard_links=wish.hard_links, metadata=wish.with_keywords
        )

        def work(progress: TaskProgress) -> PlanWords:
            return PlanWords.of(plan_sorting(shown.labels(), target, progress, options=options))

        task = self._runner.start("Looking what there is to copy", work, lane=Lane.EXPORTS)
        task.succeeded.connect(self._show_plan)
        return True

    @Slot(object)
    def _show_plan(self, words: PlanWords) -> None:
        dialog = PlanDialog(words, self._window)
        dialog.agreed.connect(self._copy)
        dialog.open()

    @Slot(object)
    def _copy(self, plan: SortingPlan) -> None:
        def work(progress: TaskProgress) -> ExportReport:
            return sorting_report(plan, carry_out(plan, progress))

        self._start("Copying", work)

    def _start(self, title: str, work: Callable[[TaskProgress], ExportReport]) -> None:
        self._runner.start(title, work, lane=Lane.EXPORTS).succeeded.connect(self._show_report)

    @Slot(object)
    def _show_report(self, report: ExportReport) -> None:
        if report.is_short:
            self.told.emit(report.sentence)
        else:
            ReportDialog(report, self._window).open()

"""Choosing an encoder, and downloading it first where that is needed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.encoders import Download, EncoderSpec, encoder_spec, is_ready, require_supported
from fewshot_gui.project.setting_edits import set_setting
from fewshot_gui.ui import wording
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import TaskProgress, TaskRunner
from fewshot_gui.workflows.adapt_snapshot import ENCODER_SETTING


class EncoderFlow(QObject):
    """Asks before anything is downloaded; a cancelled or failed download changes nothing.

    Signals:
        changed: the encoders on this computer, or the one in use, may be others now.
        failed: a sentence.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, session: LabellingSession, runner: TaskRunner, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._runner = runner
        self._window = window
        self._wanted: EncoderSpec | None = None

    @Slot(str)
    def choose(self, encoder_id: str) -> None:
        """Use this encoder; ask and download it first if it is not here."""
        spec = encoder_spec(encoder_id)
        if spec.download is None or is_ready(spec):
            self._use(spec)
        elif self._can_run(spec) and self._agrees(spec, spec.download):
            self._wanted = spec
            task = self._runner.start("Getting an encoder", lambda progress: _download(spec, progress))
            task.succeeded.connect(self._downloaded)
        self.changed.emit()

    @Slot()
    def _downloaded(self) -> None:
        if self._wanted is not None:
            self._use(self._wanted)
        self.changed.emit()

    def _use(self, spec: EncoderSpec) -> None:
        project = self._session.project
        if project is None:
            return
        try:
            self._session.apply(set_setting(project, ENCODER_SETTING, spec.id))
        except FewshotError as error:
            self.failed.emit(str(error))

    def _can_run(self, spec: EncoderSpec) -> bool:
        try:
            require_supported(spec)
        except FewshotError as error:
            self.failed.emit(str(error))
            return False
        return True

    def _agrees(self, spec: EncoderSpec, download: Download) -> bool:
        text = (
            f"“{spec.title}” is not on this computer yet.\n\n"
            f"Size: {wording.file_size(download.size_bytes)}\nLicence: {spec.licence}\nFrom: {spec.origin}\n\n"
            "It is downloaded once and checked. Your photos stay on this computer."
        )
        box = QMessageBox(
            QMessageBox.Icon.Question, "Download an encoder?", text, QMessageBox.StandardButton.Cancel, self._window
        )
        agree = box.addButton("Download", QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        return box.clickedButton() is agree


def _download(spec: EncoderSpec, progress: TaskProgress) -> None:
    from fewshot_gui.encoders.download import download_encoder  # its network libraries are needed by nobody else

    download_encoder(spec, progress)

"""The very first start, and the same page from the menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.dialogs.welcome_dialog import WelcomeDialog
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.tasks import Lane, TaskRunner, TaskSlot
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.welcome_page import WelcomePage
from fewshot_gui.workflows.device_trial import DeviceTrial, try_device

_BUSY = "This computer is at work on your photos and is not tried now."


class WelcomeFlow(QObject):
    """Tries the computer while the page is read, and stops that as soon as the encoder has real work.

    Signals:
        begun: the page shall be shown.
        sample_requested, new_requested, open_requested: what the person chose on the page.
    """

    begun = Signal()
    sample_requested = Signal()
    new_requested = Signal()
    open_requested = Signal()
    _told = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        page: WelcomePage,
        session: LabellingSession,
        runner: TaskRunner,
        preferences: Preferences,
        window: QWidget,
    ) -> None:
        """``page`` is the one that stands in the window."""
        super().__init__(window)
        self._theme = theme
        self._page = page
        self._session = session
        self._runner = runner
        self._preferences = preferences
        self._window = window
        self._slot = TaskSlot(self)
        self._trial: DeviceTrial | None = None
        self._follow(page)
        session.opened.connect(self._stop_trial)

    @Slot()
    def begin(self) -> None:
        """This is the first start: show the page, and never again by itself."""
        self._preferences.keep_welcomed()
        self.begun.emit()
        self._prepare(self._page)

    @Slot()
    def show_again(self) -> None:
        """Show the page over whatever is open."""
        dialog = WelcomeDialog(self._theme, self._window)
        self._follow(dialog.page)
        self._prepare(dialog.page)
        dialog.open()

    def _follow(self, page: WelcomePage) -> None:
        page.sample_requested.connect(self.sample_requested)
        page.new_requested.connect(self.new_requested)
        page.open_requested.connect(self.open_requested)
        page.name_given.connect(self._keep_name)
        self._told.connect(page.show_device)

    def _prepare(self, page: WelcomePage) -> None:
        page.show_name(self._preferences.reviewer)
        page.setFocus()
        if self._trial is not None:
            self._show(self._trial)
        elif self._session.busy:
            page.show_device(_BUSY, "")
        elif not self._slot.taken:
            task = self._slot.put(self._runner.start("Trying this computer", try_device, lane=Lane.ENGINE, quiet=True))
            task.succeeded.connect(self._show)
            task.failed.connect(self._say)
            task.finished.connect(self._finish)

    @Slot(object)
    def _show(self, trial: DeviceTrial) -> None:
        self._trial = trial
        self._told.emit(trial_sentence(trial), trial.device.reason)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._told.emit(sentence, "")

    @Slot()
    def _finish(self) -> None:
        self._slot.clear()

    @Slot(str)
    def _keep_name(self, name: str) -> None:
        self._preferences.reviewer = name

    @Slot()
    def _stop_trial(self) -> None:
        if self._slot.taken:
            self._slot.drop()
            self._say(_BUSY)


def trial_sentence(trial: DeviceTrial) -> str:
    """What the trial found, in one line; two figures are all that such a short one tells."""
    place = wording.counted(trial.cores, "processor core") if trial.device.kind == "cpu" else trial.device.title
    rate = trial.photos_per_second
    about = wording.counted(max(1, round(rate) if rate < 20 else 10 * round(rate / 10)), "photo")
    return f"Runs on {place}, about {about} of 12 megapixels per second."

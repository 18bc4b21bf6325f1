"""The very first start, and the same page from the menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui import wording
from fewshot_gui.ui.device_trials import DeviceTrials
from fewshot_gui.ui.dialogs.welcome_dialog import WelcomeDialog
from fewshot_gui.ui.preferences import Preferences
from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.widgets.welcome_page import WelcomePage
from fewshot_gui.workflows.device_trial import DeviceTrial

_UNTRIED = "How fast this computer is has not been measured."


class WelcomeFlow(QObject):
    """Lets the computer be tried while the page is read.

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
        self, theme: Theme, page: WelcomePage, trials: DeviceTrials, preferences: Preferences, window: QWidget
    ) -> None:
        """``page`` is the one that stands in the window."""
        super().__init__(window)
        self._theme = theme
        self._page = page
        self._trials = trials
        self._preferences = preferences
        self._window = window
        self._follow(page)
        trials.tried.connect(self._show)
        trials.failed.connect(self._say)
        trials.stopped.connect(self._say_why_not)

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
        if self._trials.last is not None:
            self._show(self._trials.last)
        elif self._trials.obstacle:
            self._say(self._trials.obstacle)
        else:
            self._trials.start()

    @Slot(object)
    def _show(self, trial: DeviceTrial) -> None:
        self._told.emit(trial_sentence(trial), trial.device.reason)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._told.emit(sentence, "")

    @Slot(str)
    def _say_why_not(self, why: str) -> None:
        self._say(why or _UNTRIED)

    @Slot(str)
    def _keep_name(self, name: str) -> None:
        self._preferences.reviewer = name


def trial_sentence(trial: DeviceTrial) -> str:
    """What the trial found, in one line; two figures are all that such a short one tells."""
    place = wording.counted(trial.cores, "processor core") if trial.device.kind == "cpu" else trial.device.title
    rate = trial.photos_per_second
    about = wording.counted(max(1, round(rate) if rate < 20 else 10 * round(rate / 10)), "photo")
    return f"Runs on {place}, about {about} of 12 megapixels per second."

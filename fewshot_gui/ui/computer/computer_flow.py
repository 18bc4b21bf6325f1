"""The page on this computer: opened where it is asked for, and kept up with what is found out meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui.computer.computer_state import SpeedState, computer_facts, computer_text
from fewshot_gui.ui.computer.device_choosing import CHOICES, DeviceChoosing
from fewshot_gui.ui.computer.kept_flow import KeptFlow
from fewshot_gui.ui.device_trials import DeviceTrials
from fewshot_gui.ui.session import LabellingSession
from fewshot_gui.ui.theme import Theme

if TYPE_CHECKING:
    from fewshot_gui.ui.computer.computer_dialog import ComputerDialog


class ComputerFlow(QObject):
    """One page at a time; the main window stays free."""

    def __init__(
        self,
        theme: Theme,
        devices: DeviceChoosing,
        trials: DeviceTrials,
        kept: KeptFlow,
        session: LabellingSession,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._devices = devices
        self._trials = trials
        self._kept = kept
        self._window = window
        self._dialog: ComputerDialog | None = None
        devices.chosen.connect(self._measure_anew)
        devices.refused.connect(self._show_choice)
        trials.tried.connect(devices.take_trial)
        trials.noted.connect(self._show_testing)
        for settling in (trials.tried, trials.failed, trials.stopped, session.settled, session.photos_added):
            settling.connect(self._show_speed)

    @Slot()
    def open(self) -> None:
        """Show what is known and look how much is kept now. Measuring waits for a click: a driver may crash."""
        if self._dialog is None:
            self._dialog = self._make()
        self._show_speed()
        self._kept.look()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def facts(self) -> dict[str, str]:
        """What is known of this computer, for support."""
        return computer_facts(self._devices.state, self._speed)

    @property
    def _speed(self) -> SpeedState | None:
        trial = self._trials.last
        if trial is None:
            return None
        return SpeedState(trial.decoded_per_second, trial.encoded_per_second, trial.photos_per_second)

    def _make(self) -> ComputerDialog:
        from fewshot_gui.ui.computer.computer_dialog import ComputerDialog

        dialog = ComputerDialog(self._theme, self._window)
        device, kept = dialog.device, dialog.kept
        device.test_requested.connect(self._test)
        device.stop_requested.connect(self._trials.stop)
        device.device_chosen.connect(self._devices.choose)
        kept.clear_requested.connect(self._kept.ask_and_clear)
        kept.folder_requested.connect(self._kept.open_folder)
        dialog.copy_requested.connect(self._copy)
        dialog.finished.connect(self._forget)
        self._devices.changed.connect(device.show_device)
        self._devices.refused.connect(device.show_failed)
        self._trials.failed.connect(device.show_failed)
        self._kept.changed.connect(kept.show_kept)
        self._kept.begun.connect(kept.show_clearing)
        self._kept.failed.connect(kept.show_failed)
        device.show_choices(CHOICES, self._devices.choice)
        if self._devices.state is not None:
            device.show_device(self._devices.state)
        return dialog

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    @Slot()
    def _test(self) -> None:
        if not self._trials.obstacle:
            self._trials.start()
        self._show_speed()

    @Slot()
    def _measure_anew(self) -> None:
        """What was measured holds for another device."""
        self._trials.forget()
        self._show_choice()
        self._show_speed()

    @Slot()
    def _show_choice(self) -> None:
        if self._dialog is not None:
            self._dialog.device.show_choices(CHOICES, self._devices.choice)

    @Slot(str)
    def _show_testing(self, note: str) -> None:
        if self._dialog is not None:
            self._dialog.device.show_testing(note)

    @Slot()
    def _show_speed(self) -> None:
        if self._dialog is None:
            return
        if self._trials.running:
            self._dialog.device.show_testing("")
        else:
            self._dialog.device.show_speed(self._speed, self._trials.obstacle)

    @Slot()
    def _copy(self) -> None:
        if self._dialog is not None:
            self._dialog.put_on_clipboard(computer_text(self._devices.state, self._speed, self._kept.last))

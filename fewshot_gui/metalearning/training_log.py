"""The curves of a training on disk: for TensorBoard where it is installed, else as a table."""

from __future__ import annotations

import csv
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.metalearning.training_report import TrainingReport

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

TABLE = "training.csv"
"""The table's name in its folder."""


class _Writer(Protocol):
    def write(self, report: TrainingReport) -> None: ...

    def close(self) -> None: ...


class TrainingLog:
    """Writes every report of a training to a folder.

    Attributes:
        note: A sentence for the person if TensorBoard is not installed, else empty.
    """

    def __init__(self, folder: Path) -> None:
        """Open a log in ``folder``, which is made.

        Raises:
            FewshotError: The folder cannot be written to.
        """
        self.note = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._writer = self._open(folder)
        except OSError as error:
            raise FewshotError(
                f"“{folder}” cannot be written to ({error.strerror or error}); choose another folder for the curves."
            ) from error

    def _open(self, folder: Path) -> _Writer:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            self.note = (
                f"TensorBoard is not installed, so the curves are in “{folder / TABLE}”; for TensorBoard run "
                "“pip install fewshot-gui[meta]”."
            )
            return _Table(folder / TABLE)
        return _TensorBoard(SummaryWriter(str(folder)))

    def write(self, report: TrainingReport) -> None:
        """Add a report."""
        self._writer.write(report)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._writer.close()


class _TensorBoard:
    def __init__(self, writer: SummaryWriter) -> None:
        self._writer = writer

    def write(self, report: TrainingReport) -> None:
        for name, value in asdict(report).items():
            if name not in ("step", "steps") and value is not None:
                self._writer.add_scalar(name, value, report.step)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class _Table:
    """A row per report; a training that is resumed goes on in the same table."""

    def __init__(self, path: Path) -> None:
        begun = path.exists() and path.stat().st_size > 0
        self._file = path.open("a", encoding="utf-8", newline="")
        self._rows = csv.DictWriter(self._file, [field.name for field in fields(TrainingReport)])
        if not begun:
            self._rows.writeheader()

    def write(self, report: TrainingReport) -> None:
        self._rows.writerow(asdict(report))
        self._file.flush()

    def close(self) -> None:
        self._file.close()

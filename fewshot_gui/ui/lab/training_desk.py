"""Where a training that is under way keeps its files, so that it survives the end of the program."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.folders import data_folder
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.ui.lab.teaching_state import TeachingWish

log = logging.getLogger(__name__)


class TrainingDesk:
    """One training at a time: what was asked for, its checkpoint, and in the end what was learned."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use ``folder``, or the one among the program's own data."""
        self._folder = folder or data_folder() / "training"

    @property
    def out(self) -> Path:
        """Where the starting point is written; its checkpoint lies beside it."""
        return self._folder / "starting point.safetensors"

    @property
    def pending(self) -> TeachingWish | None:
        """What was asked for and has not come to its end; ``None`` if nothing, or if it cannot be read."""
        try:
            return TeachingWish.from_json(json.loads(self._wish.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("the interrupted training in %s cannot be read", self._wish, exc_info=True)
            return None

    def begin(self, wish: TeachingWish) -> None:
        """Remember what is asked for; what was there before is thrown away.

        Raises:
            FewshotError: The folder cannot be written to.
        """
        self.clear()
        try:
            with whole_file(self._wish) as draft:
                draft.write_text(json.dumps(wish.to_json(), indent=2), encoding="utf-8")
        except OSError as error:
            raise FewshotError(
                f"The training cannot be kept in “{self._folder}” ({error.strerror or error}); make room there first."
            ) from error

    def clear(self) -> None:
        """Throw everything away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _wish(self) -> Path:
        return self._folder / "training.json"

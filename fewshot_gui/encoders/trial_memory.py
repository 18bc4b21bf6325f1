"""What trials of devices have found on this computer, so that a start does not pay for them every time.

Every outcome is a small file in the cache folder, named after the provider, the version of ONNX Runtime and the
encoder: whatever of these changes is tried again, and deleting the files loses nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from fewshot_gui.core.folders import cache_folder
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.encoders.providers import Provider

_log = logging.getLogger(__name__)

_UNFINISHED = "trying"


@dataclass(frozen=True)
class TrialOutcome:
    """How a trial ended.

    Attributes:
        passed: The provider gives the right answers, and faster than the processor.
        reason: Why it passed or not, as a clause that names the provider.
        batch_size: How many photos at once were fastest.
    """

    passed: bool
    reason: str
    batch_size: int = 1


def recall(provider: Provider, encoder_id: str) -> TrialOutcome | None:
    """The outcome of the last trial; ``None`` where there was none.

    A trial that never ended took the program with it and counts as failed.
    """
    try:
        content = json.loads(_file(provider, encoder_id).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        _log.warning("the outcome of a trial of %s cannot be read", provider.title, exc_info=True)
        return None
    if content == _UNFINISHED:
        return TrialOutcome(passed=False, reason=f"the program ended while it tried {provider.title} the last time")
    try:
        return TrialOutcome(bool(content["passed"]), str(content["reason"]), int(content["batch_size"]))
    except (KeyError, TypeError, ValueError):
        _log.warning("the outcome of a trial of %s makes no sense", provider.title, exc_info=True)
        return None


def keep(provider: Provider, encoder_id: str, outcome: TrialOutcome) -> None:
    """Remember an outcome; where nothing can be written, the next start tries again."""
    _write(_file(provider, encoder_id), asdict(outcome))


@contextmanager
def marked(provider: Provider, encoder_id: str) -> Iterator[None]:
    """What happens in the block is a trial; if the program ends in it, :func:`recall` knows."""
    path = _file(provider, encoder_id)
    _write(path, _UNFINISHED)
    try:
        yield
    finally:
        _delete(path)


def forget_trials() -> None:
    """Have every device tried again."""
    for path in _folder().glob("*.json"):
        _delete(path)


def _write(path: Path, content: object) -> None:
    try:
        with whole_file(path) as draft:
            draft.write_text(json.dumps(content), encoding="utf-8")
    except OSError:
        _log.warning("the outcome of a trial cannot be written to %s", path, exc_info=True)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        _log.warning("the outcome of a trial cannot be deleted from %s", path, exc_info=True)


def _file(provider: Provider, encoder_id: str) -> Path:
    import onnxruntime

    return _folder() / f"{provider.kind}-{onnxruntime.__version__}-{encoder_id}.json"


def _folder() -> Path:
    return cache_folder() / "devices"

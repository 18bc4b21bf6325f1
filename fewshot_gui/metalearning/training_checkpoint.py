"""What a training resumes from: one safetensors file, tensors as tensors and the rest as JSON in its metadata."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.metalearning.early_stopping import Best
from fewshot_gui.metalearning.outer_settings import OuterSettings
from fewshot_gui.metalearning.training_report import TrainingReport

log = logging.getLogger(__name__)

_FORMAT = "fewshot-gui training 1"
"""The name in the metadata under which everything lies that is no tensor."""

_PARAMETERS, _BEST, _MOMENTS = "parameters.", "best.", "moments."


class CheckpointError(FewshotError):
    """A checkpoint cannot be resumed from."""


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Everything an outer loop needs to go on. Immutable.

    Attributes:
        step: Steps done.
        parameters: Of the method, by name.
        moments: What Adam keeps of each parameter, by the parameter's position and its own names.
        best: The best parameters so far.
        losses: Of the steps since the last report.
        reports: So far.
        identity: What is trained on what, in words.
        seed: Of the training.
        memo: Of the caller.
    """

    step: int
    parameters: Mapping[str, Tensor]
    moments: Mapping[int, Mapping[str, Tensor]]
    best: Best
    losses: tuple[float, ...]
    reports: tuple[TrainingReport, ...]
    identity: str
    seed: int
    memo: str

    def require_same(self, settings: OuterSettings, method: EpisodicMethod) -> None:
        """Make sure that this is the training that ``settings`` and ``method`` describe.

        Steps and rates may have changed since: going on for longer, or more carefully, is a reason to resume.

        Raises:
            CheckpointError: It is another one.
        """
        shapes = {name: tensor.shape for name, tensor in method.state_dict().items()}
        ours = {name: tensor.shape for name, tensor in self.parameters.items()}
        if (self.identity, self.seed) != (settings.identity, settings.seed) or shapes != ours:
            raise CheckpointError(
                f"The checkpoint is of another training ({self.identity}, seed {self.seed}); "
                "choose the same settings as then, or begin anew without resuming."
            )


def write_checkpoint(path: Path, state: TrainingState) -> None:
    """Write ``state`` whole or not at all.

    Raises:
        CheckpointError: It cannot be written.
    """
    from safetensors.torch import save_file

    tensors = {f"{_PARAMETERS}{name}": tensor for name, tensor in state.parameters.items()}
    tensors |= {f"{_BEST}{name}": tensor for name, tensor in state.best.parameters.items()}
    for position, moments in state.moments.items():
        tensors |= {f"{_MOMENTS}{position}.{name}": tensor for name, tensor in moments.items()}
    best = {key: value for key, value in vars(state.best).items() if key != "parameters"}
    rest = {
        "step": state.step,
        "best": best,
        "losses": state.losses,
        "reports": [asdict(report) for report in state.reports],
        "identity": state.identity,
        "seed": state.seed,
        "memo": state.memo,
    }
    # A copy of each, since safetensors refuses tensors that share memory.
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    try:
        with whole_file(path) as draft:
            save_file(copies, draft, metadata={_FORMAT: json.dumps(rest)})
    except OSError as error:
        raise CheckpointError(
            f"“{path}” could not be written ({error.strerror or error}), so the training would be lost when it is "
            "interrupted; make room or choose another place."
        ) from error


def read_checkpoint(path: Path) -> TrainingState:
    """Read what :func:`write_checkpoint` wrote.

    Raises:
        CheckpointError: It is damaged, or no checkpoint of ours.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        return _state(tensors, json.loads(metadata[_FORMAT]))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        log.debug("cannot resume", exc_info=error)
        raise CheckpointError(
            f"“{path}” is damaged or no checkpoint of this program; begin anew without resuming."
        ) from error


def _state(tensors: Mapping[str, Tensor], rest: Mapping[str, Any]) -> TrainingState:
    moments: dict[int, dict[str, Tensor]] = {}
    for key, tensor in _under(tensors, _MOMENTS).items():
        position, name = key.split(".", 1)
        moments.setdefault(int(position), {})[name] = tensor
    return TrainingState(
        step=int(rest["step"]),
        parameters=_under(tensors, _PARAMETERS),
        moments=moments,
        best=Best(parameters=_under(tensors, _BEST), **rest["best"]),
        losses=tuple(float(loss) for loss in rest["losses"]),
        reports=tuple(TrainingReport(**report) for report in rest["reports"]),
        identity=str(rest["identity"]),
        seed=int(rest["seed"]),
        memo=str(rest["memo"]),
    )


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}

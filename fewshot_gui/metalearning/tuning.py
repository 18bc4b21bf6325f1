"""The settings of a training that are worth trying out, and the search for good ones."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.starting_point import NetworkKind, NetworkSpec

if TYPE_CHECKING:
    import optuna

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tuning:
    """What a method trains with.

    Attributes:
        rate: The first learning rate of the outer loop.
        meta_batch: Tasks of an update.
        width: Of the network.
        sharpness: The logits' first scale, as a factor on the method's own; for methods with a learned scale.
        inner_rate: The inner loop's first rates, as a factor on the method's own; for methods with learned rates.
    """

    rate: float
    meta_batch: int
    width: int
    sharpness: float = 1.0
    inner_rate: float = 1.0

    def method(self, name: str, spec: NetworkSpec, seed: int) -> EpisodicMethod:
        """A fresh method so set; ``spec`` gives all of the network but the width."""
        network = NetworkSpec(spec.kind, spec.inputs, self.width, spec.encoder)
        method = episodic_method(name, network, seed=seed)
        with torch.no_grad():
            for part, factor in (("log_scale", self.sharpness), ("rates", self.inner_rate)):
                value = getattr(method, part, None)
                if isinstance(value, torch.nn.Parameter):
                    value.add_(math.log(factor)) if part == "log_scale" else value.mul_(factor)
        return method

    def __str__(self) -> str:
        """For a person, such as ``rate 0.001, 4 tasks, width 128``."""
        words = [f"rate {self.rate:.2g}", f"{self.meta_batch} tasks", f"width {self.width}"]
        words += [f"sharpness x {self.sharpness:.2g}"] * (self.sharpness != 1)
        words += [f"inner rate x {self.inner_rate:.2g}"] * (self.inner_rate != 1)
        return ", ".join(words)


_USUAL: dict[NetworkKind, Tuning] = {
    "adapter": Tuning(1e-3, 4, 128),
    "conv4": Tuning(1e-3, 4, 64),
    "tail": Tuning(1e-4, 4, 0),
}
_METRIC_METHODS = ("prototypes", "matching", "siamese", "memory")


def usual_tuning(method: str, kind: NetworkKind) -> Tuning:
    """What a training of ``method`` begins with on a network of this kind; tried on Omniglot for ``"conv4"`` only."""
    if kind == "conv4" and method in _METRIC_METHODS:
        # One task of these already holds every pair of its classes, so that its gradient is hardly noisy.
        return Tuning(3e-3, 1, 64)
    return _USUAL[kind]


@dataclass(frozen=True)
class Trial:
    """A setting that was tried.

    Attributes:
        tuning: The setting.
        accuracy: On validation episodes after a short training, 0..1.
        is_usual: Whether it is the one that the search began with.
    """

    tuning: Tuning
    accuracy: float
    is_usual: bool


def search_tuning(
    usual: Tuning, score: Callable[[Tuning], float], *, trials: int, widths: bool, inner_rates: bool, seed: int
) -> tuple[Trial, ...]:
    """Look for a better setting than the usual one, which is tried first, by Optuna's sampler (Akiba et al. 2019).

    Args:
        usual: Where to begin.
        score: Trains briefly with a setting; the accuracy on validation episodes, 0..1.
        trials: How many settings to try, at least 1.
        widths: Whether to try other widths of the network.
        inner_rates: Whether to try other rates of the inner loop.
        seed: Fixes the search.

    Returns:
        All trials, the best first.

    Raises:
        FewshotError: Optuna is not installed.
        Cancelled: The person cancelled in ``score``.
    """
    try:
        import optuna
    except ImportError as error:
        raise FewshotError(
            "Trying out settings needs Optuna, which is not installed; run “pip install fewshot-gui[meta]” or train "
            "without trying."
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    found: list[Trial] = []

    def objective(trial: optuna.Trial) -> float:
        tuning = usual if not found else _suggested(trial, usual, widths=widths, inner_rates=inner_rates)
        found.append(Trial(tuning, score(tuning), is_usual=not found))
        log.info("%s: %.4f", tuning, found[-1].accuracy)
        return found[-1].accuracy

    study.optimize(objective, n_trials=trials)
    return tuple(sorted(found, key=lambda trial: trial.accuracy, reverse=True))


def _suggested(trial: optuna.Trial, usual: Tuning, *, widths: bool, inner_rates: bool) -> Tuning:
    return Tuning(
        rate=trial.suggest_float("rate", usual.rate / 10, usual.rate * 10, log=True),
        meta_batch=usual.meta_batch,
        width=trial.suggest_categorical("width", (32, 64, 128, 256)) if widths else usual.width,
        sharpness=trial.suggest_float("sharpness", 0.25, 4.0, log=True),
        inner_rate=trial.suggest_float("inner_rate", 0.1, 3.0, log=True) if inner_rates else 1.0,
    )

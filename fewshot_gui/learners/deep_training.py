"""Fine-tuning the tail of an encoder to a support set: everything between numpy rows and torch modules."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.canonical_order import canonical_observations
from fewshot_gui.learners.deep_classifier import scored
from fewshot_gui.learners.likelihood import own_margin
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint

if TYPE_CHECKING:
    from fewshot_gui.learners.episodic.fine_tuning import HeadedNetwork

_STEPS_TO_TELL = 3
"""Steps after which the pace is known."""
_NETWORK = "network."
"""Before the names of a network's parameters within a method or a headed network."""


@dataclass(frozen=True, eq=False)
class DeepModel:
    """A network that was fine-tuned to examples.

    Attributes:
        network: What it is.
        head: The network with its head.
        margin: Of its logits on the examples (:func:`~fewshot_gui.learners.likelihood.own_margin`).
    """

    network: NetworkSpec
    head: HeadedNetwork
    margin: float

    def margins(self, support: SupportSet) -> NDArray[np.float32]:
        """The logits of other examples in units of the margin, float32 (n, c)."""
        return scored(self.head, support.activations) / np.float32(self.margin)

    def parameters(self, factor: float) -> Mapping[str, NDArray[np.float32]]:
        """Every parameter by name, for logits that are ``factor`` times as large."""
        arrays = {name: parameter.detach().numpy().copy() for name, parameter in self.head.named_parameters()}
        return arrays | {name: np.float32(factor) * arrays[name] for name in ("weights", "bias")}


class OverBudgetError(Exception):
    """Fine-tuning would take longer than it may.

    Attributes:
        seconds: That it would take.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


class DeepTraining:
    """Fine-tunes one model after another and counts the steps of all."""

    def __init__(
        self,
        network: NetworkSpec,
        start: StartingPoint | None,
        seed: int,
        progress: Progress,
        *,
        models: int,
        budget: float | None = None,
    ) -> None:
        """Prepare for several models.

        Args:
            network: What to fine-tune.
            start: In place of the encoder's weights.
            seed: Fixes every random choice.
            progress: Hears of every step; may cancel.
            models: How many will be asked for, at most.
            budget: Seconds for all of them; ``None``: as long as it takes.
        """
        from fewshot_gui.learners.episodic.fine_tuning import FineTuning

        self._network = network
        self._start = start
        self._seed = seed
        self._progress = progress
        self._settings = FineTuning()
        self._budget = math.inf if budget is None else budget
        self._started = time.perf_counter()
        self._done, self._total = 0, models * self._settings.steps

    def model(self, support: SupportSet) -> DeepModel:
        """Fine-tune to ``support``, whose order and class numbers make no difference.

        Raises:
            Cancelled: The person cancelled; heard after every step.
            OverBudgetError: All models together would take longer than the budget, by the pace of the steps so far.
        """
        import torch

        from fewshot_gui.learners.episodic.building import build_network
        from fewshot_gui.learners.episodic.fine_tuning import HeadedNetwork, fine_tune

        self._progress.check()
        observations = canonical_observations(support.activations, support.labels, support.groups)
        head = HeadedNetwork(build_network(self._network), len(observations.class_ids))
        if self._start is not None:
            _begin_from(head, self._start)
        counts = np.bincount(observations.columns)
        fine_tune(
            head,
            torch.from_numpy(observations.rows),
            torch.from_numpy(observations.columns),
            torch.from_numpy((counts.mean() / counts[observations.columns]).astype(np.float32)),
            self._settings,
            seed=self._seed,
            after_step=self._after_step,
        )
        with torch.no_grad():
            ascending = torch.from_numpy(np.argsort(observations.class_ids))
            head.weights.copy_(head.weights[:, ascending])
            head.bias.copy_(head.bias[ascending])
        columns = np.searchsorted(support.class_ids, support.labels)
        margin = own_margin(scored(head, support.activations), columns, support.groups)
        return DeepModel(self._network, head, margin)

    def _after_step(self) -> None:
        self._progress.check()
        self._done += 1
        self._progress.report(self._done, self._total, "Adapting the encoder")
        if self._done >= _STEPS_TO_TELL:
            seconds = (time.perf_counter() - self._started) * self._total / self._done
            if seconds > self._budget:
                raise OverBudgetError(seconds)


def _begin_from(head: HeadedNetwork, start: StartingPoint) -> None:
    """Give the network the parameters that a starting point has for it."""
    import torch

    with torch.no_grad():
        for name, parameter in head.network.named_parameters():
            parameter.copy_(torch.from_numpy(np.array(start.arrays[_NETWORK + name])))

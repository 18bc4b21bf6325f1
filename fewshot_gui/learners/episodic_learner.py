"""Any episodic method as a learner of the application."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners.canonical_order import Observations, canonical_observations
from fewshot_gui.learners.episodic_classifier import EpisodicClassifier, RowPreparation
from fewshot_gui.learners.features import EmbeddingTransform
from fewshot_gui.learners.protocol import UNWATCHED
from fewshot_gui.learners.starting_point import NetworkSpec, StartingPoint

_ADAPTER_WIDTH = 64
"""Of the bottleneck of a fresh adapter; examples are few, and half of that or twice as much labels no better."""


_UNTRAINED_STEPS = 15
"""Of gradient descent without a starting point: rates that were not learned need more steps. Over five tasks, 15 steps
labelled 1 point more photos right than 5 at five examples per class, and 3 points more at ten."""


@dataclass(frozen=True)
class EpisodicLearner:
    """Adapts an episodic method; see :class:`~fewshot_gui.learners.protocol.Learner`.

    Without a starting point, the network is an adapter that leaves the embeddings as they are, on square-rooted
    embeddings of length one.
    """

    name: str
    title: str
    help: str
    seed: int = 0

    def adapt(
        self,
        support: SupportSet,
        *,
        unlabelled: NDArray[np.floating] | None = None,  # noqa: ARG002 - part of the contract; these are inductive
        starting_point: StartingPoint | None = None,
        progress: Progress = UNWATCHED,
    ) -> EpisodicClassifier:
        """Adapt to these examples; the person may cancel before every pass through the network.

        Raises:
            FewshotError: The starting point is of another method or encoder.
            Cancelled: The person cancelled.
        """
        import torch

        from fewshot_gui.learners.episodic.catalogue import episodic_method
        from fewshot_gui.learners.episodic.gradient import GradientMethod
        from fewshot_gui.learners.episodic.restoring import restored_method

        progress.check()
        preparation = self._preparation(support, starting_point)
        if starting_point is None:
            method = episodic_method(self.name, preparation.network, seed=self.seed).eval()
            if isinstance(method, GradientMethod):
                method.loop = replace(method.loop, evaluation_steps=_UNTRAINED_STEPS)
        else:
            method = restored_method(self.name, starting_point.network, starting_point.arrays)
        observations = _observations(support, preparation)
        method.network.register_forward_pre_hook(lambda *_: progress.check())
        with torch.no_grad():  # methods that descend on the examples differentiate by themselves
            state = method.adapt(
                torch.from_numpy(observations.rows), torch.from_numpy(observations.columns), len(observations.class_ids)
            )
        return EpisodicClassifier(
            method=self.name,
            preparation=preparation,
            class_ids=np.sort(observations.class_ids),
            columns=np.argsort(observations.class_ids),
            state={name: value.numpy() for name, value in state.items()},
            parameters={name: value.numpy() for name, value in method.scoring_parameters().items()},
        )

    def _preparation(self, support: SupportSet, starting_point: StartingPoint | None) -> RowPreparation:
        dimension = support.embeddings.shape[1]
        if starting_point is None:
            square_root = EmbeddingTransform.fitted_to(support.embeddings).square_root
            return RowPreparation(NetworkSpec("adapter", dimension, _ADAPTER_WIDTH), square_root)
        network = starting_point.network
        given = support.activations.shape[1] if network.kind == "tail" else dimension
        if starting_point.method != self.name or network.inputs != given:
            raise FewshotError(
                f"The starting point “{starting_point.title}” does not fit: it is for the method "
                f"“{starting_point.method}” and the encoder “{starting_point.encoder}”."
            )
        return RowPreparation(network, starting_point.square_root)


def _observations(support: SupportSet, preparation: RowPreparation) -> Observations:
    rows = support.activations if preparation.network.kind == "tail" else support.embeddings
    prepared = preparation.apply(rows)
    observations = canonical_observations(prepared, support.labels, support.groups)
    if preparation.square_root is None:
        return observations
    # The mean of vectors of length one is shorter.
    of_length_one = EmbeddingTransform(square_root=False).apply(observations.rows)
    return Observations(of_length_one, observations.columns, observations.class_ids)

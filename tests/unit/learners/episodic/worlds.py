"""Made-up tasks for few-shot methods, and a short meta-training on them."""

from __future__ import annotations

from collections.abc import Callable, Collection

import torch
from torch import Tensor, nn

from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.learners.episodic.method import EpisodicMethod
from fewshot_gui.learners.starting_point import NetworkSpec

INPUTS = 32
ADAPTER = NetworkSpec("adapter", INPUTS, 16)
Task = tuple[Tensor, Tensor, int, Tensor, Tensor]
"""Support, labels, ways, queries, labels: what ``episode_loss`` takes."""
World = Callable[[torch.Generator], Task]

_TURN = torch.linalg.qr(torch.randn(INPUTS, INPUTS, generator=torch.Generator().manual_seed(98)))[0]
_KNOWN = torch.randn(12, INPUTS, generator=torch.Generator().manual_seed(99))


def task(rows: Tensor, shots: int) -> Task:
    """The first ``shots`` of (ways, n, inputs) are the support, the others the queries; all of length one."""
    ways, each, inputs = rows.shape
    rows, labels = nn.functional.normalize(rows, dim=2), torch.arange(ways)
    support, queries = rows[:, :shots].reshape(-1, inputs), rows[:, shots:].reshape(-1, inputs)
    return support, labels.repeat_interleave(shots), ways, queries, labels.repeat_interleave(each - shots)


def same_nuisance(generator: torch.Generator) -> Task:
    """Classes are directions in 8 dimensions, hidden among 24 that vary in every class of every task; one example."""
    telling = torch.arange(INPUTS) < 8
    classes = torch.randn(5, 1, INPUTS, generator=generator) * telling
    noise = torch.randn(5, 6, INPUTS, generator=generator) * torch.where(telling, 0.3, 1.0)
    return task((classes + noise) @ _TURN, 1)


def new_nuisance(generator: torch.Generator) -> Task:
    """About a half of the inputs, another half in every task, vary in every class; five examples."""
    classes = torch.randn(5, 1, INPUTS, generator=generator)
    noisy = torch.where(torch.rand(INPUTS, generator=generator) < 0.5, 3.0, 0.3)
    return task(classes + noisy * torch.randn(5, 10, INPUTS, generator=generator), 5)


def known_classes(generator: torch.Generator) -> Task:
    """The classes of every task are five of the same twelve, very noisy; one example."""
    classes = _KNOWN[torch.randperm(len(_KNOWN), generator=generator)[:5]][:, None]
    return task(classes + 2 * torch.randn(5, 6, INPUTS, generator=generator), 1)


def accuracy(method: EpisodicMethod, world: World, *, tasks: int = 80) -> float:
    """Mean share of right answers over tasks that are the same at every call and never trained on."""
    generator = torch.Generator().manual_seed(12345)
    right = []
    with torch.no_grad():
        for _ in range(tasks):
            support, labels, ways, queries, query_labels = world(generator)
            answers = method.logits(method.adapt(support, labels, ways), queries).argmax(dim=1)
            right.append((answers == query_labels).float().mean())
    return float(torch.stack(right).mean())


def meta_train(method: EpisodicMethod, world: World, *, steps: int = 60, frozen: Collection[str] = ()) -> None:
    """Adam steps, one task each; parameters whose names begin with one of ``frozen`` stay as they are."""
    generator = torch.Generator().manual_seed(1)
    learned = [p for name, p in method.named_parameters() if not name.startswith(tuple(frozen))]
    optimiser = torch.optim.Adam(learned, 1e-2)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.autograd.backward(method.episode_loss(*world(generator)))
        optimiser.step()


def gain(name: str, world: World) -> float:
    """How much of the answers 60 steps of meta-training put right."""
    method = episodic_method(name, ADAPTER)
    before = accuracy(method, world)
    meta_train(method, world)
    return accuracy(method, world) - before


def moved(name: str, spec: NetworkSpec, *, seed: int = 0) -> EpisodicMethod:
    """A method none of whose parameters is at its start any more, as after some training, in float64."""
    method = episodic_method(name, spec, seed=seed).double()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in method.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return method


def drawn(inputs: int, counts: tuple[int, ...], queries: int = 6) -> Task:
    """A task with so many examples of each class, rows of length one, in float64."""
    generator = torch.Generator().manual_seed(5)
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    asked = torch.arange(queries) % len(counts)
    means = torch.rand(len(counts), inputs, generator=generator, dtype=torch.float64)
    rows = means[torch.cat([labels, asked])]
    rows = nn.functional.normalize(rows + 0.5 * torch.rand(rows.shape, generator=generator, dtype=torch.float64), dim=1)
    return rows[: len(labels)], labels, len(counts), rows[len(labels) :], asked

"""The processes that train together: one by itself, or several that average their gradients."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from fewshot_gui.core.errors import FewshotError

if TYPE_CHECKING:
    from lightning.fabric import Fabric


class Ranks(Protocol):
    """What a training needs of the processes that train together."""

    @property
    def rank(self) -> int:
        """The number of this process, 0..world-1; 0 writes files."""

    @property
    def world(self) -> int:
        """How many processes there are."""

    @property
    def device(self) -> torch.device:
        """Where this process computes."""

    def mean(self, values: Tensor) -> Tensor:
        """The mean of ``values`` over all processes, elementwise; every process must call it."""

    def in_turn(self) -> AbstractContextManager[object]:
        """Work that one process of each machine does first, so that the others find it in the cache."""


class Alone:
    """A single process."""

    rank = 0
    world = 1

    def __init__(self, device: str = "cpu") -> None:
        self.device = torch.device(device)

    def mean(self, values: Tensor) -> Tensor:
        """The values as they are."""
        return values

    def in_turn(self) -> AbstractContextManager[object]:
        """There is nobody to wait for."""
        return nullcontext()


class FabricRanks:
    """The processes of a launcher, by way of Lightning Fabric."""

    def __init__(self, fabric: Fabric) -> None:
        """``fabric`` is launched already."""
        self._fabric = fabric
        self.rank: int = fabric.global_rank
        self.world: int = fabric.world_size
        self.device: torch.device = fabric.device

    def mean(self, values: Tensor) -> Tensor:
        """The mean over all processes."""
        mean = self._fabric.all_reduce(values.to(self.device), reduce_op="mean")
        if not isinstance(mean, Tensor):
            raise TypeError(f"a tensor became a {type(mean).__name__} on its way through the processes")
        return mean.to(values.device)

    def in_turn(self) -> AbstractContextManager[object]:
        """The first process of this machine, then the others."""
        turn: AbstractContextManager[object] = self._fabric.rank_zero_first(local=True)
        return turn


def is_launched() -> bool:
    """Whether ``torchrun`` or ``fabric run`` started this process together with others."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def launched_ranks() -> Ranks:
    """The processes that a launcher started together with this one; waits for them.

    Raises:
        FewshotError: Lightning is not installed.
    """
    try:
        from lightning.fabric import Fabric
    except ImportError as error:
        raise FewshotError(
            "Training by several processes needs Lightning, which is not installed; run "
            "“pip install fewshot-gui[meta]”."
        ) from error
    if "LT_CLI_USED" in os.environ:  # "fabric run" has said how many there are, and starts on its own
        return FabricRanks(Fabric())
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    fabric = Fabric(devices=here, num_nodes=int(os.environ["WORLD_SIZE"]) // here, strategy="ddp")
    fabric.launch()
    return FabricRanks(fabric)

"""Keeping the best parameters, and seeing when training no longer pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Best:
    """The parameters with the highest accuracy on the validation episodes so far. Immutable.

    Attributes:
        parameters: Of the method, by name; copies.
        accuracy: Mean over the validation episodes, 0..1.
        half_width: Of its 95 % interval.
        step: After how many steps it was reached.
        checks_since: Validations since then; none of them was better.
    """

    parameters: Mapping[str, Tensor]
    accuracy: float
    half_width: float
    step: int
    checks_since: int = 0

    def is_stale(self, patience: int) -> bool:
        """Whether ``patience`` validations in a row have brought nothing; a patience of 0 never ends."""
        return 0 < patience <= self.checks_since

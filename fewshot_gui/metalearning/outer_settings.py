"""How an outer loop runs."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.metalearning.rate_schedule import Schedule


@dataclass(frozen=True)
class OuterSettings:
    """How an outer loop runs.

    Attributes:
        steps: Updates of the parameters.
        meta_batch: Tasks whose gradients one update averages (of each process).
        rate: The first learning rate of Adam.
        schedule: How the rate changes.
        gradient_norm: A longer gradient is shortened to this length.
        validate_every: Steps between validations.
        validation_episodes: Episodes of a validation; the same ones every time.
        patience: Validations in a row without a better one after which it ends; 0: never.
        checkpoint_seconds: Time between checkpoints, which is what a killed process loses at most.
        seed: Fixes every random choice.
        identity: What is trained on what, in words; a checkpoint of anything else is refused.
        memo: Kept in the checkpoint for the caller.
    """

    steps: int
    meta_batch: int = 4
    rate: float = 1e-3
    schedule: Schedule = "cosine"
    gradient_norm: float = 10.0
    validate_every: int = 100
    validation_episodes: int = 100
    patience: int = 10
    checkpoint_seconds: float = 20.0
    seed: int = 0
    identity: str = ""
    memo: str = ""

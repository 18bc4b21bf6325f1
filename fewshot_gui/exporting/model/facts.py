"""What a person, and another program, should know of an exported model besides its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fewshot_gui.encoders import EncoderSpec

FORMAT_VERSION = 1
"""Of the exported model: its inputs, outputs and metadata. Raised when a reader would have to know."""


@dataclass(frozen=True)
class ModelFacts:
    """The facts of an exported model.

    Attributes:
        class_names: In the order of the probabilities.
        encoder: What embeds the photos; its preprocessing is the model's.
        method: How the classifier was adapted, such as ``"lda+ridge"``.
        title: The model's name, for people.
        created: When it was exported; with its time zone, so that the moment is known everywhere.
        version: Of this program.
        examples_per_class: How many examples stand behind each class, in the order of ``class_names``.
        expected_accuracy: Value, low and high end of the 95 % interval, in 0..1; ``None``: not enough examples.
        stranger_below: The familiarity below which a photo probably belongs to none of the classes.
        licence: Of the model's weights, by SPDX name where it has one.
        notes: Further sentences for people, such as what the export had to leave out.

    Raises:
        ValueError: The numbers of examples are not those of the classes, or ``created`` has no time zone.
    """

    class_names: tuple[str, ...]
    encoder: EncoderSpec
    method: str
    title: str
    created: datetime
    version: str
    examples_per_class: tuple[int, ...]
    expected_accuracy: tuple[float, float, float] | None
    stranger_below: float
    licence: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.examples_per_class) != len(self.class_names):
            raise ValueError(f"{len(self.examples_per_class)} numbers of examples for {len(self.class_names)} classes")
        if self.created.tzinfo is None:
            raise ValueError("the moment of the export must have its time zone")

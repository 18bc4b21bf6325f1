"""Facts of a model that no test has to make up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fewshot_gui.encoders import encoder_spec
from fewshot_gui.exporting.model.facts import ModelFacts

FACTS = ModelFacts(
    class_names=("Rosa canina", "“Höhle” | it's a <b>", "two\nlines"),
    encoder=encoder_spec("efficientnet-lite0"),
    method="lda+ridge",
    title="Hedges: 50 % roses",
    created=datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
    version="9.9",
    examples_per_class=(3, 5, 4),
    expected_accuracy=(0.912, 0.83, 0.96),
    stranger_below=0.5,
    licence="Apache-2.0",
    notes=("The folder was not used.",),
)


def facts_with(**changes: Any) -> ModelFacts:
    """:data:`FACTS` with something else in it."""
    return replace(FACTS, **changes)

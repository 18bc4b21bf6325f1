"""The model card: what a person should know before using an exported model, as Markdown that Hugging Face reads."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from fewshot_gui.core.operator_graph import OPSET
from fewshot_gui.core.resources import resource
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.verification import Verification

_HUB_LICENCES = {"Apache-2.0": "apache-2.0", "MIT": "mit", "BSD-3-Clause": "bsd-3-clause", "CC-BY-4.0": "cc-by-4.0"}
"""The names by which the Hugging Face hub knows licences."""


@dataclass(frozen=True)
class Check:
    """A comparison with the program that a card tells of.

    Attributes:
        model: The file name of the model that was checked.
        fed_with: What it was handed, such as "some of the photos in full size".
        result: The figures.
    """

    model: str
    fed_with: str
    result: Verification


@dataclass(frozen=True)
class CardFiles:
    """The names of what lies beside a card.

    Attributes:
        model: The ONNX file.
        script: The script that runs it.
    """

    model: str
    script: str


def model_card(facts: ModelFacts, files: CardFiles, checks: Sequence[Check], *, carried_examples: int) -> str:
    """The card as text.

    Args:
        facts: Of the model.
        files: What lies beside the card.
        checks: How it compares with the program.
        carried_examples: How many examples are inside as embeddings; 0 for none.
    """
    encoder, preprocess = facts.encoder, facts.encoder.preprocess
    template = Template(resource("model/card.md").read_text(encoding="utf-8"))
    return template.substitute(
        front_matter=_front_matter(facts),
        title=escaped(facts.title),
        version=facts.version,
        date=facts.created.date().isoformat(),
        class_count=len(facts.class_names),
        example_count=sum(facts.examples_per_class),
        classes=_class_rows(facts),
        accuracy=_accuracy(facts),
        stranger_below=f"{facts.stranger_below:g}",
        method=facts.method,
        encoder=escaped(encoder.title),
        encoder_id=encoder.id,
        encoder_licence=escaped(encoder.licence),
        encoder_origin=encoder.origin,
        dimension=encoder.dimension - encoder.activations,
        short_side=preprocess.resize_short_side,
        crop=preprocess.crop,
        interpolation=preprocess.interpolation,
        mean=_numbers(preprocess.mean),
        std=_numbers(preprocess.std),
        licence=escaped(facts.licence),
        model=files.model,
        script=files.script,
        checks="\n".join(map(_check_row, checks)),
        notes="".join(f"{escaped(note)}\n\n" for note in facts.notes),
        opset=OPSET,
        privacy=_privacy(carried_examples),
    )


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, also within a table."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|#])", r"\\\1", plain)


def _front_matter(facts: ModelFacts) -> str:
    """YAML, every value of it also JSON, so that no name can break it."""
    licence = _HUB_LICENCES.get(facts.licence)
    entries: dict[str, object] = {"license": licence or "other"}
    if licence is None:
        entries["license_name"] = facts.licence
    entries |= {
        "library_name": "onnx",
        "pipeline_tag": "image-classification",
        "tags": ["image-classification", "few-shot-learning", "onnx", "fewshot-gui"],
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in entries.items())


def _class_rows(facts: ModelFacts) -> str:
    rows = zip(facts.class_names, facts.examples_per_class, strict=True)
    return "\n".join(f"| {row} | {escaped(name)} | {examples} |" for row, (name, examples) in enumerate(rows))


def _accuracy(facts: ModelFacts) -> str:
    if facts.expected_accuracy is None:
        return "There were too few examples to tell how often it is right: check some of its labels yourself."
    value, low, high = (f"{100 * share:.0f}" for share in facts.expected_accuracy)
    return (
        f"Of photos like the examples, about {value} % are expected to get the right label (95 % interval {low} to "
        f"{high} %). This was found by holding examples back, not on other photos."
    )


def _check_row(check: Check) -> str:
    result = check.result
    cells = (
        f"`{check.model}`",
        check.fed_with,
        f"{result.agreeing} of {result.photos} ({100 * result.agreement:.1f} %)",
        f"{result.clear_agreeing} of {result.clear} ({result.limits.clear_from:g})",
        f"{result.largest_difference:.4f}",
        f"{result.median_difference:.4f}",
        f"{result.largest_familiarity_difference:.4f}",
    )
    return f"| {' | '.join(cells)} |"


def _privacy(carried_examples: int) -> str:
    names = "The names of the classes are, and so is how many examples each had"
    if not carried_examples:
        return f"{names}; of the examples themselves there is only what the classifier learned from them."
    return (
        f"{names}. So that a new project can start from the model, it carries the embeddings of {carried_examples} "
        "examples: some thousand numbers each, from which a photo cannot be seen, though a rough idea of it might be "
        "computed, and from which anyone who has a photo can tell that it was among the examples. They can be left out "
        "when exporting."
    )


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)

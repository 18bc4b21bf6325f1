"""The model card tells what a person must know, whatever the classes are called."""

from __future__ import annotations

import json
import re

import pytest

from fewshot_gui.exporting.model.card import CardFiles, Check, escaped, model_card
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.labels_file import labels_text
from fewshot_gui.exporting.model.verification import EXACT, Verification
from fewshot_gui.exporting.model.verification_report import verification_report
from tests.unit.exporting.model_facts import FACTS, facts_with

RESULT = Verification(
    photos=200,
    agreeing=199,
    clear=190,
    clear_agreeing=190,
    largest_difference=0.0123,
    median_difference=0.0001,
    largest_familiarity_difference=0.002,
    worst=(),
    limits=EXACT,
)
CHECKS = [Check("hedges.onnx", "the photos as they are", RESULT)]


def _card(facts: ModelFacts = FACTS, carried: int = 12) -> str:
    return model_card(facts, CardFiles("hedges.onnx", "hedges.predict.py"), CHECKS, carried_examples=carried)


def _front_matter(card: str) -> dict[str, object]:
    block = card.split("---\n")[1]
    return {line.split(": ", 1)[0]: json.loads(line.split(": ", 1)[1]) for line in block.splitlines()}


def test_hugging_face_finds_licence_and_task() -> None:
    front = _front_matter(_card())
    assert (front["license"], front["pipeline_tag"]) == ("apache-2.0", "image-classification")


def test_a_licence_that_the_hub_does_not_know_is_named() -> None:
    front = _front_matter(_card(facts_with(licence="DINOv3 License: “own” terms")))
    assert (front["license"], front["license_name"]) == ("other", "DINOv3 License: “own” terms")


def test_every_class_has_a_row_of_three_cells_whatever_its_name() -> None:
    rows = [line for line in _card().splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(rows) == 3
    for row, (name, examples) in zip(rows, zip(FACTS.class_names, FACTS.examples_per_class, strict=True), strict=True):
        assert len(re.findall(r"(?<!\\)\|", row)) == 4
        assert row.endswith(f"| {examples} |")
        assert "<b>" not in row
        assert name.split()[0] in row


def test_the_figures_are_there() -> None:
    card = _card()
    for figure in (
        "about 91 %",
        "interval 83\nto 96 %",
        "199 of 200 (99.5 %)",
        "190 of 190 (0.02)",
        "0.0123",
        "from 12 example",
    ):
        assert figure.replace("\n", " ") in card.replace("\n", " ")


def test_too_few_examples_are_no_figure() -> None:
    assert "too few examples" in _card(facts_with(expected_accuracy=None))


def test_what_is_inside_of_the_examples_is_told() -> None:
    assert "embeddings of 12 examples" in _card(carried=12).replace("\n", " ")
    assert "embeddings of" not in _card(carried=0)


def test_the_commands_name_the_files_beside_the_card() -> None:
    card = _card()
    assert "python hedges.predict.py" in card
    assert card.count("hedges.onnx") >= 4
    assert "model.onnx" not in card.replace("hedges.onnx", "")


def test_the_python_of_the_card_can_be_compiled() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", _card(), re.DOTALL)
    compile(code, "card", "exec")


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.search(r"\$[a-z{]", _card())


def test_notes_stand_as_sentences_of_their_own() -> None:
    assert "\nThe folder was not used.\n" in _card()
    assert "\n\n\n" not in _card(facts_with(notes=()))


@pytest.mark.parametrize("text", ["a|b", "*bold*", "<script>", "[x](y)", "`code`", "a_b", "#1", "\\"])
def test_markdown_shows_names_as_they_are(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", escaped(text)).replace("&lt;", "<").replace("&amp;", "&")
    assert shown == text
    assert not re.search(r"(?<!\\)[|*<`\[\]_#]", escaped(text))


def test_labels_are_a_line_each() -> None:
    assert labels_text(FACTS.class_names).splitlines() == ["Rosa canina", "“Höhle” | it's a <b>", "two lines"]


def test_the_report_is_json_with_all_figures() -> None:
    report = json.loads(verification_report(FACTS, CHECKS))
    (check,) = report["checks"]
    assert (check["model"], check["passed"], check["photos"], check["largest_difference"]) == (
        "hedges.onnx",
        True,
        200,
        0.0123,
    )
    assert check["limits"] == {"most_difference": 0.02, "least_agreement": 0.995, "clear_from": 0.02}

"""An exported model that answers otherwise than the program is found out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from fewshot_gui.exporting.model.verification import (
    EXACT,
    Answers,
    Limits,
    ModelMismatchError,
    Verification,
    WrittenModel,
    compare,
    require_sound,
)

NAMES = ("elm", "oak")


def _answers(*first: float, familiarity: float = 0.8) -> Answers:
    """Of a model with two classes, by the probability of the first."""
    share = np.array(first, np.float32)
    return Answers(np.column_stack([share, 1 - share]), np.full(len(first), familiarity, np.float32))


def _compared(program: Answers, model: Answers, limits: Limits = EXACT) -> Verification:
    photos = [f"{row}.jpg" for row in range(len(program.familiarity))]
    return compare(photos, NAMES, program, model, limits)


def test_the_same_answers_pass() -> None:
    result = _compared(_answers(0.9, 0.2, 0.6), _answers(0.9, 0.2, 0.6))
    assert result.passed
    assert (result.photos, result.agreeing, result.largest_difference) == (3, 3, 0)
    result.require_passed()


def test_the_figures_are_those_of_the_photos() -> None:
    result = _compared(_answers(0.9, 0.2, 0.6), _answers(0.89, 0.2, 0.4, familiarity=0.7))
    assert (result.agreeing, result.agreement) == (2, pytest.approx(2 / 3))
    assert result.largest_difference == pytest.approx(0.2)
    assert result.median_difference == pytest.approx(0.01)
    assert result.largest_familiarity_difference == pytest.approx(0.1)
    assert [photo.photo for photo in result.worst] == ["2.jpg", "0.jpg", "1.jpg"]
    assert (result.worst[0].program, result.worst[0].model) == ("elm", "oak")


def test_a_tie_may_fall_the_other_way() -> None:
    result = _compared(_answers(0.505, 0.9), _answers(0.495, 0.9))
    assert (result.agreeing, result.clear, result.clear_agreeing) == (1, 1, 1)
    assert result.passed


def test_a_clear_photo_may_not() -> None:
    limits = Limits(most_difference=1.0, least_agreement=0.995, clear_from=0.02)
    assert not _compared(_answers(0.52, 0.9), _answers(0.48, 0.9), limits).passed


@pytest.mark.parametrize(("difference", "passed"), [(0.019, True), (0.021, False)])
def test_the_largest_difference_decides(difference: float, passed: bool) -> None:
    assert _compared(_answers(0.9), _answers(0.9 - difference)).passed is passed


def test_one_wrong_label_in_a_hundred_is_too_many_and_one_in_three_hundred_is_not() -> None:
    limits = Limits(most_difference=1.0, least_agreement=0.995, clear_from=0.0)
    for photos, passed in ((100, False), (300, True)):
        right = [0.9] * (photos - 1)
        assert _compared(_answers(*right, 0.9), _answers(*right, 0.1), limits).passed is passed


def test_an_answer_that_is_no_number_is_as_wrong_as_can_be() -> None:
    result = _compared(_answers(0.9), _answers(float("nan"), familiarity=float("nan")))
    assert (result.largest_difference, result.largest_familiarity_difference) == (1.0, 1.0)
    assert not result.passed


def test_the_refusal_is_one_sentence_with_the_figures() -> None:
    with pytest.raises(ModelMismatchError, match=r"^The exported model labels 1 of 2 photos .* 0\.800 apart.*\.$"):
        _compared(_answers(0.9, 0.9), _answers(0.1, 0.9)).require_passed()


@pytest.mark.provokes_logs
def test_a_model_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"no model")
    with pytest.raises(ModelMismatchError, match="could not be run"):
        WrittenModel(tmp_path / "m.onnx")


@pytest.mark.provokes_logs
def test_a_model_that_is_no_valid_onnx_is_refused_in_one_sentence(tmp_path: Path) -> None:
    port = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])
    graph = helper.make_graph([helper.make_node("NoSuchOperator", ["x"], ["y"])], "g", [port], [out])
    path = tmp_path / "wrong.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    with pytest.raises(ModelMismatchError, match=r"^The exported model is not valid, so it was not saved[^\n]*\.$"):
        require_sound(path)

"""The examples that travel in a model: written down, bounded, and read from anyone with care."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders.packing import rounded
from fewshot_gui.exporting.model.carried_examples import MOST_BYTES, decode, encode


def support(counts: list[int], dimension: int) -> SupportSet:
    labels = np.repeat(np.arange(1, len(counts) + 1) * 10, counts)
    return SupportSet(np.random.default_rng(0).random((len(labels), dimension), np.float32), labels)


def test_what_is_written_is_read() -> None:
    examples = SupportSet(np.float32([[1, 2], [3.0004, -4], [0, 1e6]]), np.array([9, 4, 9]), np.array([8, 8, 3]))
    carried = decode(encode(examples), classes=2, dimension=2)
    np.testing.assert_array_equal(carried.embeddings, rounded(examples.embeddings))
    assert carried.classes.tolist() == [1, 0, 1]
    assert carried.groups.tolist() == [1, 1, 0]
    assert len(carried) == 3


@pytest.mark.parametrize(
    ("counts", "dimension", "kept"),
    [
        ([8, 9, 10], 1280, [8, 9, 10]),
        ([2000, 3, 2000], 1280, [143, 3, 143]),
        ([900] * 5, 2560, [29] * 5),
    ],
)
def test_too_many_are_shared_out_evenly(counts: list[int], dimension: int, kept: list[int]) -> None:
    text = encode(support(counts, dimension))
    assert text.isascii()
    assert len(text) <= MOST_BYTES
    carried = decode(text, classes=len(counts), dimension=dimension)
    assert np.bincount(carried.classes).tolist() == kept


def test_no_room_for_one_example_of_each_class_carries_none() -> None:
    assert encode(support([1] * 300, 1280)) == ""


def changed(**change: object) -> str:
    return json.dumps(json.loads(encode(support([2, 1], 4))) | change)


def numbers(*values: float) -> str:
    """Rows of 4 with the scale 1."""
    packed = bytearray()
    for start in range(0, len(values), 4):
        packed += np.array([1], "<f4").tobytes() + np.array(values[start : start + 4], "<f2").tobytes()
    return base64.b64encode(packed).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        changed(format=2),
        changed(dimension=5),
        changed(classes=[0, 0, 2]),
        changed(classes=[0, 0, -1]),
        changed(classes=[0, 0, 1.0]),
        changed(classes=[0, 0, True]),
        changed(classes=[0, 0, 10**30]),
        changed(classes=[0, 0]),
        changed(groups=[0, 0]),
        changed(groups="abc"),
        changed(classes=[], groups=[], embeddings=""),
        changed(embeddings="*"),
        changed(embeddings=numbers(*range(11))),
        changed(embeddings=numbers(*range(11), np.inf)),
        changed(embeddings=numbers(*range(11), np.nan)),
        changed(embeddings=None),
        changed(more="x" * MOST_BYTES),
    ],
)
def test_damaged_text_is_a_sentence(text: str) -> None:
    with pytest.raises(FewshotError, match="examples that this model carries are damaged"):
        decode(text, classes=2, dimension=4)

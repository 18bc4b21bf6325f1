"""Starting points as files: what was written comes back, and nothing else gets in."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners import NetworkSpec, StartingPoint
from fewshot_gui.learners.starting_point_file import (
    StartingPointError,
    read_header,
    read_starting_point,
    write_starting_point,
)
from tests.unit.learners.test_episodic_learner import trained

FACTS = {"licence": "CC0", "evaluation": "90 % ± 1"}


@pytest.fixture
def point() -> StartingPoint:
    return replace(trained("maml", NetworkSpec("adapter", 12, 4)), facts=FACTS, title="Leaves “2026”")


@pytest.fixture
def file(point: StartingPoint, tmp_path: Path) -> Path:
    write_starting_point(point, tmp_path / "leaves.safetensors")
    return tmp_path / "leaves.safetensors"


def rewritten(file: Path, arrays: dict[str, Any] | None = None, **metadata: str) -> Path:
    """The same file with some of its metadata or arrays replaced."""
    from safetensors import safe_open

    with safe_open(file, "numpy") as opened:
        known = opened.metadata()
    save_file(load_file(file) | (arrays or {}), file, known | metadata)
    return file


@pytest.mark.parametrize("square_root", [True, False, None])
def test_what_was_written_is_read_back(point: StartingPoint, tmp_path: Path, square_root: bool | None) -> None:
    path = tmp_path / "a.safetensors"
    write_starting_point(replace(point, square_root=square_root), path)
    again = read_starting_point(path)
    assert (again.method, again.title, again.encoder, again.network, again.square_root, dict(again.facts)) == (
        "maml", "Leaves “2026”", "efficientnet-lite0", NetworkSpec("adapter", 12, 4), square_root, FACTS,
    )  # fmt: skip
    assert set(again.arrays) == set(point.arrays)
    for name, array in point.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


def test_the_header_says_the_same(file: Path) -> None:
    header, point = read_header(file), read_starting_point(file)
    assert (header.method, header.title, header.encoder) == (point.method, point.title, point.encoder)
    assert (header.network, header.square_root, header.facts) == (point.network, point.square_root, point.facts)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", pickle.dumps({"a": 1}), b"\xff" * 64, (1 << 60).to_bytes(8, "little") + b"{}"],
    ids=["empty", "text", "pickle", "noise", "a header larger than the file"],
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    with pytest.raises(StartingPointError, match=r"“foreign.safetensors” is no starting point, or it is damaged\."):
        read_starting_point(path)


def test_every_cut_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for length in range(0, len(content), max(1, len(content) // 40)):
        file.write_bytes(content[:length])
        with pytest.raises(StartingPointError):
            read_starting_point(file)


@pytest.mark.parametrize(
    "metadata",
    [
        {"format": "something else"},
        {"version": "one"},
        {"network": json.dumps({"kind": "adapter", "inputs": 12, "width": 10**6, "encoder": ""})},
        {"network": json.dumps({"kind": "adapter", "inputs": -12, "width": 4, "encoder": ""})},
        {"network": json.dumps({"kind": "adapter", "inputs": True, "width": 4, "encoder": ""})},
        {"network": json.dumps({"kind": "elsewhere", "inputs": 12, "width": 4, "encoder": ""})},
        {"network": json.dumps({"kind": "adapter", "inputs": 12, "more": 1})},
        {"network": "[" * 100_000},
        {"square_root": '"yes"'},
        {"facts": '{"a": 1}'},
        {"facts": "[1]"},
        {"title": "x" * 200_000},
    ],
)
def test_metadata_that_makes_no_sense_is_refused(file: Path, metadata: dict[str, str]) -> None:
    with pytest.raises(StartingPointError, match="no starting point, or it is damaged"):
        read_starting_point(rewritten(file, **metadata))


def test_a_file_of_a_newer_version_asks_for_an_update(file: Path) -> None:
    with pytest.raises(StartingPointError, match="newer version"):
        read_header(rewritten(file, version="2"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(file: Path, value: float) -> None:
    rates = np.full((6, 5), value, np.float32)
    with pytest.raises(StartingPointError, match="no numbers"):
        read_starting_point(rewritten(file, {"rates": rates}))


def test_other_kinds_of_numbers_are_refused(file: Path) -> None:
    with pytest.raises(StartingPointError):
        read_starting_point(rewritten(file, {"rates": np.zeros((6, 5), np.int64)}))


@pytest.mark.parametrize(
    ("arrays", "metadata"),
    [
        ({"rates": np.zeros((2, 5), np.float32)}, {}),
        ({"surplus": np.zeros(3, np.float32)}, {}),
        ({}, {"method": "prototypes"}),
        ({}, {"method": "forest"}),
        ({}, {"network": json.dumps({"kind": "adapter", "inputs": 12, "width": 5, "encoder": ""})}),
    ],
    ids=["wrong shape", "surplus", "another method", "no method", "another network"],
)
def test_arrays_that_are_not_the_methods_own_are_refused(
    file: Path, arrays: dict[str, Any], metadata: dict[str, str]
) -> None:
    with pytest.raises(StartingPointError, match="does not fit the method"):
        read_starting_point(rewritten(file, arrays, **metadata))


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(StartingPointError, match=r"“gone\.safetensors” could not be read"):
        read_starting_point(tmp_path / "gone.safetensors")


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(600 * 1024**2)
    with pytest.raises(StartingPointError, match="too large"):
        read_starting_point(path)


def test_a_place_that_cannot_be_written_is_named(point: StartingPoint, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FewshotError, match="could not be written"):
        write_starting_point(point, tmp_path / "file" / "a.safetensors")

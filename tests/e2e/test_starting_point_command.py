"""``label --starting-point``: a file that someone handed over, without installing it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.cli import run
from fewshot_gui.encoders import DEFAULT_ENCODER, encoder_spec
from fewshot_gui.learners import NetworkSpec
from fewshot_gui.learners.starting_point_file import write_starting_point
from fewshot_gui.workflows.sample import SampleFiles
from fewshot_gui.workflows.starting_points import install_starting_point
from tests.unit.learners.test_episodic_learner import trained


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A starting point for the default encoder."""
    path = tmp_path / "practised.safetensors"
    network = NetworkSpec("adapter", encoder_spec(DEFAULT_ENCODER).dimension, 8)
    write_starting_point(replace(trained("protomaml", network), encoder=DEFAULT_ENCODER, title="Practised"), path)
    return path


def label(leaves: SampleFiles, out: Path, *options: str) -> int:
    examples, photos = leaves.folder / "examples", leaves.folder / "photos"
    return run(["label", "--examples", str(examples), "--photos", str(photos), "--out", str(out), *options])


@pytest.mark.usefixtures("prepared_encoder")
def test_a_file_or_an_installed_one_gives_the_same_table(leaves: SampleFiles, start: Path, tmp_path: Path) -> None:
    by_file, by_name = tmp_path / "file.csv", tmp_path / "name.csv"
    assert label(leaves, by_file, "--starting-point", str(start)) == 0
    point = install_starting_point(start)
    assert label(leaves, by_name, "--method", "protomaml", "--starting-point", point.id) == 0
    assert by_file.read_bytes() == by_name.read_bytes()
    with by_file.open(encoding="utf-8-sig", newline="") as file:
        assert {row["method"] for row in csv.DictReader(file)} == {"protomaml"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--method", "ridge"], "is for the method “protomaml”, not for “ridge”"),
        (["--encoder", "efficientnet-lite2"], "was trained on the encoder “efficientnet-lite0”"),
    ],
)
def test_what_does_not_fit_is_told_before_the_work(
    leaves: SampleFiles,
    start: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    assert label(leaves, tmp_path / "a.csv", "--starting-point", str(start), *options) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()

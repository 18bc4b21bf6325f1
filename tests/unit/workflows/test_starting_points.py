"""Starting points that are installed, and methods that start from them."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.confidence import Adapted
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.folders import data_folder
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.resources import resource
from fewshot_gui.learners import NetworkSpec
from fewshot_gui.learners.starting_point_file import write_starting_point
from fewshot_gui.workflows.adapting import AdaptRequest, adapt_and_label
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.label_folder import label_folder
from fewshot_gui.workflows.starting_points import (
    install_starting_point,
    method_choice,
    remove_starting_point,
    starting_points,
)
from tests.unit.learners.test_episodic_learner import trained
from tests.unit.workflows.conftest import TILE_COLOURS

ENCODER = "efficientnet-lite0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "leaves.safetensors")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of starting points that ship."""
    folder = tmp_path / "resources" / "starting_points"
    folder.mkdir(parents=True)
    monkeypatch.setattr("fewshot_gui.workflows.starting_points.resource", lambda name: folder.parent / name)
    return folder


def written(path: Path, method: str = "maml", title: str = "Leaves") -> Path:
    write_starting_point(replace(trained(method, NetworkSpec("adapter", 12, 4)), title=title), path)
    return path


def added() -> list[str]:
    return [point.id for point in starting_points().installed if not point.is_shipped]


def test_a_file_is_copied_and_found_again(file: Path) -> None:
    point = install_starting_point(file)
    assert (point.id, point.reference, point.header.title, point.is_shipped) == (
        "leaves",
        "maml:leaves",
        "Leaves",
        False,
    )
    assert point in starting_points().installed
    file.unlink()
    assert method_choice("maml:leaves", ENCODER).starting_point is not None


def test_the_same_file_is_installed_once(file: Path) -> None:
    assert install_starting_point(file) == install_starting_point(file)
    assert added() == ["leaves"]


def test_another_file_of_the_same_name_stands_beside_the_first(file: Path) -> None:
    first = install_starting_point(file)
    second = install_starting_point(written(file, title="Other leaves"))
    assert (first.id, second.id) == ("leaves", "leaves-2")
    assert first.path.read_bytes() != second.path.read_bytes()


@pytest.mark.parametrize(("name", "expected"), [("a b/ü:c", "c"), ("ä ö", "starting-point"), ("..x", "x")])
def test_ids_are_plain_words(tmp_path: Path, name: str, expected: str) -> None:
    path = tmp_path / f"{Path(name).name}.safetensors"
    point = install_starting_point(written(path))
    assert point.id.endswith(expected)
    assert point.path.parent == data_folder() / "starting_points"
    assert method_choice(point.reference, ENCODER).name == "maml"


def test_a_file_that_cannot_be_used_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"no")
    with pytest.raises(FewshotError, match=r"“bad.safetensors” is no starting point"):
        install_starting_point(tmp_path / "bad.safetensors")
    assert added() == []


def test_a_broken_file_is_left_out_and_named(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    install_starting_point(file)
    (data_folder() / "starting_points" / "broken.safetensors").write_bytes(b"no")
    found = starting_points()
    assert "leaves" in added()
    assert found.problems == ("“broken.safetensors” is no starting point, or it is damaged.",)
    assert [record.levelno for record in caplog.records if "broken" in record.message] == [logging.WARNING] * 2


def test_those_that_ship_come_first_and_stay(shipped: Path, file: Path) -> None:
    written(shipped / "zebra.safetensors", title="Zebra")
    install_starting_point(file)
    assert [(point.id, point.is_shipped) for point in starting_points().installed] == [
        ("zebra", True),
        ("leaves", False),
    ]
    with pytest.raises(FewshotError, match="“Zebra” came with the program"):
        remove_starting_point("zebra")
    remove_starting_point("leaves")
    assert [point.id for point in starting_points().installed] == ["zebra"]


def test_a_removed_one_is_gone(file: Path) -> None:
    install_starting_point(file)
    remove_starting_point("leaves")
    with pytest.raises(FewshotError, match="no starting point called “leaves”"):
        remove_starting_point("leaves")
    with pytest.raises(FewshotError, match="add its file first"):
        method_choice("maml:leaves", ENCODER)


@pytest.mark.parametrize("reference", ["maml:{}", ":{}"])
def test_a_reference_may_be_a_file(file: Path, reference: str) -> None:
    choice = method_choice(reference.format(file), ENCODER)
    assert choice.name == "maml"
    assert choice.on_embeddings is choice.starting_point is not None
    assert choice.on_activations is None


def test_a_name_alone_starts_from_nothing() -> None:
    choice = method_choice("ridge", ENCODER)
    assert (choice.name, choice.starting_point) == ("ridge", None)
    with pytest.raises(FewshotError, match="no method called “forest”"):
        method_choice("forest", ENCODER)


def test_method_encoder_and_starting_point_must_fit(file: Path) -> None:
    install_starting_point(file)
    with pytest.raises(FewshotError, match="is for the method “maml”, not for “ridge”"):
        method_choice("ridge:leaves", ENCODER)
    with pytest.raises(FewshotError, match="no method called “forest”"):
        method_choice("forest:leaves", ENCODER)
    with pytest.raises(FewshotError, match="trained on the encoder “efficientnet-lite0”"):
        method_choice("maml:leaves", "efficientnet-lite2")


def test_what_ships_can_be_used() -> None:
    try:
        resource("starting_points")
    except FileNotFoundError:
        pytest.skip("none ship")
    for point in starting_points().installed:
        assert method_choice(point.reference, point.header.network.encoder or point.header.encoder).starting_point
    assert starting_points().problems == ()


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    """A starting point for the encoder of these tests."""
    path = tmp_path / "tiles.safetensors"
    start = trained("anil", NetworkSpec("adapter", TILE_COLOURS.dimension, 4))
    write_starting_point(replace(start, encoder=TILE_COLOURS.id, title="Tiles"), path)
    return path


def test_a_folder_is_labelled_from_a_starting_point(two_classes: Path, tiles: Path, source: EmbeddingSource) -> None:
    arguments = two_classes, two_classes, source, Unwatched()
    started = label_folder(*arguments, method=f"anil:{tiles}")
    assert [row.label for row in started.rows] == ["dark"] * 5 + ["red"] * 5
    assert started.adapted.method == "anil"
    assert started.adapted.reason.endswith("It starts from “Tiles”.")
    plain = label_folder(*arguments, method="anil")
    assert [row.confidence for row in plain.rows] != [row.confidence for row in started.rows]
    with pytest.raises(FewshotError, match="is for the method “anil”, not for “maml”"):
        label_folder(*arguments, method=f"maml:{tiles}")


def test_a_project_is_adapted_from_a_starting_point(two_classes: Path, tiles: Path, source: EmbeddingSource) -> None:
    point = install_starting_point(tiles)
    nothing = np.empty((0, TILE_COLOURS.dimension), np.float16)
    examples = tuple(
        (number, path) for number, name in enumerate(("dark", "red")) for path in (two_classes / name).iterdir()
    )
    request = AdaptRequest(examples, (), nothing, nothing, None, point.reference)
    adapted = adapt_and_label(request, source, Unwatched()).adapted
    assert adapted.method == "anil"
    assert "“Tiles”" in adapted.reason
    again = Adapted.from_arrays(adapted.to_arrays())
    probe = np.ones((1, TILE_COLOURS.dimension), np.float16)
    np.testing.assert_array_equal(again.predict(probe).probabilities, adapted.predict(probe).probabilities)

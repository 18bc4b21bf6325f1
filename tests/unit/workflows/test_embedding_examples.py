"""Examples to the support set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fewshot_gui.core.errors import NotEnoughExamplesError, PhotoError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.embedding_examples import embed_examples, support_set
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.encoders.conftest import Watched

Photos = Callable[..., list[Path]]


def test_examples_keep_their_order_and_unreadable_ones_are_told(
    source: EmbeddingSource, photos: Photos, tmp_path: Path
) -> None:
    paths = photos(40)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    embedded = embed_examples([*paths[:7], broken, *paths[7:]], source, Unwatched())
    assert embedded.rows == (*range(7), *range(8, 41))
    encoder = source.encoder(Unwatched())
    np.testing.assert_array_equal(
        embedded.embeddings, np.concatenate([encoder.embed([read_photo(path)]) for path in paths])
    )
    assert embedded.embeddings.dtype == np.float32
    assert [(failure.path, failure.reason) for failure in embedded.failures] == [
        (broken, "it is not an image of a kind this program reads")
    ]


@pytest.mark.parametrize("broken", [0, 3])
def test_no_readable_example_is_an_empty_matrix(source: EmbeddingSource, tmp_path: Path, broken: int) -> None:
    embedded = embed_examples([tmp_path / f"gone {number}.jpg" for number in range(broken)], source, Unwatched())
    assert embedded.embeddings.shape == (0, source.spec.dimension)
    assert embedded.rows == ()
    assert len(embedded.failures) == broken


def test_progress_counts_every_example(source: EmbeddingSource, photos: Photos, tmp_path: Path) -> None:
    progress = Watched()
    embed_examples([*photos(20), tmp_path / "gone.jpg"], source, progress)
    assert progress.reports[-1] == (21, 21, "Reading the examples")


class TestSupportSet:
    EMBEDDINGS = np.eye(3, dtype=np.float32)

    def test_two_classes_are_enough(self) -> None:
        support = support_set(self.EMBEDDINGS, [7, 3, 7], [])
        assert support.labels.tolist() == [7, 3, 7]
        np.testing.assert_array_equal(support.embeddings, self.EMBEDDINGS)

    @pytest.mark.parametrize("class_ids", [[], [4], [4, 4, 4]])
    def test_fewer_are_not(self, class_ids: list[int]) -> None:
        with pytest.raises(NotEnoughExamplesError) as caught:
            support_set(self.EMBEDDINGS[: len(class_ids)], class_ids, [])
        assert str(caught.value) == "Two classes need examples before photos can be labelled; add some."

    def test_if_damage_is_the_cause_a_file_is_named(self) -> None:
        with pytest.raises(NotEnoughExamplesError) as caught:
            support_set(self.EMBEDDINGS[:1], [4], [PhotoError(Path("a/b.jpg"), "the file is empty")])
        assert str(caught.value) == (
            "Two classes need examples that can be read; replace “b.jpg” and any other damaged one."
        )

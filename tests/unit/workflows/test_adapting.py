"""Adapting to a project's examples and decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, NotEnoughExamplesError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows.adapting import AdaptOutcome, AdaptRequest, adapt_and_label
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import draw

DARK, RED = 3, 8


def embedded(source: EmbeddingSource, paths: list[Path]) -> NDArray[np.float16]:
    encoder = source.encoder(Unwatched())
    rows = [encoder.embed([read_photo(path)]) for path in paths]
    return np.concatenate([np.empty((0, source.spec.dimension)), *rows]).astype(np.float16)


class Scene:
    """Photos of two colours, and requests made of them."""

    def __init__(self, folder: Path, source: EmbeddingSource) -> None:
        self.source = source
        self.dark = [draw(folder / f"dark {number}.png", number, red=10) for number in range(8)]
        self.red = [draw(folder / f"red {number}.png", number, red=240) for number in range(8)]

    def adapt(
        self,
        examples: list[tuple[int, Path]],
        decided: list[tuple[int, Path]],
        photos: list[Path],
        progress: Any = None,
        **options: Any,
    ) -> AdaptOutcome:
        request = AdaptRequest(
            examples=tuple(examples),
            decided=tuple(decided),
            decided_embeddings=embedded(self.source, [path for _, path in decided]),
            photos=embedded(self.source, photos),
            **{"folder_mean": None, "method": "ridge"} | options,
        )
        return adapt_and_label(request, self.source, progress or Unwatched())


@pytest.fixture
def scene(source: EmbeddingSource, tmp_path: Path) -> Scene:
    return Scene(tmp_path, source)


def of(class_id: int, paths: list[Path]) -> list[tuple[int, Path]]:
    return [(class_id, path) for path in paths]


def test_photos_are_labelled_in_their_order(scene: Scene) -> None:
    outcome = scene.adapt(
        of(RED, scene.red[:4]) + of(DARK, scene.dark[:4]), [], [scene.dark[5], scene.red[5], scene.dark[6]]
    )
    assert outcome.predictions.ranked().first.tolist() == [DARK, RED, DARK]
    assert outcome.predictions.class_ids.tolist() == [DARK, RED]
    assert outcome.failures == ()


def test_a_decided_photo_is_worth_as_much_as_an_example(scene: Scene) -> None:
    photos = [scene.dark[6], scene.red[6]]
    as_examples = scene.adapt(of(RED, scene.red[:4]) + of(DARK, scene.dark[:4]), [], photos)
    as_decisions = scene.adapt(of(RED, scene.red[:4]), of(DARK, scene.dark[:4]), photos)
    assert as_decisions.origins == as_examples.origins
    np.testing.assert_array_equal(as_decisions.support.labels, as_examples.support.labels)
    np.testing.assert_allclose(as_decisions.support.embeddings, as_examples.support.embeddings, rtol=1 / 1024)
    np.testing.assert_allclose(as_decisions.predictions.probabilities, as_examples.predictions.probabilities, atol=0.01)


def test_decisions_alone_are_enough(scene: Scene) -> None:
    outcome = scene.adapt([], of(RED, scene.red[:2]) + of(DARK, scene.dark[:2]), [scene.red[5]])
    assert outcome.predictions.ranked().first.tolist() == [RED]
    assert len(outcome.support) == 4


def test_decisions_carry_on_where_no_example_can_be_read(scene: Scene, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    outcome = scene.adapt([(RED, gone)], of(RED, scene.red[:2]) + of(DARK, scene.dark[:2]), [scene.red[5]])
    assert outcome.predictions.ranked().first.tolist() == [RED]
    assert [failure.path for failure in outcome.failures] == [gone]


def test_origins_name_the_rows_that_could_be_read(scene: Scene, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.touch()
    examples = [(RED, scene.red[0]), (DARK, broken), (DARK, scene.dark[0])]
    outcome = scene.adapt(examples, of(DARK, [scene.dark[1]]), [])
    assert outcome.origins == ((RED, scene.red[0]), (DARK, scene.dark[0]), (DARK, scene.dark[1]))
    assert outcome.support.labels.tolist() == [RED, DARK, DARK]
    np.testing.assert_allclose(
        outcome.support.embeddings,
        embedded(scene.source, [path for _, path in outcome.origins]).astype(np.float32),
        rtol=1 / 1024,
    )
    assert [failure.path for failure in outcome.failures] == [broken]


def test_no_photos_yet_is_a_classifier_all_the_same(scene: Scene) -> None:
    outcome = scene.adapt(of(RED, scene.red[:2]) + of(DARK, scene.dark[:2]), [], [])
    assert len(outcome.predictions) == 0
    assert outcome.adapted.method == "ridge"


@pytest.mark.parametrize("examples", [0, 1, 5])
def test_two_classes_are_needed(scene: Scene, examples: int) -> None:
    with pytest.raises(NotEnoughExamplesError) as caught:
        scene.adapt(of(RED, scene.red[:examples]), of(RED, scene.red[5 : 5 + examples]), [scene.dark[0]])
    assert str(caught.value) == "Two classes need examples before photos can be labelled; add some."


def test_if_a_class_is_lost_to_damage_a_file_is_named(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughExamplesError, match=r"can be read; replace “gone\.jpg”"):
        scene.adapt([(RED, scene.red[0]), (DARK, tmp_path / "gone.jpg")], [], [])


def test_it_may_be_cancelled_at_every_check(scene: Scene) -> None:
    examples = of(RED, scene.red[:3]) + of(DARK, scene.dark[:3])
    scene.adapt(examples, [], [])  # now the examples are known, so that the number of checks is always the same
    checks = 0

    class Counting(Unwatched):
        def check(self) -> None:
            nonlocal checks
            checks += 1

    scene.adapt(examples, [], [scene.red[7]], Counting())
    assert checks >= 4
    for number in range(1, checks + 1):
        with pytest.raises(Cancelled):
            scene.adapt(examples, [], [scene.red[7]], Watched(cancel_at_check=number))


def test_the_request_is_left_as_it_was(scene: Scene) -> None:
    decided = embedded(scene.source, scene.dark[:2])
    photos = embedded(scene.source, scene.red[4:])
    before = decided.copy(), photos.copy()
    request = AdaptRequest(
        tuple(of(RED, scene.red[:2])), tuple(of(DARK, scene.dark[:2])), decided, photos, None, "auto"
    )
    adapt_and_label(request, scene.source, Unwatched())
    np.testing.assert_array_equal(decided, before[0])
    np.testing.assert_array_equal(photos, before[1])


def carried(scene: Scene, red: list[Path], dark: list[Path], groups: list[int]) -> SupportSet:
    embeddings = embedded(scene.source, [*red, *dark]).astype(np.float32)
    return SupportSet(embeddings, np.array([RED] * len(red) + [DARK] * len(dark)), np.array(groups))


def test_carried_examples_alone_are_enough(scene: Scene) -> None:
    support = carried(scene, scene.red[:2], scene.dark[:2], [0, 1, 2, 3])
    outcome = scene.adapt([], [], [scene.red[5], scene.dark[5]], carried=support)
    assert outcome.predictions.ranked().first.tolist() == [RED, DARK]
    assert outcome.origins == ((RED, None), (RED, None), (DARK, None), (DARK, None))
    np.testing.assert_array_equal(outcome.support.embeddings, support.embeddings)


def test_carried_examples_are_worth_as_much_as_photos_and_keep_their_groups(scene: Scene) -> None:
    support = carried(scene, scene.red[:2], scene.dark[:2], [0, 0, 1, 2])
    examples = of(RED, scene.red[2:4]) + of(DARK, scene.dark[2:4])
    outcome = scene.adapt(examples, of(RED, scene.red[4:5]), [], carried=support)
    assert outcome.origins[:5] == (*examples, (RED, scene.red[4]))
    assert outcome.origins[5:] == ((RED, None), (RED, None), (DARK, None), (DARK, None))
    assert outcome.support.groups.tolist() == [0, 1, 2, 3, 4, 5, 5, 6, 7]
    assert outcome.support.labels.tolist() == [class_id for class_id, _ in outcome.origins]


def test_a_carried_class_and_one_of_photos_are_two(scene: Scene) -> None:
    support = carried(scene, scene.red[:3], [], [0, 1, 2])
    outcome = scene.adapt(of(DARK, scene.dark[:3]), [], [scene.red[5], scene.dark[5]], carried=support)
    assert outcome.predictions.ranked().first.tolist() == [RED, DARK]

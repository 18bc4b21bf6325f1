"""The second opinion: it joins where held-out examples speak for it, and leaves no trace where they do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import encoder_spec, encoder_specs
from fewshot_gui.learners import DEEP, AffineClassifier, NetworkSpec, classifier_from_arrays, learner
from fewshot_gui.learners import deep as deep_module
from fewshot_gui.learners.cross_validation import adapt_held_out, leave_one_per_class_out
from fewshot_gui.learners.deep import DeepLearner, SecondOpinion, expected_share, tail_of
from fewshot_gui.learners.deep_classifier import DeepClassifier
from fewshot_gui.learners.protocol import own_rows
from fewshot_gui.learners.registry import deep_learner
from fewshot_gui.learners.starting_point import StartingPoint
from tests.unit.encoders.conftest import Watched

D, K, WAYS = 12, 24, 3
MODELS, STEPS = 4, 30


class Scene:
    """Examples whose classes show in the embeddings or in the activations."""

    def __init__(self, *, in_embeddings: float, in_activations: float, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._means = {D: in_embeddings * self._rng.random((WAYS, D)), K: in_activations * self._rng.random((WAYS, K))}

    def draw(self, per_class: int) -> SupportSet:
        """Class ids 5, 15, 25."""
        columns = np.repeat(np.arange(WAYS), per_class)
        n = len(columns)
        embeddings, activations = (self._means[width][columns] + self._rng.random((n, width)) for width in (D, K))
        return SupportSet(embeddings, 10 * columns + 5, activations=activations)


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A residual bottleneck in place of an encoder's last blocks."""

    def small(support: SupportSet) -> NetworkSpec | None:
        return NetworkSpec("adapter", K, 8) if support.activations.shape[1] == K else None

    monkeypatch.setattr(deep_module, "tail_of", small)


@pytest.fixture
def helpful() -> Scene:
    return Scene(in_embeddings=0.1, in_activations=2.0)


@pytest.fixture
def useless() -> Scene:
    return Scene(in_embeddings=0.6, in_activations=0.0)


def weigh(support: SupportSet, method: DeepLearner | None = None, progress: Watched | None = None) -> SecondOpinion:
    splits = leave_one_per_class_out(support, repeats=8, seed=0)
    return (method or deep_learner()).weigh(support, splits, progress=progress or Watched())


def accuracy(classifier: DeepClassifier, rows: SupportSet) -> float:
    return float((classifier.class_ids[classifier.logits(rows.rows).argmax(axis=1)] == rows.labels).mean())


def test_it_joins_where_only_the_activations_tell_the_classes_apart(helpful: Scene) -> None:
    support, photos = helpful.draw(6), helpful.draw(40)
    opinion = weigh(support)
    assert isinstance(opinion.classifier, DeepClassifier)
    assert opinion.share > 0.6
    assert opinion.quick_accuracy is not None
    assert opinion.deep_accuracy is not None
    assert opinion.deep_accuracy > opinion.quick_accuracy + 0.2
    assert opinion.classifier.method.startswith("deep+")
    assert accuracy(opinion.classifier, photos) > 0.95
    assert f"right on {100 * opinion.deep_accuracy:.0f} % of the held-out examples" in opinion.reason
    assert opinion.reason.endswith("%.")


def test_the_share_is_even_where_nothing_is_known_and_leaves_the_middle_with_evidence() -> None:
    columns = np.arange(30) % 3
    right = 4 * np.eye(3)[columns]
    assert expected_share(right, right, columns, 30) == pytest.approx(0.5)
    for_quick = expected_share(right, right * 0, columns, 30)
    for_deep = expected_share(right * 0, right, columns, 30)
    assert for_quick < 0.3 < 0.7 < for_deep
    assert for_deep == pytest.approx(1 - for_quick)
    assert expected_share(right * 0, right, columns, 300) > for_deep


def test_where_it_loses_the_answer_is_that_of_auto_to_the_last_bit(useless: Scene) -> None:
    support, photos = useless.draw(6), useless.draw(20)
    opinion = weigh(support)
    auto = learner("auto").adapt(support)
    assert isinstance(opinion.classifier, AffineClassifier)
    assert opinion.share == 0
    assert opinion.reason.endswith("takes no part.")
    np.testing.assert_array_equal(opinion.classifier.logits(photos.embeddings), auto.logits(photos.embeddings))
    assert opinion.classifier.method == auto.method
    assert own_rows(opinion.classifier, support) is support.embeddings


def test_without_activations_it_is_auto(helpful: Scene) -> None:
    support = SupportSet(helpful.draw(5).embeddings, helpful.draw(5).labels)
    opinion = weigh(support)
    expected = learner("auto").adapt(support).logits(support.embeddings)
    np.testing.assert_array_equal(opinion.classifier.logits(support.embeddings), expected)
    assert "cannot be adapted" in opinion.reason


def test_where_the_quick_methods_are_nearly_always_right_it_is_not_even_weighed() -> None:
    progress = Watched()
    opinion = weigh(Scene(in_embeddings=3.0, in_activations=3.0).draw(5), progress=progress)
    assert isinstance(opinion.classifier, AffineClassifier)
    assert "labelled 15 of 15 held-out examples right already" in opinion.reason
    assert progress.reports == []
    assert opinion.joint_accuracy is None


def test_two_examples_per_class_are_too_few_to_hear_it(helpful: Scene) -> None:
    opinion = weigh(helpful.draw(2))
    assert isinstance(opinion.classifier, AffineClassifier)
    assert "too few examples" in opinion.reason
    assert opinion.deep_accuracy is None


def test_the_same_call_gives_the_same_classifier_in_any_order_and_under_any_numbers(helpful: Scene) -> None:
    support, photos = helpful.draw(4), helpful.draw(5)
    order = np.random.default_rng(1).permutation(len(support))
    renamed = {5: 40, 15: 2, 25: 7}
    other = SupportSet(
        support.embeddings[order],
        np.array([renamed[label] for label in support.labels[order].tolist()]),
        activations=support.activations[order],
    )
    first, again, shuffled = (deep_learner(seed=3).adapt(each) for each in (support, support, other))
    logits = first.logits(photos.rows)
    np.testing.assert_array_equal(again.logits(photos.rows), logits)
    columns = [shuffled.class_ids.tolist().index(renamed[label]) for label in first.class_ids.tolist()]
    np.testing.assert_allclose(shuffled.logits(photos.rows)[:, columns], logits, atol=1e-3 * np.abs(logits).max())


def test_copies_of_one_example_in_a_group_count_once(helpful: Scene) -> None:
    support, photos = helpful.draw(4), helpful.draw(10)
    copies = np.concatenate([np.arange(12), np.zeros(9, np.int64)])
    burst = SupportSet(
        support.embeddings[copies], support.labels[copies], copies, activations=support.activations[copies]
    )
    expected, got = (deep_learner().adapt(each).logits(photos.rows) for each in (support, burst))
    np.testing.assert_allclose(got, expected, atol=1e-2 * np.abs(expected).max())


@pytest.mark.parametrize("checks", [1, 3, 30, 70, 115])
def test_a_cancel_is_heard_between_steps(helpful: Scene, checks: int) -> None:
    with pytest.raises(Cancelled):
        weigh(helpful.draw(4), progress=Watched(cancel_at_check=checks))


def test_every_step_of_every_model_is_reported(helpful: Scene) -> None:
    progress = Watched()
    weigh(helpful.draw(4), progress=progress)
    steps = [(done, total) for done, total, note in progress.reports if note == "Adapting the encoder"]
    assert steps == [(step, MODELS * STEPS) for step in range(1, MODELS * STEPS + 1)]


def test_a_budget_that_is_too_small_leaves_it_out_and_says_so(helpful: Scene) -> None:
    support, progress = helpful.draw(4), Watched()
    opinion = weigh(support, deep_learner(budget=1e-6), progress)
    assert isinstance(opinion.classifier, AffineClassifier)
    assert "would take about" in opinion.reason
    assert "0 s are allowed" in opinion.reason
    assert len(progress.reports) < 5
    assert "s of the 600 s allowed" in weigh(support, deep_learner(budget=600)).reason


def test_a_photo_is_judged_by_itself_in_any_precision(helpful: Scene) -> None:
    classifier = deep_learner().adapt(helpful.draw(4))
    photos = helpful.draw(60).rows
    together = classifier.logits(photos)
    alone = np.concatenate([classifier.logits(photos[row : row + 1]) for row in range(0, 180, 19)])
    np.testing.assert_allclose(together[::19], alone, rtol=1e-4, atol=1e-4)
    half = photos.astype(np.float16)
    np.testing.assert_array_equal(classifier.logits(half), classifier.logits(half.astype(np.float32)))
    assert classifier.logits(photos[:0]).shape == (0, WAYS)
    assert together.dtype == np.float32


def test_nothing_that_goes_in_is_changed_and_nothing_of_it_can_be(helpful: Scene) -> None:
    support = helpful.draw(4)
    before = support.rows.copy()
    classifier = deep_learner().adapt(support)
    np.testing.assert_array_equal(support.rows, before)
    assert isinstance(classifier, DeepClassifier)
    for array in classifier.parameters.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_saved_and_read_back_it_says_the_same(helpful: Scene) -> None:
    classifier = deep_learner().adapt(helpful.draw(4))
    photos = helpful.draw(5).rows
    again = classifier_from_arrays({name: array.copy() for name, array in classifier.to_arrays().items()})
    np.testing.assert_array_equal(again.logits(photos), classifier.logits(photos))
    np.testing.assert_array_equal(again.class_ids, classifier.class_ids)
    assert again.method == classifier.method


def cut_bias(arrays: dict[str, NDArray[np.generic]]) -> None:
    arrays["parameters.bias"] = arrays["parameters.bias"][:1]


def drop_network(arrays: dict[str, NDArray[np.generic]]) -> None:
    del arrays["network"]


def rename_network(arrays: dict[str, NDArray[np.generic]]) -> None:
    arrays["network"] = np.frombuffer(b"magic ", np.uint8)


@pytest.mark.parametrize("damage", [cut_bias, drop_network, rename_network])
def test_damaged_arrays_are_refused_with_a_sentence(
    helpful: Scene, damage: Callable[[dict[str, NDArray[np.generic]]], None]
) -> None:
    arrays = deep_learner().adapt(helpful.draw(4)).to_arrays()
    damage(arrays)
    with pytest.raises(FewshotError, match="adapt again"):
        classifier_from_arrays(arrays)


def test_examples_of_one_group_are_never_on_both_sides(helpful: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    support = helpful.draw(6)
    bursts = SupportSet(support.embeddings, support.labels, np.arange(18) // 2, support.activations)
    seen: list[set[int]] = []
    original = deep_module.DeepTraining.model

    def watch(self: deep_module.DeepTraining, part: SupportSet) -> object:
        seen.append(set(part.groups.tolist()))
        return original(self, part)

    monkeypatch.setattr(deep_module.DeepTraining, "model", watch)
    weigh(bursts)
    assert len(seen) == MODELS
    assert all(len(groups) == 6 for groups in seen[:-1])
    assert set.union(*(set(range(9)) - groups for groups in seen[:-1])) == set(range(9))


def test_the_registry_offers_it() -> None:
    assert learner(DEEP, seed=4) == deep_learner(seed=4)


def test_activations_tell_by_their_number_which_encoder_they_are_of(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = encoder_spec("efficientnet-lite0@deep")
    rows = np.zeros((2, spec.dimension), np.float32)
    base = spec.dimension - spec.activations
    support = SupportSet(rows[:, :base], np.array([1, 2]), activations=rows[:, base:])
    assert tail_of(support) == NetworkSpec("tail", spec.activations, encoder="efficientnet-lite0")
    assert tail_of(SupportSet(rows[:, :base], np.array([1, 2]))) is None
    sizes = [(spec.dimension, spec.activations) for spec in encoder_specs() if spec.activations]
    assert len(set(sizes)) == len(sizes)


def starting_point() -> StartingPoint:
    """Other first weights for the small network."""
    from fewshot_gui.learners.episodic.building import build_network

    spec = NetworkSpec("adapter", K, 8)
    weights = build_network(spec, seed=9).state_dict()
    arrays = {f"network.{name}": 3 * tensor.numpy() for name, tensor in weights.items()}
    return StartingPoint("prototypes", "Taught", "efficientnet-lite0@deep", spec, None, arrays)


def test_it_is_assessed_from_its_starting_point_and_weighed_once(helpful: Scene) -> None:
    support = helpful.draw(6)
    splits = leave_one_per_class_out(support, repeats=8, seed=0)
    watched = Watched()
    taught = adapt_held_out(deep_learner(), support, splits, starting_point=starting_point(), progress=watched)
    assert isinstance(taught, SecondOpinion)
    assert [total for _, total, _ in watched.reports] == [MODELS * STEPS] * (MODELS * STEPS)
    directly = deep_learner().weigh(support, splits, starting_point=starting_point())
    np.testing.assert_array_equal(taught.classifier.logits(support.rows), directly.classifier.logits(support.rows))
    untaught = weigh(support)
    assert not np.array_equal(taught.classifier.logits(support.rows), untaught.classifier.logits(support.rows))


def test_without_activations_a_starting_point_changes_nothing(helpful: Scene) -> None:
    support = helpful.draw(6)
    plain = SupportSet(support.embeddings, support.labels)
    splits = leave_one_per_class_out(plain, repeats=8, seed=0)
    opinion = deep_learner().weigh(plain, splits, starting_point=starting_point())
    assert opinion.share == 0
    assert isinstance(opinion.classifier, AffineClassifier)

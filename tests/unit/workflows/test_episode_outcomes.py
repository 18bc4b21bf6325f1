"""What is measured is what labelling a folder gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.learners import NetworkSpec, StartingPoint
from fewshot_gui.learners.deep import SecondOpinion
from fewshot_gui.learners.episodic.catalogue import episodic_method
from fewshot_gui.metalearning.episode import STRANGER, Episode
from fewshot_gui.metalearning.evaluation import EpisodeOutcome
from fewshot_gui.metalearning.labelled_rows import LabelledRows
from fewshot_gui.metalearning.samplers import FixedSampler
from fewshot_gui.workflows import episode_outcomes
from fewshot_gui.workflows.episode_outcomes import EpisodeJudge
from fewshot_gui.workflows.starting_points import MethodChoice
from tests.unit.encoders.conftest import Watched

DIMENSION, ACTIVATIONS = 24, 7


@pytest.fixture
def data() -> LabelledRows:
    """Six classes that overlap, with activations that are noise; each photo in a burst of two."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 60)
    rows = rng.normal(size=(len(labels), DIMENSION + ACTIVATIONS))
    rows[:, :DIMENSION] += 2 * np.eye(6, DIMENSION)[labels]
    groups = np.arange(len(labels)) // 2
    names = tuple("abcdef")
    return LabelledRows(rows.astype(np.float16), labels, groups, names, ("planted",) * 6)


@pytest.fixture
def episode(data: LabelledRows) -> Episode:
    return FixedSampler(data, 5, 4, 10, unknown_share=0.2).draw(np.random.default_rng(1))


@pytest.fixture
def judge(data: LabelledRows) -> EpisodeJudge:
    return EpisodeJudge(data, DIMENSION, seed=3, progress=Unwatched())


@pytest.fixture
def support(data: LabelledRows, episode: Episode) -> SupportSet:
    rows = data.rows[episode.support, :DIMENSION]
    return SupportSet(rows, episode.support_labels, data.groups[episode.support])


def folder(data: LabelledRows, episode: Episode) -> np.ndarray:
    return data.rows[episode.queries, :DIMENSION].astype(np.float32)


@pytest.mark.parametrize("method", ["prototypes", "ridge", "auto"])
def test_answers_are_those_of_labelling_the_queries_as_a_folder(
    judge: EpisodeJudge, data: LabelledRows, episode: Episode, support: SupportSet, method: str
) -> None:
    photos = folder(data, episode)
    adapted = adapt_calibrated(method, support, folder=photos, folder_mean=photos.mean(axis=0), seed=3)
    predictions = adapted.predict(photos)
    expected = EpisodeOutcome.of(predictions.probabilities, predictions.familiarity, episode.query_labels, 0.0)
    outcome = judge.adapted(MethodChoice(method), episode)
    np.testing.assert_array_equal(outcome.right, expected.right)
    np.testing.assert_array_equal(outcome.confidence, expected.confidence)
    assert outcome.auroc == expected.auroc
    assert len(outcome.right) == (episode.query_labels != STRANGER).sum() == 50
    assert outcome.seconds > 0


def test_the_frozen_prototypes_see_embeddings_only(judge: EpisodeJudge, data: LabelledRows, episode: Episode) -> None:
    loud = data.rows.copy()
    loud[:, DIMENSION:] *= 1000
    without = EpisodeJudge(
        LabelledRows(loud, data.labels, data.groups, data.class_names, data.sources), DIMENSION, 3, Unwatched()
    )
    np.testing.assert_array_equal(judge.frozen(episode).right, without.frozen(episode).right)
    assert judge.frozen(episode).right.mean() > 0.35


def test_a_starting_point_is_started_from(
    judge: EpisodeJudge, data: LabelledRows, episode: Episode, support: SupportSet
) -> None:
    network = NetworkSpec("adapter", DIMENSION, 8)
    arrays = {
        name: tensor.numpy() + np.float32(0.3)
        for name, tensor in episodic_method("matching", network, seed=5).state_dict().items()
    }
    point = StartingPoint("matching", "Practised", "planted", network, False, arrays)
    photos = folder(data, episode)
    adapted = adapt_calibrated("matching", support, folder_mean=photos.mean(axis=0), starting_point=point, seed=3)
    outcome = judge.adapted(MethodChoice("matching", point), episode)
    np.testing.assert_array_equal(outcome.confidence, adapted.predict(photos).probabilities.max(axis=1)[:50])
    fresh = judge.adapted(MethodChoice("matching"), episode)
    assert not np.array_equal(outcome.confidence, fresh.confidence)


class TestDeep:
    @pytest.fixture
    def weighed(self, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
        """Stands in for weighing deep: finds the share it is told, and keeps what it was given."""
        calls: list[dict[str, Any]] = []

        def weigh(support: SupportSet, **options: Any) -> tuple[Adapted, SecondOpinion]:
            calls.append(options | {"support": support})
            quick = SupportSet(support.embeddings, support.labels, support.groups)
            adapted = adapt_calibrated("prototypes", quick, seed=options["seed"])
            return adapted, SecondOpinion(adapted.classifier, None, share=self.share)  # type: ignore[arg-type]

        monkeypatch.setattr(episode_outcomes, "weigh_deep", weigh)
        return calls

    share = 0.5

    def test_gets_the_activations_and_gives_the_answer_where_it_wins(
        self, judge: EpisodeJudge, data: LabelledRows, episode: Episode, weighed: list[dict[str, Any]]
    ) -> None:
        outcome = judge.adapted(MethodChoice("deep"), episode)
        np.testing.assert_array_equal(weighed[0]["support"].activations, data.rows[episode.support, DIMENSION:])
        assert weighed[0]["support"].embeddings.shape[1] == DIMENSION
        assert weighed[0]["folder_mean"] == pytest.approx(folder(data, episode).mean(axis=0))
        quick = judge.adapted(MethodChoice("auto"), episode)
        assert not np.array_equal(outcome.confidence, quick.confidence)

    def test_is_auto_where_it_loses(
        self, judge: EpisodeJudge, episode: Episode, weighed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(type(self), "share", 0.0)
        outcome, quick = (judge.adapted(MethodChoice(name), episode) for name in ("deep", "auto"))
        np.testing.assert_array_equal(outcome.confidence, quick.confidence)
        assert len(weighed) == 1  # other methods are not weighed

    def test_is_auto_where_the_encoder_has_no_activations(
        self, data: LabelledRows, episode: Episode, weighed: list[dict[str, Any]]
    ) -> None:
        judge = EpisodeJudge(data, DIMENSION + ACTIVATIONS, 3, Unwatched())
        outcome, quick = (judge.adapted(MethodChoice(name), episode) for name in ("deep", "auto"))
        np.testing.assert_array_equal(outcome.confidence, quick.confidence)
        assert weighed == []


def test_the_steps_of_an_adaptation_stay_out_of_the_progress(data: LabelledRows, episode: Episode) -> None:
    watched = Watched()
    EpisodeJudge(data, DIMENSION, 3, watched).adapted(MethodChoice("auto"), episode)
    assert watched.reports == []

"""What every episode must be, whoever draws it, and the sampling properties that Meta-Dataset documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from fewshot_gui.core.errors import FewshotError, NotEnoughExamplesError
from fewshot_gui.metalearning.drawing import evenly
from fewshot_gui.metalearning.episode import STRANGER, Episode, EpisodeSampler
from fewshot_gui.metalearning.labelled_rows import LabelledRows, joined
from fewshot_gui.metalearning.samplers import FixedSampler, RangeSampler, VariableSampler, VariableSizes

SKEWED = [300, 200, 90, 60, 40, 30, 25, 20, 18, 17, 17, 17]
"""Photos per class as people have them."""


def data(counts: Sequence[int], *, per_group: int = 1, source: str = "leaves") -> LabelledRows:
    """Classes with so many groups each, of ``per_group`` rows that do not lie together."""
    labels = np.repeat(np.arange(len(counts)), counts)
    groups = np.arange(len(labels))
    labels, groups = np.tile(labels, per_group), np.tile(groups, per_group)
    order = np.random.default_rng(5).permutation(len(labels))
    names = tuple(f"class {number}" for number in range(len(counts)))
    rows = np.zeros((len(labels), 1), np.float32)
    return LabelledRows(rows, labels[order], groups[order], names, (source,) * len(counts))


def episodes(sampler: EpisodeSampler, count: int = 100, seed: int = 0) -> Iterator[Episode]:
    rng = np.random.default_rng(seed)
    return (sampler.draw(rng) for _ in range(count))


def support_counts(episode: Episode) -> list[int]:
    return np.bincount(episode.support_labels, minlength=episode.ways).tolist()


def query_counts(episode: Episode) -> list[int]:
    return np.bincount(episode.query_labels[episode.query_labels >= 0], minlength=episode.ways).tolist()


SAMPLERS: dict[str, Callable[[LabelledRows], EpisodeSampler]] = {
    "fixed": lambda rows: FixedSampler(rows, 5, 3, 10, unknown_share=0.2),
    "fixed, dirichlet": lambda rows: FixedSampler(rows, 5, 3, 10, query_mix="dirichlet", unknown_share=0.2),
    "range": lambda rows: RangeSampler(rows, (2, 20), (1, 50), 15, unknown_share=0.2),
    "range, dirichlet": lambda rows: RangeSampler(rows, (2, 20), (1, 50), 15, query_mix="dirichlet", unknown_share=0.2),
    "variable": lambda rows: VariableSampler(rows, unknown_share=0.2),
}


@pytest.fixture(params=[1, 3], ids=["single photos", "bursts"])
def skewed(request: pytest.FixtureRequest) -> LabelledRows:
    return joined([data(SKEWED, per_group=request.param), data([40] * 8, per_group=request.param, source="coins")])


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
class TestEveryEpisode:
    def test_is_a_task(self, make: Callable[[LabelledRows], EpisodeSampler], skewed: LabelledRows) -> None:
        for episode in episodes(make(skewed)):
            assert min(support_counts(episode)) >= 1
            assert len(query_counts(episode)) == episode.ways  # no label beyond the classes
            assert (episode.query_labels >= 0).any()
            assert {array.dtype for array in vars(episode).values() if isinstance(array, np.ndarray)} == {
                np.dtype(np.int64)
            }
            # A label is one class of the data, the same in support and queries, and of one data set.
            known = episode.query_labels >= 0
            rows = np.concatenate([episode.support, episode.queries[known]])
            labels = np.concatenate([episode.support_labels, episode.query_labels[known]])
            pairs = {(int(label), int(of)) for label, of in zip(labels, skewed.labels[rows], strict=True)}
            assert len(pairs) == episode.ways == len({of for _, of in pairs})
            assert len({skewed.sources[of] for _, of in pairs}) == 1

    def test_keeps_groups_on_one_side_and_counts_them_once(
        self, make: Callable[[LabelledRows], EpisodeSampler], skewed: LabelledRows
    ) -> None:
        for episode in episodes(make(skewed)):
            groups = skewed.groups[np.concatenate([episode.support, episode.queries])]
            assert len(np.unique(groups)) == len(groups)

    def test_has_strangers_of_other_classes_of_the_same_data_set(
        self, make: Callable[[LabelledRows], EpisodeSampler], skewed: LabelledRows
    ) -> None:
        for episode in episodes(make(skewed)):
            strangers = episode.query_labels == STRANGER
            assert strangers.any()
            known = set(skewed.labels[episode.support])
            others = set(skewed.labels[episode.queries[strangers]])
            assert not known & others
            assert len({skewed.sources[of] for of in known | others}) == 1

    def test_is_fixed_by_the_generator(
        self, make: Callable[[LabelledRows], EpisodeSampler], skewed: LabelledRows
    ) -> None:
        def drawn(seed: int) -> list[list[int]]:
            return [[*one.support, *one.queries] for one in episodes(make(skewed), 5, seed)]

        assert drawn(1) == drawn(1)
        assert drawn(1) != drawn(2)

    def test_sees_every_class_and_every_data_set_equally_often(
        self, make: Callable[[LabelledRows], EpisodeSampler], skewed: LabelledRows
    ) -> None:
        seen = [skewed.labels[one.support] for one in episodes(make(skewed), 300)]
        assert set(np.concatenate(seen)) == set(range(skewed.classes))
        coins = np.mean([skewed.sources[labels[0]] == "coins" for labels in seen])
        assert coins == pytest.approx(0.5, abs=0.1)


class TestFixedSampler:
    def test_has_the_numbers_asked_for(self) -> None:
        for episode in episodes(FixedSampler(data(SKEWED), 5, 2, 15)):
            assert episode.ways == 5
            assert support_counts(episode) == [2] * 5
            assert query_counts(episode) == [15] * 5

    def test_a_fifth_are_strangers_spread_over_the_other_classes(self) -> None:
        rows = data([200] * 10)
        for episode in episodes(FixedSampler(rows, 5, 1, 16, unknown_share=0.2)):
            strangers = episode.queries[episode.query_labels == STRANGER]
            assert len(strangers) == len(episode.queries) // 5 == 20
            assert np.unique(rows.labels[strangers], return_counts=True)[1].tolist() == [4] * 5

    def test_dirichlet_shares_have_the_moments_of_the_distribution(self) -> None:
        ways, queries, concentration = 5, 40, 2.0
        sampler = FixedSampler(data([300] * 8), ways, 1, queries, query_mix="dirichlet")
        counts = np.array([query_counts(one) for one in episodes(sampler, 2000)])
        assert (counts.sum(axis=1) == ways * queries).all()
        shares = counts / (ways * queries)
        variance = (1 / ways) * (1 - 1 / ways) / (ways * concentration + 1)
        assert shares.mean(axis=0) == pytest.approx(1 / ways, abs=0.01)
        assert shares.var(axis=0) == pytest.approx(variance, rel=0.12)

    def test_dirichlet_shares_never_ask_a_class_for_more_than_it_has(self) -> None:
        sampler = FixedSampler(data([17] * 6), 5, 2, 15, query_mix="dirichlet")
        assert max(max(query_counts(one)) for one in episodes(sampler)) == 15

    def test_a_small_class_is_named(self) -> None:
        with pytest.raises(NotEnoughExamplesError, match="“class 2” has 9 different photos, and 16 are needed"):
            FixedSampler(data([20, 20, 9]), 2, 1, 15)

    def test_a_burst_counts_as_one_photo(self) -> None:
        with pytest.raises(NotEnoughExamplesError, match="has 4 different photos"):
            FixedSampler(data([4, 4], per_group=10), 2, 1, 15)

    def test_too_few_classes_are_told(self) -> None:
        FixedSampler(data([20] * 5), 5, 1, 5)
        with pytest.raises(NotEnoughExamplesError, match="cannot be drawn from 5"):
            FixedSampler(data([20] * 5), 5, 1, 5, unknown_share=0.2)
        with pytest.raises(NotEnoughExamplesError, match="cannot be drawn from 0"):
            FixedSampler(data([20] * 5).of_classes(np.empty(0, np.int64)), 5, 1, 5)

    @pytest.mark.parametrize("wrong", [{"ways": 1}, {"shots": 0}, {"queries": 0}, {"unknown_share": 1.0}])
    def test_numbers_out_of_range_are_told(self, wrong: dict[str, float]) -> None:
        with pytest.raises(FewshotError, match="cannot be"):
            FixedSampler(data([20] * 5), **({"ways": 5, "shots": 1, "queries": 5} | wrong))  # type: ignore[arg-type]


class TestRangeSampler:
    def test_covers_its_ranges_evenly(self) -> None:
        drawn = list(episodes(RangeSampler(data([60] * 12), (3, 8), (1, 10), 15), 1200))
        for values, expected in (
            ([one.ways for one in drawn], range(3, 9)),
            ([support_counts(one)[0] for one in drawn], range(1, 11)),
        ):
            found, counts = np.unique(values, return_counts=True)
            assert found.tolist() == list(expected)
            assert counts == pytest.approx(1200 / len(found), rel=0.35)
        assert all(len(set(support_counts(one))) == 1 for one in drawn)

    def test_gives_way_to_small_data(self) -> None:
        for episode in episodes(RangeSampler(data([3, 4, 30]), (2, 20), (1, 10), 15)):
            assert episode.ways <= 3
            assert min(query_counts(episode)) >= 1


class TestVariableSampler:
    """The properties that the tests of google-research/meta-dataset hold its sampler to."""

    def test_ways_are_even_between_their_bounds(self) -> None:
        ways = [one.ways for one in episodes(VariableSampler(data([30] * 60)), 1500)]
        assert (min(ways), max(ways)) == (5, 50)
        assert np.mean(ways) == pytest.approx(27.5, abs=1.2)
        assert max(one.ways for one in episodes(VariableSampler(data([30] * 8)), 50)) == 8

    @pytest.mark.parametrize(("smallest", "queries"), [(2, 1), (3, 1), (9, 4), (20, 10), (200, 10)])
    def test_queries_are_balanced_and_at_most_half_of_the_smallest_class(self, smallest: int, queries: int) -> None:
        for episode in episodes(VariableSampler(data([smallest] + [200] * 4))):
            assert query_counts(episode) == [queries] * 5

    def test_the_support_set_is_bounded_and_of_every_size(self) -> None:
        sizes = [len(one.support) for one in episodes(VariableSampler(data([400] * 50)), 300)]
        assert max(sizes) <= 500
        assert max(sizes) > 450
        alone = [len(one.support) for one in episodes(VariableSampler(data([400] * 5)), 300)]
        assert min(alone) < 50  # beta near zero
        assert max(alone) <= 500  # no class adds more than 100

    def test_no_class_gives_more_than_it_has(self) -> None:
        rows = data(SKEWED)
        for episode in episodes(VariableSampler(rows)):
            of = rows.labels[episode.support[np.unique(episode.support_labels, return_index=True)[1]]]
            used = np.add(support_counts(episode), query_counts(episode))
            assert (used <= np.array(SKEWED)[of]).all()

    def test_shots_follow_the_sizes_within_a_factor(self) -> None:
        # Of two classes with equally many photos one gets at most four times as many examples (plus-minus log 2).
        ratios = []
        for episode in episodes(VariableSampler(data([1000] * 6), sizes=VariableSizes(ways=(6, 6))), 300):
            counts = np.array(support_counts(episode)) - 1.0
            if counts.min() >= 5:
                ratios.append(counts.max() / counts.min())
        assert max(ratios) <= 4 * 1.25  # rounding down
        assert max(ratios) > 2.5

    def test_a_single_photo_is_refused(self) -> None:
        with pytest.raises(NotEnoughExamplesError, match="“class 1” has 1 different photos, and 2 are needed"):
            VariableSampler(data([10, 1, 10, 10, 10]))

    def test_too_few_classes_are_told(self) -> None:
        with pytest.raises(NotEnoughExamplesError, match="Tasks of 5 classes cannot be drawn from 4"):
            VariableSampler(data([10] * 4))


def test_what_is_spread_evenly_is_all_there_and_no_more() -> None:
    rng = np.random.default_rng(0)
    assert evenly(10, np.array([2, 100, 3]), rng).tolist() == [2, 5, 3]
    assert evenly(100, np.array([2, 5, 3]), rng).tolist() == [2, 5, 3]
    assert sorted(evenly(4, np.array([9, 9, 9]), rng).tolist()) == [1, 1, 2]
    assert evenly(0, np.array([9, 9]), rng).tolist() == [0, 0]

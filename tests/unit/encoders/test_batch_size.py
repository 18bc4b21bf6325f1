from __future__ import annotations

import pytest

from fewshot_gui.encoders.batch_size import fastest_batch


def machine(*, best: int, fits: int = 1 << 30) -> tuple[list[int], object]:
    """One that takes a second per batch and, beyond ``best`` photos, time for each."""
    tried: list[int] = []

    def seconds(size: int) -> float:
        tried.append(size)
        if size > fits:
            raise MemoryError
        return max(1.0, size / best)

    return tried, seconds


@pytest.mark.parametrize(("best", "wanted"), [(8, 8), (64, 64), (100, 128), (512, 512), (5000, 512)])
def test_the_batch_grows_as_long_as_photos_get_faster(best: int, wanted: int) -> None:
    tried, seconds = machine(best=best)
    assert fastest_batch(seconds) == wanted  # type: ignore[arg-type] # a stand-in
    assert tried == [8 << n for n in range(len(tried))]
    assert max(tried) <= 512


def test_a_gain_of_a_few_per_cent_is_not_worth_twice_the_memory() -> None:
    assert fastest_batch(lambda size: size / (100.0 + size / 1000)) == 8


@pytest.mark.parametrize(("fits", "wanted"), [(100, 64), (8, 8), (7, 1)])
def test_memory_bounds_it(fits: int, wanted: int) -> None:
    _, seconds = machine(best=5000, fits=fits)
    assert fastest_batch(seconds) == wanted  # type: ignore[arg-type] # a stand-in


def test_a_lower_bound_is_kept() -> None:
    assert fastest_batch(lambda _: 1.0, most=32) == 32

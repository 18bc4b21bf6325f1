from __future__ import annotations

from itertools import pairwise

import pytest

from fewshot_gui.metalearning.rate_schedule import rate_share


def test_a_cosine_falls_from_all_to_a_hundredth() -> None:
    shares = [rate_share("cosine", step, 101) for step in range(101)]
    assert shares[0] == 1
    assert shares[50] == pytest.approx(0.505)
    assert shares[-1] == pytest.approx(0.01)
    assert all(before > after for before, after in pairwise(shares))


def test_flat_and_single_steps_keep_the_rate() -> None:
    assert {rate_share("flat", step, 10) for step in range(10)} == {1.0}
    assert rate_share("cosine", 0, 1) == 1.0

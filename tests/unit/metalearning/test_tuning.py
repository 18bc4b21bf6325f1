from __future__ import annotations

import builtins
import math

import pytest

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.learners.starting_point import NetworkSpec
from fewshot_gui.metalearning.tuning import Tuning, search_tuning, usual_tuning

SPEC = NetworkSpec("adapter", 16)


def test_a_method_is_set_as_told() -> None:
    usual = Tuning(1e-3, 4, 8).method("maml", SPEC, seed=0)
    tuned = Tuning(1e-3, 4, 12, sharpness=2.0, inner_rate=0.5).method("maml", SPEC, seed=0)
    assert tuned.network.spec == NetworkSpec("adapter", 16, 12)
    before, after = usual.state_dict(), tuned.state_dict()
    assert float(after["log_scale"] - before["log_scale"]) == pytest.approx(math.log(2), abs=1e-6)
    assert (after["rates"] / before["rates"]).unique().tolist() == pytest.approx([0.5])
    assert {"log_scale", "rates"} <= {name for name, value in tuned.named_parameters() if value.requires_grad}


def test_the_search_finds_what_is_better_and_tries_the_usual_first() -> None:
    pytest.importorskip("optuna")
    usual = usual_tuning("maml", "adapter")

    def score(tuning: Tuning) -> float:
        return -abs(math.log(tuning.rate / 4e-3)) - abs(math.log(tuning.inner_rate / 0.3))

    trials = search_tuning(usual, score, trials=25, widths=True, inner_rates=True, seed=0)
    assert len(trials) == 25
    assert [trial.tuning for trial in trials if trial.is_usual] == [usual]
    assert trials[0].accuracy == max(trial.accuracy for trial in trials) > score(usual) + 1
    assert {trial.tuning.meta_batch for trial in trials} == {usual.meta_batch}
    assert len({trial.tuning.width for trial in trials}) > 1
    assert trials == search_tuning(usual, score, trials=25, widths=True, inner_rates=True, seed=0)


def test_what_a_method_has_not_is_not_searched() -> None:
    pytest.importorskip("optuna")
    usual = usual_tuning("prototypes", "conv4")
    trials = search_tuning(usual, lambda tuning: tuning.rate, trials=5, widths=False, inner_rates=False, seed=0)
    assert {(trial.tuning.width, trial.tuning.inner_rate) for trial in trials} == {(usual.width, 1.0)}


def test_without_optuna_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    known = builtins.__import__

    def importing(name: str, *args: object, **kwargs: object) -> object:
        if name == "optuna":
            raise ImportError(name)
        return known(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(FewshotError, match=r"needs Optuna, which is not installed; run .*fewshot-gui\[meta\]"):
        search_tuning(
            usual_tuning("ridge", "adapter"), lambda _: 0.0, trials=2, widths=False, inner_rates=False, seed=0
        )


@pytest.mark.parametrize("kind", ["adapter", "conv4", "tail"])
def test_every_network_has_usual_settings(kind: str) -> None:
    for method in ("prototypes", "maml", "ridge"):
        tuning = usual_tuning(method, kind)  # type: ignore[arg-type]
        assert 0 < tuning.rate < 0.01
        assert tuning.meta_batch >= 1
        assert str(tuning).startswith("rate ")

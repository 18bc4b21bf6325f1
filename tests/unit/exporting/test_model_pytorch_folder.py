"""A model for PyTorch answers as the program does, whatever the method, and holds nothing that could run by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors import safe_open

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import EncoderSpec, choose_device, encoder_spec, open_encoder
from fewshot_gui.encoders.encoder import Encoder, EncoderPart
from fewshot_gui.encoders.preprocess import prepare
from fewshot_gui.encoders.torch_engine import TorchEngine
from fewshot_gui.encoders.weights import load_model
from fewshot_gui.exporting.model import pytorch_folder
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.pytorch_folder import (
    PytorchModel,
    load_pytorch_folder,
    require_pytorch,
    write_pytorch_folder,
)
from fewshot_gui.learners import learner_specs
from tests.unit.encoders.conftest import tiny  # noqa: F401 - a fixture

NAMES = ("ant", "bée")


def _photos(count: int) -> list[NDArray[np.uint8]]:
    """Of several sizes; every other one is dark."""
    rng = np.random.default_rng(0)
    sizes = [(40, 60), (33, 33), (90, 50)]
    return [rng.integers(0, 90 if row % 2 else 256, (*sizes[row // 2 % 3], 3)).astype(np.uint8) for row in range(count)]


def _adapted(embeddings: NDArray[np.float32], method: str) -> Adapted:
    return adapt_calibrated(method, SupportSet(embeddings, np.tile([4, 2], len(embeddings) // 2)))


def _facts(encoder: EncoderSpec, adapted: Adapted) -> ModelFacts:
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return ModelFacts(NAMES, encoder, adapted.method, "T", created, "1", (4, 4), None, 0.5, "MIT")


def _require_same(folder: Path, adapted: Adapted, encoder: Encoder) -> None:
    photos = _photos(12)
    predictions = adapted.predict(encoder.embed(photos))
    model = PytorchModel(folder)
    answers = [model.answers(photo) for photo in photos]
    np.testing.assert_allclose([probabilities for probabilities, _ in answers], predictions.probabilities, atol=2e-3)
    np.testing.assert_allclose([familiarity for _, familiarity in answers], predictions.familiarity, atol=2e-3)


@pytest.mark.parametrize("method", [spec.name for spec in learner_specs() if spec.name != "deep"])
def test_every_method_answers_as_the_program(method: str, tmp_path: Path) -> None:
    encoder = open_encoder("pixels28", device=choose_device("cpu"), progress=Unwatched())
    adapted = _adapted(encoder.embed(_photos(8)), method)
    write_pytorch_folder(tmp_path / "m", adapted, _facts(encoder.spec, adapted))
    _require_same(tmp_path / "m", adapted, encoder)


def test_a_network_answers_as_the_program(tiny: EncoderSpec, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    part = EncoderPart(tiny, TorchEngine(load_model(tiny), "cpu"))
    encoder = Encoder(tiny, choose_device("cpu"), [part])
    adapted = _adapted(encoder.embed(_photos(8)), "ridge")
    write_pytorch_folder(tmp_path / "m", adapted, _facts(tiny, adapted))
    _require_same(tmp_path / "m", adapted, encoder)


def test_photos_are_prepared_as_the_program_prepares_them(tmp_path: Path) -> None:
    from PIL import Image

    spec = encoder_spec("pixels28")
    for interpolation in ("bicubic", "bilinear"):
        preprocess = replace(
            spec.preprocess,
            resize_short_side=36,
            interpolation=interpolation,
            mean=(0.5, 0.4, 0.3),
            std=(0.2, 0.3, 0.4),
        )
        adapted = _adapted(np.random.default_rng(0).uniform(size=(8, 784)).astype(np.float32), "prototypes")
        facts = _facts(replace(spec, preprocess=preprocess), adapted)
        write_pytorch_folder(tmp_path / interpolation, adapted, facts)
        model = load_pytorch_folder(tmp_path / interpolation)
        for photo in _photos(6):
            (prepared,) = model.prepare([Image.fromarray(photo)])
            np.testing.assert_allclose(prepared[0].numpy(), prepare(photo, preprocess), atol=1e-4)


def test_the_folder_holds_what_hugging_face_looks_for(tmp_path: Path) -> None:
    encoder = encoder_spec("pixels28")
    adapted = _adapted(np.random.default_rng(0).uniform(size=(8, 784)).astype(np.float32), "lda")
    write_pytorch_folder(tmp_path / "m", adapted, _facts(encoder, adapted))
    assert {path.name for path in (tmp_path / "m").iterdir()} == {"config.json", "model.safetensors", "modeling.py"}
    config = json.loads((tmp_path / "m" / "config.json").read_text(encoding="utf-8"))
    assert config["id2label"] == {"0": "ant", "1": "bée"}
    assert config["networks"][0]["id"] == "pixels28"
    with safe_open(tmp_path / "m" / "model.safetensors", "numpy") as file:
        assert file.metadata() == {"format": "pt"}
        assert set(file.keys()) <= set(json.dumps(config["head"]).split('"'))


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytorch_folder, "find_spec", lambda name: None if name == "timm" else object())
    with pytest.raises(FewshotError, match="needs timm, which this edition"):
        require_pytorch()

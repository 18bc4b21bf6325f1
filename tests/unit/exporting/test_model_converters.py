"""OpenVINO and Core ML, where their converters are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from fewshot_gui.confidence import Adapted, adapt_calibrated
from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import encoder_spec
from fewshot_gui.exporting.model import core_ml_package, openvino_files
from fewshot_gui.exporting.model.core_ml_package import convert_to_core_ml, require_core_ml
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.graph import assemble
from fewshot_gui.exporting.model.metadata import describe
from fewshot_gui.exporting.model.openvino_files import OpenvinoModel, convert_to_openvino, require_openvino
from fewshot_gui.exporting.model.pytorch_folder import write_pytorch_folder
from fewshot_gui.exporting.model.verification import WrittenModel
from tests.unit.exporting.model_facts import facts_with

DRAWINGS = encoder_spec("pixels28")


@pytest.fixture
def adapted() -> Adapted:
    embeddings = np.random.default_rng(0).uniform(size=(12, 784)).astype(np.float32)
    return adapt_calibrated("lda", SupportSet(embeddings, np.tile([1, 2, 3], 4)))


@pytest.fixture
def facts() -> ModelFacts:
    return facts_with(encoder=DRAWINGS)


def test_openvino_answers_as_onnx_runtime(adapted: Adapted, facts: ModelFacts, tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    model = assemble(adapted, facts)
    describe(model, facts)
    onnx.save(model, tmp_path / "m.onnx")
    convert_to_openvino(tmp_path / "m.onnx", tmp_path / "m.openvino.xml")
    exact, converted = WrittenModel(tmp_path / "m.onnx"), OpenvinoModel(tmp_path / "m.openvino.xml")
    for row, size in enumerate([(40, 30), (28, 28), (17, 300)]):
        photo = np.random.default_rng(row).integers(0, 256, (*size, 3)).astype(np.uint8)
        wanted, given = exact.answers(photo), converted.answers(photo)
        np.testing.assert_allclose(given[0], wanted[0], atol=1e-4)
        assert given[1] == pytest.approx(wanted[1], abs=1e-4)
    assert "model_info" in (tmp_path / "m.openvino.xml").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.provokes_logs
@pytest.mark.filterwarnings("ignore")
def test_core_ml_is_given_a_photo_of_the_size_it_asks_for(adapted: Adapted, facts: ModelFacts, tmp_path: Path) -> None:
    coremltools: Any = pytest.importorskip("coremltools", reason="coremltools is not installed")
    write_pytorch_folder(tmp_path / "m.pytorch", adapted, facts)
    convert_to_core_ml(tmp_path / "m.pytorch", tmp_path / "m.mlpackage", facts)
    description = coremltools.utils.load_spec(str(tmp_path / "m.mlpackage")).description
    (image,) = description.input
    assert (image.name, image.type.imageType.width, image.type.imageType.height) == ("image", 28, 28)
    assert [output.name for output in description.output] == ["probabilities", "familiarity"]
    assert description.metadata.userDefined["task"] == "classify"


@pytest.mark.parametrize(("module", "package"), [(openvino_files, "openvino"), (core_ml_package, "coremltools")])
def test_a_converter_that_is_missing_is_named(
    module: Any, package: str, facts: ModelFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(FewshotError, match=f"pip install {package}"):
        require_openvino() if package == "openvino" else require_core_ml(facts)


def test_an_encoder_of_two_sizes_is_refused_for_core_ml(facts: ModelFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_ml_package, "find_spec", lambda _name: object())
    with pytest.raises(FewshotError, match="at two sizes"):
        require_core_ml(facts_with(encoder=encoder_spec("efficientnet-lite0+lite2")))

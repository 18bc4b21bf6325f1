"""A classifier leaves as a model with everything around it, and only if it answers as the program does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from fewshot_gui.confidence import adapt_calibrated
from fewshot_gui.core.errors import Cancelled, FewshotError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import EmbeddingCache, encoder_spec
from fewshot_gui.exporting.model import openvino_files
from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY, decode
from fewshot_gui.exporting.model.graph import assemble
from fewshot_gui.exporting.model.metadata import MODEL_KEY
from fewshot_gui.exporting.model.verification import ModelMismatchError
from fewshot_gui.imaging import read_photo
from fewshot_gui.workflows import exporting_model
from fewshot_gui.workflows.embedding_examples import embed_examples, support_set
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.exporting_model import ExportOptions, ModelExport, ModelRequest, export_model
from fewshot_gui.workflows.verifying_model import MOST_PHOTOS, spread_out
from tests.unit.encoders.conftest import Watched
from tests.unit.workflows.conftest import draw

CLASSES = {3: "dark", 7: "röt / 赤"}
COMPANIONS = {"m.onnx", "m.labels.txt", "m.predict.py", "m.card.md", "m.verification.json"}

Export = Callable[..., ModelExport]


@pytest.fixture
def drawings(cache: EmbeddingCache) -> EmbeddingSource:
    """An encoder that needs no network."""
    return EmbeddingSource(encoder_spec("pixels28"), cache, device="cpu")


@pytest.fixture
def examples(tmp_path: Path) -> list[Path]:
    """Four of each class."""
    return [
        draw(tmp_path / "examples" / f"{red}" / f"{number}.png", number, red=red)
        for red in (10, 240)
        for number in range(4)
    ]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Photos of many sizes, some of them turned."""
    sizes = [(1, 1), (28, 28), (31, 200), (700, 90), (1000, 1400)]
    paths = []
    for row, (height, width) in enumerate(sizes):
        pixels = np.random.default_rng(row).integers(0, 256, (5, 7, 3), np.uint8)
        exif = Image.Exif()
        exif[274] = row + 4
        path = tmp_path / "photos" / f"{row}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).resize((width, height)).save(path, exif=exif)
        paths.append(path)
    return paths


def _request(examples: list[Path], photos: list[Path], source: EmbeddingSource, method: str = "ridge") -> ModelRequest:
    embedded = embed_examples(examples, source, Unwatched())
    half = len(examples) // 2
    support = support_set(embedded.embeddings, [3] * half + [7] * half, ())
    adapted = adapt_calibrated(method, support)
    return ModelRequest(adapted, support, CLASSES, (*photos, *examples), "Colours", ("A note.",))


@pytest.fixture
def request_(examples: list[Path], photos: list[Path], drawings: EmbeddingSource) -> ModelRequest:
    return _request(examples, photos, drawings)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "m.onnx"


@pytest.fixture
def export(request_: ModelRequest, drawings: EmbeddingSource, target: Path) -> Export:
    def run(request: ModelRequest = request_, **options: bool) -> ModelExport:
        return export_model(request, drawings, target, ExportOptions(**options), Unwatched())

    return run


def _metadata(model: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx.load(model).metadata_props}


def test_the_model_and_what_belongs_to_it_are_written(export: Export, target: Path) -> None:
    result = export()
    assert [path.parent for path in result.files] == [target.parent] * 5
    assert result.files[0] == target
    assert {path.name for path in target.parent.iterdir()} == COMPANIONS == {path.name for path in result.files}
    assert (target.parent / "m.labels.txt").read_text(encoding="utf-8") == "dark\nröt / 赤\n"
    own = json.loads(_metadata(target)[MODEL_KEY])
    assert (own["classes"], own["examples_per_class"]) == (["dark", "röt / 赤"], [4, 4])
    assert (own["method"], own["title"], own["notes"][-1]) == ("ridge", "Colours", "A note.")


def test_it_was_compared_on_the_persons_photos(export: Export, target: Path) -> None:
    result = export()
    assert (result.verification.photos, result.verification.agreeing) == (13, 13)
    assert result.verification.largest_difference < 1e-3
    (exact, whole) = json.loads((target.parent / "m.verification.json").read_text(encoding="utf-8"))["checks"]
    assert (exact["photos"], exact["passed"]) == (13, True)
    assert whole["largest_difference"] == result.checks[1].result.largest_difference
    assert "| 13 of 13 (100.0 %) |" in (target.parent / "m.card.md").read_text(encoding="utf-8")


def test_the_written_model_answers_many_photos_at_once(
    export: Export, target: Path, request_: ModelRequest, photos: list[Path], drawings: EmbeddingSource
) -> None:
    export()
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    batch = np.stack([read_photo(photos[1])] * 3)
    probabilities, label = session.run(["probabilities", "label"], {"image": batch})
    expected = request_.adapted.predict(embed_examples([photos[1]], drawings, Unwatched()).embeddings)
    np.testing.assert_allclose(probabilities, np.repeat(expected.probabilities, 3, axis=0), atol=1e-3)
    assert label.tolist() == [int(expected.probabilities.argmax())] * 3


def test_the_script_gives_the_answers_of_the_program(
    export: Export, target: Path, request_: ModelRequest, photos: list[Path], drawings: EmbeddingSource
) -> None:
    export()
    command = [sys.executable, "-I", target.parent / "m.predict.py", *photos]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines()[1:]
    predictions = request_.adapted.predict(embed_examples(photos, drawings, Unwatched()).embeddings)
    names = list(CLASSES.values())
    for line, probabilities, familiarity in zip(lines, predictions.probabilities, predictions.familiarity, strict=True):
        _, label, probability, its_familiarity = line.rsplit(",", 3)
        assert label == names[int(probabilities.argmax())]
        assert float(probability) == pytest.approx(probabilities.max(), abs=1e-3)
        assert float(its_familiarity) == pytest.approx(familiarity, abs=1e-3)


def test_the_examples_go_along_unless_they_should_not(export: Export, target: Path, request_: ModelRequest) -> None:
    export()
    carried = decode(_metadata(target)[CARRIED_EXAMPLES_KEY], classes=2, dimension=784)
    np.testing.assert_allclose(carried.embeddings, request_.support.embeddings, atol=1e-3)
    assert carried.classes.tolist() == [0] * 4 + [1] * 4
    assert "embeddings of 8 examples" in (target.parent / "m.card.md").read_text().replace("\n", " ")
    export(carry_examples=False)
    assert CARRIED_EXAMPLES_KEY not in _metadata(target)


def test_a_model_that_is_large_already_carries_fewer_examples(
    export: Export, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(carry_examples=False)
    model = target.stat().st_size
    monkeypatch.setattr(exporting_model, "MOST_BESIDE_ENCODER", model + 12_000)
    export()
    assert target.stat().st_size < model + 13_000
    assert 0 < len(decode(_metadata(target)[CARRIED_EXAMPLES_KEY], classes=2, dimension=784)) < 8
    monkeypatch.setattr(exporting_model, "MOST_BESIDE_ENCODER", 0)
    export()
    assert CARRIED_EXAMPLES_KEY not in _metadata(target)


def test_a_model_that_answers_otherwise_is_refused_and_the_earlier_one_stays(
    export: Export, target: Path, request_: ModelRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    export()
    before = {path.name: path.read_bytes() for path in target.parent.iterdir()}
    other = adapt_calibrated("ridge", replace(request_.support, labels=request_.support.labels[::-1]))
    monkeypatch.setattr(exporting_model, "assemble", lambda _adapted, facts, progress: assemble(other, facts, progress))
    with pytest.raises(ModelMismatchError, match="so it was not saved"):
        export()
    assert {path.name: path.read_bytes() for path in target.parent.iterdir()} == before


def test_a_refused_first_export_leaves_nothing(
    export: Export, target: Path, request_: ModelRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = adapt_calibrated("prototypes", replace(request_.support, labels=request_.support.labels[::-1]))
    monkeypatch.setattr(exporting_model, "assemble", lambda _adapted, facts, progress: assemble(other, facts, progress))
    with pytest.raises(ModelMismatchError):
        export()
    assert list(target.parent.iterdir()) == []


def test_without_a_readable_photo_there_is_no_export(
    export: Export, target: Path, request_: ModelRequest, tmp_path: Path
) -> None:
    (tmp_path / "damaged.jpg").write_bytes(b"no photo")
    with pytest.raises(FewshotError, match="none of them can be read"):
        export(replace(request_, photos=(tmp_path / "damaged.jpg", tmp_path / "gone.jpg")))
    assert list(target.parent.iterdir()) == []


def test_a_damaged_photo_is_passed_over(export: Export, request_: ModelRequest, tmp_path: Path) -> None:
    (tmp_path / "damaged.jpg").write_bytes(b"no photo")
    result = export(replace(request_, photos=(tmp_path / "damaged.jpg", *request_.photos)))
    assert result.verification.photos == 13


def test_somebody_elses_file_is_not_replaced(export: Export, target: Path) -> None:
    target.parent.mkdir()
    (target.parent / "m.predict.py").write_text("mine")
    with pytest.raises(FewshotError, match="choose another name"):
        export()
    assert {path.name: path.read_text() for path in target.parent.iterdir()} == {"m.predict.py": "mine"}


def test_the_card_tells_when_the_photos_of_the_folder_had_a_part(
    examples: list[Path], photos: list[Path], drawings: EmbeddingSource, export: Export, target: Path
) -> None:
    request = _request(examples, photos, drawings)
    embeddings = np.abs(np.random.default_rng(0).normal(size=(60, 784))).astype(np.float32)
    few = request.support.subset(np.array([0, 4]))
    adapted = adapt_calibrated("auto", few, folder=embeddings)
    assert "folder" in adapted.method
    export(replace(request, adapted=adapted, support=few))
    assert "The photos of the folder took part in adapting." in (target.parent / "m.card.md").read_text("utf-8")


def test_an_encoder_without_convolutions_has_no_small_model(export: Export, target: Path) -> None:
    with pytest.raises(FewshotError, match="cannot be made smaller"):
        export(int8=True)
    assert list(target.parent.iterdir()) == []


def test_a_folder_for_pytorch_is_compared_too(export: Export, target: Path) -> None:
    for package in ("torchvision", "timm"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    result = export(pytorch=True)
    assert result.checks[-1].model == "m.pytorch"
    assert result.checks[-1].result.largest_difference < 1e-3
    assert {path.name for path in (target.parent / "m.pytorch").iterdir()} >= {"config.json", "modeling.py"}
    assert "| `m.pytorch` | the photos as the script reads them | 13 of 13" in (target.parent / "m.card.md").read_text(
        "utf-8"
    )


def test_openvino_gets_a_model_of_its_own(export: Export, target: Path) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    result = export(openvino=True)
    assert result.checks[-1].result.passed
    assert {path.name for path in target.parent.iterdir()} == COMPANIONS | {"m.openvino.xml", "m.openvino.bin"}


def test_a_missing_converter_is_told_before_the_work_begins(
    export: Export, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_files, "find_spec", lambda _name: None)
    with pytest.raises(FewshotError, match="pip install openvino"):
        export(openvino=True)
    assert not target.parent.exists()


@pytest.mark.parametrize("check", range(1, 8))
def test_it_can_be_cancelled_at_any_time(
    request_: ModelRequest, drawings: EmbeddingSource, target: Path, check: int
) -> None:
    with pytest.raises(Cancelled):
        export_model(request_, drawings, target, ExportOptions(), Watched(cancel_at_check=check))
    assert list(target.parent.iterdir()) == []


def test_progress_tells_of_every_photo(request_: ModelRequest, drawings: EmbeddingSource, target: Path) -> None:
    watched = Watched()
    export_model(request_, drawings, target, ExportOptions(), watched)
    note = "Comparing the model with the program"
    assert {(row, 13, note) for row in range(1, 14)} <= set(watched.reports)


def test_the_photos_to_compare_are_spread_over_all() -> None:
    assert spread_out(3, 5) == [0, 1, 2]
    rows = spread_out(10_000, MOST_PHOTOS)
    assert len(rows) == MOST_PHOTOS
    assert (rows[0], rows[-1]) == (0, 9999)
    assert max(np.diff(rows)) - min(np.diff(rows)) <= 1


def test_the_default_encoder_in_8_bits(
    prepared_encoder: Path, cache: EmbeddingCache, examples: list[Path], photos: list[Path], target: Path
) -> None:
    source = EmbeddingSource(encoder_spec("efficientnet-lite0"), cache, device="cpu")
    request = _request(examples, photos, source, "lda")
    result = export_model(request, source, target, ExportOptions(int8=True), Unwatched())
    small = target.with_name("m.int8.onnx")
    (encoder,) = prepared_encoder.glob("efficientnet-lite0-*.onnx")
    assert target.stat().st_size < encoder.stat().st_size + 2_000_000
    assert small.stat().st_size < 0.4 * target.stat().st_size
    assert _metadata(small) == _metadata(target)
    assert result.verification.largest_difference <= 0.02
    assert [check.result.passed for check in result.checks if check.model == small.name] == [True]
    assert "m.int8.onnx" in (target.parent / "m.card.md").read_text(encoding="utf-8")
    onnx.checker.check_model(small, full_check=True)


@pytest.mark.slow
def test_the_script_runs_in_an_environment_of_its_own(
    export: Export, target: Path, photos: list[Path], tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "onnxruntime", "numpy", "pillow"]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("onnxruntime, numpy and pillow cannot be installed here")
    export()
    done = subprocess.run([python, "-I", target.parent / "m.predict.py", *photos], capture_output=True, check=True)
    assert len(done.stdout.decode().splitlines()) == 1 + len(photos)
    listed = subprocess.run([python, "-c", "import torch"], capture_output=True, check=False)
    assert listed.returncode != 0

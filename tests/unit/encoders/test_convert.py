from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fewshot_gui.core.errors import Cancelled, EncoderError
from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import convert
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.registry import encoder_spec
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.weights import load_model, weights_file

from .conftest import Watched, tiny_spec, write_tiny_weights


def test_converted_encoder_gives_what_torch_gives(tiny: EncoderSpec, capfd: pytest.CaptureFixture[str]) -> None:
    import torch

    progress = Watched()
    engine = OnnxEngine(converted_encoder(tiny, progress))
    for n in (1, 5):
        pixels = np.random.default_rng(n).standard_normal((n, 3, 32, 32), np.float32)
        with torch.no_grad():
            wanted = load_model(tiny)(torch.from_numpy(pixels)).numpy()
        np.testing.assert_allclose(engine.encode(pixels), wanted, atol=1e-4 * np.abs(wanted).max())
    assert (0, None, "Preparing the encoder, once") in progress.reports
    assert capfd.readouterr().out == "", "results only are written to stdout"


def test_the_file_tells_nothing_of_the_computer_it_was_made_on(tiny: EncoderSpec) -> None:
    content = converted_encoder(tiny, Unwatched()).read_bytes()
    for place in (sys.prefix, str(Path(convert.__file__).parent)):
        assert place.encode() not in content


def test_second_time_the_file_is_used_as_it_is(tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    path = converted_encoder(tiny, Unwatched())
    monkeypatch.delattr(convert, "_convert")
    progress = Watched()
    assert converted_encoder(tiny, progress) == path
    assert progress.reports == []


@pytest.fixture
def copying(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Convert by writing a few bytes instead, and list the encoders converted."""
    converted: list[str] = []

    def export(_model: object, spec: EncoderSpec, path: Path) -> None:
        converted.append(spec.id)
        path.write_bytes(f"network of {spec.id}".encode())

    monkeypatch.setattr(convert, "load_model", lambda _: None)
    monkeypatch.setattr(convert, "_export", export)
    monkeypatch.setattr(convert, "_check", lambda *_: None)
    return converted


@pytest.mark.parametrize("damage", [b"", b"network of tinx"])
@pytest.mark.provokes_logs
def test_damaged_file_is_made_again(damage: bytes, copying: list[str]) -> None:
    weights_file(tiny_spec()).parent.mkdir(parents=True)
    weights_file(tiny_spec()).touch()
    path = converted_encoder(tiny_spec(), Unwatched())
    path.write_bytes(damage)
    assert converted_encoder(tiny_spec(), Unwatched()).read_bytes() == b"network of tiny"
    assert copying == ["tiny", "tiny"]


def test_what_another_recipe_made_is_made_again_and_removed(
    copying: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [tiny_spec(), replace(tiny_spec(), id="tiny-2")]
    for spec in specs:
        weights_file(spec).parent.mkdir(parents=True)
        weights_file(spec).touch()
    old, neighbour = (converted_encoder(spec, Unwatched()) for spec in specs)
    monkeypatch.setattr(convert, "_RECIPE_VERSION", 2)
    new = converted_encoder(specs[0], Unwatched())
    assert new != old
    assert new.exists()
    assert not old.exists()
    assert neighbour.exists(), "an encoder whose name begins alike is left alone"


def test_what_an_end_of_the_program_left_behind_is_deleted_once_it_is_old(copying: list[str]) -> None:
    weights_file(tiny_spec()).parent.mkdir(parents=True)
    weights_file(tiny_spec()).touch()
    folder = Path(os.environ["FEWSHOT_GUI_CACHE"]) / "encoders"
    old, fresh = folder / "converting-old", folder / "converting-fresh"
    for draft in (old, fresh):
        draft.mkdir(parents=True)
        (draft / "encoder.onnx").touch()
    os.utime(old, (1, 1))
    converted_encoder(tiny_spec(), Unwatched())
    assert not old.exists()
    assert fresh.exists(), "another window may be making it"


def test_other_weights_are_converted_anew(copying: list[str]) -> None:
    write_tiny_weights(weights_file(tiny_spec()), seed=0)
    converted_encoder(tiny_spec(), Unwatched())
    write_tiny_weights(weights_file(tiny_spec()), seed=1)
    converted_encoder(tiny_spec(), Unwatched())
    assert copying == ["tiny", "tiny"]


def test_threads_that_ask_at_once_share_one_conversion(copying: list[str]) -> None:
    weights_file(tiny_spec()).parent.mkdir(parents=True)
    weights_file(tiny_spec()).touch()
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: converted_encoder(tiny_spec(), Unwatched()), range(4)))
    assert len(paths) == 1
    assert copying == ["tiny"]


def test_cancel_is_heard_at_once_and_the_conversion_is_kept(
    tiny: EncoderSpec, copying: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(convert, "_check", lambda *_: go_on.wait(timeout=20))
    began = time.monotonic()
    with pytest.raises(Cancelled):
        converted_encoder(tiny, Watched(cancel_at_check=2))
    assert time.monotonic() - began < 10, "it did not wait for the conversion"
    go_on.set()
    converted_encoder(tiny, Unwatched())
    assert copying == ["tiny"]


def test_conversion_that_differs_from_torch_is_refused(tiny: EncoderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(OnnxEngine):
        def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return super().encode(batch) * np.float32(1.01)

    monkeypatch.setattr(convert, "OnnxEngine", Wrong)
    with pytest.raises(EncoderError, match="“Tiny” could not be prepared: its converted form differs"):
        converted_encoder(tiny, Unwatched())
    assert list((Path(os.environ["FEWSHOT_GUI_CACHE"]) / "encoders").iterdir()) == []


def test_wrong_dimension_is_noticed(tiny: EncoderSpec) -> None:
    with pytest.raises(EncoderError, match=r"gives .* instead of 255"):
        converted_encoder(replace(tiny, dimension=255), Unwatched())


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (OSError(28, "No space left on device"), "free some disk space"),
        (RuntimeError("unsupported operator"), "could not be prepared: install the program again"),
    ],
)
@pytest.mark.provokes_logs
def test_failure_is_one_sentence(
    failure: Exception, sentence: str, tiny: EncoderSpec, copying: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(convert, "_export", fail)
    with pytest.raises(EncoderError, match=sentence):
        converted_encoder(tiny, Unwatched())


def test_encoder_that_was_not_downloaded_is_one_sentence() -> None:
    with pytest.raises(EncoderError, match="download it first"):
        converted_encoder(tiny_spec(), Unwatched())


@pytest.mark.slow
def test_two_processes_at_once_both_get_a_good_file(tiny: EncoderSpec) -> None:
    code = (
        "from tests.unit.encoders.conftest import tiny_spec\n"
        "from fewshot_gui.core.progress import Unwatched\n"
        "from fewshot_gui.encoders.convert import converted_encoder\n"
        "print(converted_encoder(tiny_spec(), Unwatched()))\n"
    )
    root = Path(__file__).resolve().parents[3]
    processes = [
        subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    paths = [Path(process.communicate(timeout=100)[0].strip()) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert converted_encoder(tiny, Watched(cancel_at_check=1)) in paths


def test_default_encoder_is_a_plain_and_folded_network(with_default: Path) -> None:
    import onnx

    network = onnx.load(converted_encoder(encoder_spec("efficientnet-lite0"), Unwatched()))
    onnx.checker.check_model(network)
    assert [entry.version for entry in network.opset_import if not entry.domain] == [18]
    operators = {node.op_type for node in network.graph.node}
    assert operators <= {"Conv", "Clip", "Add", "ReduceMean", "Reshape", "Identity"}, "batch norms belong into Conv"
    (pixels,), (embedding,) = network.graph.input, network.graph.output
    assert (pixels.name, embedding.name) == ("pixels", "embedding")
    shapes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in (pixels, embedding)]
    assert shapes == [["n", 3, 224, 224], ["n", 1280]]


def test_encoder_that_an_installer_shipped_is_used_as_it_is(
    tiny: EncoderSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = converted_encoder(tiny, Unwatched())
    shipped = tmp_path / "encoders"
    shipped.mkdir()
    converted.rename(shipped / converted.name)
    monkeypatch.setattr(convert, "_shipped_folder", lambda: shipped)
    assert converted_encoder(tiny, Unwatched()) == shipped / converted.name


@pytest.mark.provokes_logs
def test_damaged_shipped_encoder_is_left_alone_and_made_again_in_the_cache(
    tiny: EncoderSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = converted_encoder(tiny, Unwatched())
    damaged = tmp_path / "encoders" / converted.name
    damaged.parent.mkdir()
    damaged.write_bytes(b"damaged")
    monkeypatch.setattr(convert, "_shipped_folder", lambda: damaged.parent)
    assert converted_encoder(tiny, Unwatched()) == converted
    assert damaged.read_bytes() == b"damaged"

"""What the standard edition leaves out, nothing in the program imports: tried without building it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.core.progress import Unwatched
from fewshot_gui.encoders import encoder_specs
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.learners import learner_specs

WITHOUT_THEM = """
import json, sys
sys.modules |= dict.fromkeys(json.loads(sys.argv.pop(1)))  # None: an import fails as if it were not installed
from fewshot_gui.__main__ import main
main()
"""


def run_standard(arguments: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """The command line as far as the standard edition has it."""
    from contents import excluded_modules

    # Tests and importlib need setuptools' hooks where it is installed in the development environment.
    missing = [name for name in excluded_modules("standard") if name != "setuptools"]
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_THEM, json.dumps(missing), *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


@pytest.fixture
def shipped_encoders(prepared_encoder: Path) -> Path:
    """What an installer brings: the bundled encoders, converted."""
    for spec in encoder_specs():
        if spec.source == "bundled":
            converted_encoder(spec, Unwatched())
    return prepared_encoder


@pytest.fixture
def folders(tmp_path: Path, installer: Path) -> tuple[Path, Path]:
    """Examples of two classes, and photos."""
    rng = np.random.default_rng(0)
    for name, colour in (("dark", 40), ("light", 200)):
        for kind in ("examples", "photos"):
            folder = tmp_path / kind / (name if kind == "examples" else "")
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(4):
                picture = np.clip(rng.normal(colour, 30, (64, 80, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(picture).save(folder / f"{name} {number}.png")
    return tmp_path / "examples", tmp_path / "photos"


@pytest.mark.slow
@pytest.mark.usefixtures("shipped_encoders")
@pytest.mark.parametrize("method", [spec.name for spec in learner_specs()])
def test_every_method_adapts_and_its_model_leaves(folders: tuple[Path, Path], tmp_path: Path, method: str) -> None:
    examples, photos = folders
    model = tmp_path / "model.onnx"
    done = run_standard(["export", "--examples", examples, "--photos", photos, "--method", method, "--model", model])
    assert done.returncode == 0, done.stdout + done.stderr
    assert model.is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("shipped_encoders")
@pytest.mark.parametrize(
    "wanted",
    [
        ["--model", "model.onnx", "--int8"],
        ["--table", "labels.xlsx"],
        ["--camtrap", "camtrap.zip", "--contributor", "Somebody", "--position", "52.1,5.2"],
        ["--coco", "labels.json", "--folders", "copies", "--keywords"],
    ],
    ids=lambda wanted: wanted[0],
)
def test_every_export(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: list[str]
) -> None:
    examples, photos = folders
    monkeypatch.chdir(tmp_path)
    done = run_standard(["export", "--examples", examples, "--photos", photos, *wanted])
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / wanted[1]).exists()


@pytest.mark.slow
@pytest.mark.usefixtures("shipped_encoders", "installer")
def test_the_self_test() -> None:
    done = run_standard(["self-test"])
    assert done.returncode == 0, done.stdout + done.stderr

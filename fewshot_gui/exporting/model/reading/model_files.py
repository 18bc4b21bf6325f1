"""The files of a model, wherever the person points: at the model, at its folder, or at the file that describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fewshot_gui.exporting.model.reading.label_files import read_json
from fewshot_gui.exporting.model.reading.problems import ModelFileError

_SIGNATURE, _CONFIG, _PREPROCESSOR = "signature.json", "config.json", "preprocessor_config.json"
_USUAL = ("model.onnx", "onnx/model.onnx")
_CONVERTIBLE = {
    ".tflite": "TensorFlow Lite",
    ".h5": "Keras",
    ".keras": "Keras",
    ".pb": "TensorFlow",
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".safetensors": "PyTorch",
    ".mlmodel": "Core ML",
    ".mlpackage": "Core ML",
}


@dataclass(frozen=True)
class ModelFiles:
    """A model file with what its makers put beside it.

    Attributes:
        model: The ONNX file.
        signature: Lobe's ``signature.json``, or empty.
        config: Hugging Face's or timm's ``config.json``, or empty.
        preprocessor: Hugging Face's ``preprocessor_config.json``, or empty.
    """

    model: Path
    signature: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    preprocessor: Mapping[str, Any] = field(default_factory=dict)


def find_model_files(path: Path) -> ModelFiles:
    """Find the files of a model.

    Args:
        path: An ONNX file, the folder it is in, or a Lobe ``signature.json``.

    Raises:
        ModelFileError: There is no ONNX model, or one of the files beside it is damaged.
    """
    if path.name.lower() == _SIGNATURE:
        path = path.parent
    model = _in_folder(path) if path.is_dir() else path
    if model.suffix.lower() == ".zip":
        raise ModelFileError(f"“{model.name}” is a packed folder; unpack it and choose the model in it.")
    if (tool := _CONVERTIBLE.get(model.suffix.lower())) is not None:
        raise ModelFileError(f"“{model.name}” is a model of {tool}; export or convert it to ONNX and choose that file.")
    if not model.is_file():
        raise ModelFileError(f"“{model.name}” is not in its folder any more; look for it where it was moved to.")
    # Optimum and transformers.js put the model into a folder "onnx" below its descriptions.
    folders = (model.parent, model.parent.parent) if model.parent.name == "onnx" else (model.parent,)
    return ModelFiles(
        model,
        signature=_described(model, _beside(folders[:1], _SIGNATURE)),
        config=_beside(folders, _CONFIG),
        preprocessor=_beside(folders, _PREPROCESSOR),
    )


def _in_folder(folder: Path) -> Path:
    signature = _beside((folder,), _SIGNATURE)
    named = signature.get("filename")
    if isinstance(named, str) and Path(named).name == named and named.lower().endswith(".onnx"):
        return folder / named
    for usual in _USUAL:
        if (folder / usual).is_file():
            return folder / usual
    try:
        found = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() == ".onnx")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelFileError(f"The folder “{folder.name}” could not be read ({reason}).") from error
    if len(found) == 1:
        return found[0]
    what = "several ONNX models" if found else "no ONNX model"
    raise ModelFileError(f"The folder “{folder.name}” holds {what}; choose the file that ends in “.onnx”.")


def _described(model: Path, signature: Mapping[str, Any]) -> Mapping[str, Any]:
    """The signature, if it is of this model and not of another in the same folder."""
    return signature if signature.get("filename", model.name) == model.name else {}


def _beside(folders: tuple[Path, ...], name: str) -> Mapping[str, Any]:
    for folder in folders:
        if (folder / name).is_file():
            document = read_json(folder / name)
            if isinstance(document, dict):
                return document
    return {}

"""Modules of ONNX Runtime that quantisation imports as if they lay outside every package, from their own folder."""

from pathlib import Path

from PyInstaller.utils.hooks import get_module_file_attribute

_FOLDER = Path(get_module_file_attribute("onnxruntime")).parent / "transformers"

datas = [
    (str(_FOLDER / f"{name}.py"), "onnxruntime/transformers") for name in ("float16", "fusion_utils", "onnx_model")
]
hiddenimports = ["packaging.version"]

"""The script beside an exported model that labels photos without this program."""

from __future__ import annotations

from fewshot_gui.core.resources import resource

_PLACEHOLDER = '"model.onnx"'


def predict_script(model_name: str) -> str:
    """The script as text.

    It reads photos as :func:`fewshot_gui.imaging.read_photo` does, with Pillow alone.

    Args:
        model_name: The file name of the model, which must lie beside the script.
    """
    template = resource("model/predict.py").read_text(encoding="utf-8")
    return template.replace(_PLACEHOLDER, repr(model_name), 1)

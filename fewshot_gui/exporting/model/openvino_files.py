"""An exported model in OpenVINO's own format, where OpenVINO is installed."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.exporting.model.verification import ModelMismatchError

log = logging.getLogger(__name__)

_MODEL_API = "model_info"
"""What the metadata for OpenVINO's Model API begins with."""


def require_openvino() -> None:
    """Refuse what cannot be done here.

    Raises:
        FewshotError: OpenVINO is not installed.
    """
    if find_spec("openvino") is None:
        raise FewshotError(
            "Saving for OpenVINO needs OpenVINO itself: install it with “pip install openvino”, or open the ONNX file "
            "in it, which it can read."
        )


def convert_to_openvino(model: Path, target: Path) -> None:
    """Write ``NAME.xml`` and ``NAME.bin``.

    Args:
        model: The exported model.
        target: The file that ends in ``.xml``.

    Raises:
        FewshotError: OpenVINO is not installed, or cannot convert the model.
    """
    require_openvino()
    import onnx

    openvino: Any = import_module("openvino")
    metadata = {entry.key: entry.value for entry in onnx.load(model).metadata_props}
    try:
        # Not convert_model, which reports to Intel where its package for that is installed.
        converted = openvino.Core().read_model(model)
        for key, value in metadata.items():
            # OpenVINO has entries of its own, such as "version", so ours stand together below one name.
            converted.set_rt_info(value, key.split() if key.startswith(_MODEL_API) else ["metadata", key])
        openvino.save_model(converted, target, compress_to_fp16=False)
    except RuntimeError as error:
        log.exception("OpenVINO cannot convert the model")
        raise FewshotError("OpenVINO could not convert the model: open the ONNX file in it instead.") from error


class OpenvinoModel:
    """A model in OpenVINO's format on the processor, as an ``AnsweringModel``."""

    def __init__(self, path: Path) -> None:
        """Load the ``.xml`` file, with the weights beside it."""
        openvino: Any = import_module("openvino")
        # In single precision: some processors would compute in half of it.
        self._model = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def answers(self, photo: NDArray[np.uint8]) -> tuple[NDArray[np.float32], np.float32]:
        """Probabilities float32 (c,) and familiarity of one upright photo, uint8 (h, w, 3).

        Raises:
            ModelMismatchError: OpenVINO failed.
        """
        try:
            outputs = self._model(photo[np.newaxis])
        except RuntimeError as error:
            log.exception("OpenVINO failed on a photo of shape %s", photo.shape)
            raise ModelMismatchError("The model for OpenVINO failed on a photo: export it without.") from error
        return outputs["probabilities"][0], outputs["familiarity"][0]

"""Running an encoder with ONNX Runtime: the engine of computers without an NVIDIA GPU."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError

_log = logging.getLogger(__name__)

INPUT, OUTPUT = "pixels", "embedding"
"""The names of the only input and output of a converted encoder."""


class OnnxEngine:
    """One ONNX Runtime session; an :class:`~fewshot_gui.encoders.engine.Engine`.

    The session is free of state, so any number of threads may encode at once. Each call uses ``threads`` of them by
    itself: photos spread over threads better than one photo's layers do.
    """

    def __init__(self, path: Path, *, threads: int = 1, providers: Sequence[str] = ("CPUExecutionProvider",)) -> None:
        """Load a converted encoder.

        Args:
            path: As :func:`~fewshot_gui.encoders.convert.converted_encoder` gives it.
            threads: For the layers of one batch; at least 1.
            providers: ONNX Runtime's execution providers in order of preference.

        Raises:
            EncoderError: ONNX Runtime cannot load the file, or does not have a provider.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=list(providers))
        except Exception as error:  # ONNX Runtime's errors have no other class in common
            _log.exception("ONNX Runtime cannot load %s", path)
            raise EncoderError(
                f"The prepared encoder “{path.name}” could not be loaded: install the program again."
            ) from error

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed float32 (n, 3, crop, crop); returns float32 (n, d).

        Raises:
            EncoderError: ONNX Runtime failed, for instance for want of memory.
        """
        try:
            (embeddings,) = self._session.run([OUTPUT], {INPUT: batch})
        except Exception as error:  # ONNX Runtime's errors have no other class in common
            _log.exception("ONNX Runtime failed on a batch of shape %s", batch.shape)
            raise EncoderError("The encoder failed on a photo: close other programs and try again.") from error
        return np.asarray(embeddings, np.float32)

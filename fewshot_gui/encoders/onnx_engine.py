"""Running an encoder with ONNX Runtime: the engine of computers without an NVIDIA GPU."""

from __future__ import annotations

import logging
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.encoders.providers import Provider

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_log = logging.getLogger(__name__)

INPUT, OUTPUT = "pixels", "embedding"
"""The names of the only input and output of a converted encoder."""
BATCH = "n"
"""The name of the only dimension of a converted encoder that is free."""

_ERRORS_ONLY = 3


class OnnxEngine:
    """One ONNX Runtime session; an :class:`~fewshot_gui.encoders.engine.Engine`.

    On the processor the session is free of state, so any number of threads may encode at once. Each call uses
    ``threads`` of them by itself: photos spread over threads better than one photo's layers do. Elsewhere threads take
    turns: sessions of DirectML allow no more.
    """

    def __init__(
        self, path: Path, *, threads: int = 1, provider: Provider | None = None, batch_size: int | None = None
    ) -> None:
        """Load a converted encoder.

        Args:
            path: As :func:`~fewshot_gui.encoders.convert.converted_encoder` gives it.
            threads: For the layers of one batch; at least 1.
            provider: What it shall run on; by default the processor.
            batch_size: How many photos are always encoded at once, blank ones making up for those that are missing.
                Most providers are faster, and some only work, when they know. By default any number.

        Raises:
            EncoderError: ONNX Runtime cannot load the file, or the provider cannot run it.
        """
        self._batch_size = batch_size
        self._turn: AbstractContextManager[object] = threading.Lock() if provider else nullcontext()
        try:
            self._session = _session(path, threads, provider, batch_size)
        except Exception as error:  # ONNX Runtime's errors have no other class in common
            _log.exception("ONNX Runtime cannot load %s for %s", path, provider.name if provider else "the processor")
            raise _not_started(path, provider) from error
        if provider and provider.name not in self._session.get_providers():  # a library that it needs is missing
            raise _not_started(path, provider)

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed float32 (n, 3, crop, crop); returns float32 (n, d).

        Raises:
            EncoderError: ONNX Runtime failed, for instance for want of memory.
        """
        size = self._batch_size or len(batch)
        pieces = [self._run(batch[start : start + size]) for start in range(0, len(batch), size)]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        missing = (self._batch_size or len(batch)) - len(batch)
        whole = np.concatenate([batch, np.zeros((missing, *batch.shape[1:]), np.float32)]) if missing else batch
        try:
            with self._turn:
                (embeddings,) = self._session.run([OUTPUT], {INPUT: whole})
        except Exception as error:  # ONNX Runtime's errors have no other class in common
            _log.exception("ONNX Runtime failed on a batch of shape %s", batch.shape)
            raise EncoderError("The encoder failed on a photo: close other programs and try again.") from error
        return np.asarray(embeddings[: len(batch)], np.float32)


def _session(path: Path, threads: int, provider: Provider | None, batch_size: int | None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    if batch_size:
        options.add_free_dimension_override_by_name(BATCH, batch_size)
    if provider is None:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    options.log_severity_level = _ERRORS_ONLY  # else it warns of every layer that the provider leaves to the processor
    options.enable_mem_pattern = False  # DirectML cannot do with it
    return onnxruntime.InferenceSession(
        path,
        options,
        providers=[(provider.name, provider.options)],
        enable_fallback=0,  # else it prints what went wrong, and goes on with the processor alone
    )


def _not_started(path: Path, provider: Provider | None) -> EncoderError:
    if provider:
        return EncoderError(f"{provider.title} could not be started: choose the processor in the settings.")
    return EncoderError(f"The prepared encoder “{path.name}” could not be loaded: install the program again.")

"""Running a network with torch: the engine of computers with an NVIDIA GPU."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.encoders.torch_stream import arrival

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)


class TorchEngine:
    """A torch module on one device; an :class:`~fewshot_gui.encoders.engine.Engine`.

    On a GPU it computes in half precision with the channels last, which is how tensor cores are used; numbers that are
    too large for half precision are computed in single. On a GPU, threads should take turns, so that the memory in use
    is that of one batch.
    """

    def __init__(
        self, model: torch.nn.Module, device: Literal["cpu", "cuda"], *, half_precision: bool | None = None
    ) -> None:
        """Move ``model``, which is in evaluation mode, to the device.

        Args:
            model: From float32 (n, 3, crop, crop) to float32 (n, d). It belongs to the engine from now on.
            device: Where to compute.
            half_precision: By default on the GPU only.

        Raises:
            EncoderError: The model does not fit into the GPU's memory.
        """
        import torch

        half = device == "cuda" if half_precision is None else half_precision
        self.device = torch.device(device)
        self._dtype = torch.float16 if half else torch.float32
        try:
            self._model = model.to(self.device, self._dtype).to(memory_format=torch.channels_last)
        except torch.OutOfMemoryError as error:
            raise too_little_memory(error) from error

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed float32 (n, 3, crop, crop); returns float32 (n, d).

        Raises:
            EncoderError: The GPU's memory is too small for the batch, or the GPU failed.
        """
        import torch

        try:
            return self.start(torch.from_numpy(np.ascontiguousarray(batch)).to(self.device)).result()
        except torch.OutOfMemoryError as error:
            raise too_little_memory(error) from error
        except RuntimeError as error:
            raise failed(error) from error

    def start(self, pixels: torch.Tensor) -> RunningBatch:
        """Begin to embed; on a GPU this returns at once.

        Args:
            pixels: (n, 3, crop, crop) on the device, prepared, in any precision.

        Raises:
            OutOfMemoryError: Torch's own; a smaller batch may fit.
            RuntimeError: The GPU failed.
        """
        import torch

        with torch.inference_mode():
            outputs = self._model(pixels.to(self._dtype, memory_format=torch.channels_last)).float()
            return RunningBatch(outputs, again=self._again(pixels) if self._is_half else None)

    def _again(self, pixels: torch.Tensor) -> Callable[[], NDArray[np.float32]]:
        def in_single_precision() -> NDArray[np.float32]:
            self._use_single_precision()
            return self.start(pixels).result()

        return in_single_precision

    @property
    def _is_half(self) -> bool:
        import torch

        return self._dtype == torch.float16

    def _use_single_precision(self) -> None:
        import torch

        if self._is_half:
            _log.warning("the encoder's numbers are too large for half precision; computing in single from now on")
        self._dtype = torch.float32
        self._model = self._model.float()


class RunningBatch:
    """Embeddings that a device may still be at work on, already on their way to the processor's memory."""

    def __init__(self, outputs: torch.Tensor, *, again: Callable[[], NDArray[np.float32]] | None) -> None:
        """Begin to fetch ``outputs``, float32 (n, d); ``again`` computes them more precisely if they are no numbers."""
        import torch

        self._again = again
        if outputs.device.type == "cuda":
            # Memory that the GPU writes to by itself, so that the next batch can be begun meanwhile.
            self._values = torch.empty(outputs.shape, pin_memory=True).copy_(outputs, non_blocking=True)
            self._wait = arrival(torch.cuda.current_stream(outputs.device))
        else:
            self._values, self._wait = outputs, arrival(None)

    def result(self) -> NDArray[np.float32]:
        """Wait for the embeddings, float32 (n, d).

        Raises:
            RuntimeError: The GPU failed.
        """
        self._wait()
        values: NDArray[np.float32] = self._values.numpy()
        return values if self._again is None or np.isfinite(values).all() else self._again()


def too_little_memory(error: BaseException) -> EncoderError:
    """What is said when not even one photo fits."""
    _log.error("out of memory on the GPU", exc_info=error)
    return EncoderError("The graphics card has too little free memory: close other programs or choose the processor.")


def failed(error: BaseException) -> EncoderError:
    """What is said when the GPU or its driver gave up."""
    _log.error("torch failed on the GPU", exc_info=error)
    return EncoderError("The graphics card failed: choose the processor in the settings.")

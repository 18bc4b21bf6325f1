"""Running an encoder with torch: the engine of computers with an NVIDIA GPU."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import EncoderError

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)


class TorchEngine:
    """A torch module on one device; an :class:`~fewshot_gui.encoders.engine.Engine`.

    On a GPU it computes in half precision with the channels last, which is how tensor cores are used. Calls from
    several threads take turns, so that the memory in use is that of one batch. Both habits give way when they do not
    work: a batch that does not fit is halved, and numbers too large for half precision are computed in single.
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
        self._turn = threading.Lock()
        self._device = device
        self._dtype = torch.float16 if half else torch.float32
        self._largest_batch: int | None = None
        try:
            self._model = model.to(device, self._dtype).to(memory_format=torch.channels_last)
        except torch.OutOfMemoryError as error:
            raise self._too_little_memory(error) from error

    def encode(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed float32 (n, 3, crop, crop); returns float32 (n, d).

        Raises:
            EncoderError: The GPU's memory is too small for even one photo, or the GPU failed.
        """
        with self._turn:
            embeddings = self._encode_in_pieces(batch)
            if self._is_half and not np.isfinite(embeddings).all():
                self._use_single_precision()
                embeddings = self._encode_in_pieces(batch)
        return embeddings

    @property
    def _is_half(self) -> bool:
        import torch

        return self._dtype == torch.float16

    def _use_single_precision(self) -> None:
        import torch

        _log.warning(
            "the encoder's numbers are too large for half precision; computing in single precision from now on"
        )
        self._dtype = torch.float32
        self._model = self._model.float()

    def _encode_in_pieces(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        import torch

        pieces = []
        start = 0
        while start < len(batch):
            piece = batch[start : start + (self._largest_batch or len(batch))]
            try:
                pieces.append(self._run(piece))
            except torch.OutOfMemoryError as error:
                if len(piece) == 1:
                    raise self._too_little_memory(error) from error
                self._largest_batch = len(piece) // 2
                _log.warning("the GPU has no memory for %d photos at once; trying %d", len(piece), self._largest_batch)
                torch.cuda.empty_cache()
                continue
            except RuntimeError as error:
                _log.exception("torch failed on %s with a batch of shape %s", self._device, piece.shape)
                raise EncoderError("The graphics card failed: choose the processor in the settings.") from error
            start += len(piece)
        return np.concatenate(pieces)

    def _run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            pixels = torch.from_numpy(np.ascontiguousarray(batch)).to(self._device)
            embeddings = self._model(pixels.to(self._dtype, memory_format=torch.channels_last))
            result: NDArray[np.float32] = embeddings.float().cpu().numpy()
        return result

    def _too_little_memory(self, error: BaseException) -> EncoderError:
        _log.error("out of memory on %s", self._device, exc_info=error)
        return EncoderError(
            "The graphics card has too little free memory: close other programs or choose the processor."
        )

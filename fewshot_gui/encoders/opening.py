"""Loading an encoder for the device that was chosen."""

from __future__ import annotations

import logging

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.progress import Progress
from fewshot_gui.encoders.convert import converted_encoder
from fewshot_gui.encoders.device import DeviceChoice, processor
from fewshot_gui.encoders.encoder import Encoder, EncoderPart
from fewshot_gui.encoders.onnx_engine import OnnxEngine
from fewshot_gui.encoders.pixel_engine import PixelEngine
from fewshot_gui.encoders.provider_trial import tried_provider
from fewshot_gui.encoders.providers import provider_of
from fewshot_gui.encoders.registry import encoder_spec, part_specs
from fewshot_gui.encoders.spec import EncoderSpec

_log = logging.getLogger(__name__)


def open_encoder(encoder_id: str, *, device: DeviceChoice, progress: Progress) -> Encoder:
    """Load an encoder. On the processor, the first time ever converts it, which takes some 10 seconds a part.

    Args:
        encoder_id: As in :func:`~fewshot_gui.encoders.registry.encoder_specs`.
        device: As :func:`~fewshot_gui.encoders.device.choose_device` gives it. A provider of ONNX Runtime is tried
            with this encoder first if that has not been done yet; the encoder's own ``device`` tells what came of it.
        progress: Hears of the conversion and the trial.

    Raises:
        EncoderError: There is no such encoder, it has not been downloaded, or it is damaged.
        Cancelled: The person cancelled the conversion.
    """
    spec = encoder_spec(encoder_id)
    progress.check()
    if spec.source == "pixels":
        return Encoder(spec, device, [EncoderPart(spec, PixelEngine())])
    if device.kind == "cuda":
        return _on_gpu(spec, device, progress)
    if device.kind == "cpu":
        return _on_processor(spec, device, progress)
    return _on_provider(spec, device, progress)


def _on_processor(spec: EncoderSpec, device: DeviceChoice, progress: Progress) -> Encoder:
    parts = [EncoderPart(part, OnnxEngine(converted_encoder(part, progress))) for part in part_specs(spec)]
    return Encoder(spec, device, parts)


def _on_provider(spec: EncoderSpec, device: DeviceChoice, progress: Progress) -> Encoder:
    """On a provider that passes its trial with this encoder; else on the processor, which says why."""
    provider = provider_of(device.kind)
    parts, batch_size = [], 1
    for part in part_specs(spec):
        path = converted_encoder(part, progress)
        outcome = tried_provider(provider, part, path, progress)
        if not outcome.passed:
            return _on_processor(spec, processor(outcome.reason), progress)
        try:
            engine = OnnxEngine(path, provider=provider, batch_size=outcome.batch_size)
        except EncoderError:  # it did start when it was tried: a driver has changed, or its memory is full
            return _on_processor(spec, processor(f"{provider.title} could not be started"), progress)
        parts.append(EncoderPart(part, engine))
        batch_size = max(batch_size, outcome.batch_size)
    return Encoder(spec, device, parts, batch_size=batch_size)


def _on_gpu(spec: EncoderSpec, device: DeviceChoice, progress: Progress) -> Encoder:
    import torch

    from fewshot_gui.encoders.jpeg_decoder import tried_decoder
    from fewshot_gui.encoders.torch_encoder import TorchEncoder
    from fewshot_gui.encoders.torch_engine import TorchEngine, failed, too_little_memory
    from fewshot_gui.encoders.weights import load_model

    engines = []
    for part in part_specs(spec):
        progress.check()
        progress.report(0, None, "Loading the encoder")
        engines.append(TorchEngine(load_model(part), device.for_torch))
    decoder = tried_decoder(engines[0].device)
    if isinstance(decoder, str):
        _log.info("photos are decoded by the processor because %s", decoder)
    try:
        return TorchEncoder(spec, device, engines, decoder=None if isinstance(decoder, str) else decoder)
    except torch.OutOfMemoryError as error:
        raise too_little_memory(error) from error
    except RuntimeError as error:
        raise failed(error) from error

"""From an RGB array to an embedding: the encoders there are, their preprocessing, engines, downloads and cache.

:mod:`~fewshot_gui.encoders.download` is not imported here: its network libraries would slow every start.
"""

from fewshot_gui.encoders.cache import EmbeddingCache, FileStamp
from fewshot_gui.encoders.device import DeviceChoice, choose_device
from fewshot_gui.encoders.encoder import Encoder, open_encoder
from fewshot_gui.encoders.registry import (
    DEFAULT_ENCODER,
    encoder_spec,
    encoder_specs,
    is_ready,
    require_supported,
    variant_with_activations,
)
from fewshot_gui.encoders.spec import Download, EncoderSpec

__all__ = [
    "DEFAULT_ENCODER",
    "DeviceChoice",
    "Download",
    "EmbeddingCache",
    "Encoder",
    "EncoderSpec",
    "FileStamp",
    "choose_device",
    "encoder_spec",
    "encoder_specs",
    "is_ready",
    "open_encoder",
    "require_supported",
    "variant_with_activations",
]

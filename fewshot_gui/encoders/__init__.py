"""From an RGB array to an embedding: the encoders there are, their preprocessing, engines, downloads and cache.

:mod:`~fewshot_gui.encoders.download` is not imported here: its network libraries would slow every start.
"""

from fewshot_gui.encoders.cache import EmbeddingCache, FileStamp
from fewshot_gui.encoders.device import DeviceAttempt, DeviceChoice, DeviceSurvey, choose_device
from fewshot_gui.encoders.device_survey import survey_devices
from fewshot_gui.encoders.encoder import Encoder
from fewshot_gui.encoders.opening import open_encoder
from fewshot_gui.encoders.registry import (
    DEFAULT_ENCODER,
    encoder_spec,
    encoder_specs,
    is_ready,
    require_supported,
    variant_with_activations,
)
from fewshot_gui.encoders.spec import Download, EncoderSpec
from fewshot_gui.encoders.trial_memory import forget_trials

__all__ = [
    "DEFAULT_ENCODER",
    "DeviceAttempt",
    "DeviceChoice",
    "DeviceSurvey",
    "Download",
    "EmbeddingCache",
    "Encoder",
    "EncoderSpec",
    "FileStamp",
    "choose_device",
    "encoder_spec",
    "encoder_specs",
    "forget_trials",
    "is_ready",
    "open_encoder",
    "require_supported",
    "survey_devices",
    "variant_with_activations",
]

"""The encoders there are, as written down in ``resources/encoders.json``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.resources import resource
from fewshot_gui.encoders.spec import Download, EncoderSpec, Preprocess
from fewshot_gui.encoders.weights import has_weights, why_unsupported

DEFAULT_ENCODER = "efficientnet-lite0"


@cache
def encoder_specs() -> tuple[EncoderSpec, ...]:
    """Every encoder, hidden parts included, in the order in which they are offered.

    Raises:
        EncoderError: The list that ships with the program is missing or damaged.
    """
    try:
        document = json.loads(resource("encoders.json").read_text(encoding="utf-8"))
        return tuple(spec_from_json(entry) for entry in document["encoders"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError("The list of encoders is missing or damaged: install the program again.") from error


def encoder_spec(encoder_id: str) -> EncoderSpec:
    """The encoder with this id.

    Raises:
        EncoderError: There is none; the sentence names those there are.
    """
    for spec in encoder_specs():
        if spec.id == encoder_id:
            return spec
    known = ", ".join(spec.id for spec in encoder_specs() if not spec.hidden)
    raise EncoderError(f"There is no encoder “{encoder_id}”: choose one of {known}.")


def variant_with_activations(encoder_id: str) -> EncoderSpec | None:
    """The encoder that gives the embedding of ``encoder_id`` followed by activations; ``None`` where there is none."""
    return next((spec for spec in encoder_specs() if spec.base == encoder_id), None)


def part_specs(spec: EncoderSpec) -> tuple[EncoderSpec, ...]:
    """The encoders that are really run for ``spec``: its parts if it is joined, else only itself."""
    return tuple(encoder_spec(part) for part in spec.parts) if spec.source == "joined" else (spec,)


def is_ready(spec: EncoderSpec) -> bool:
    """Whether ``spec`` can be used without a download."""
    return all(has_weights(part) for part in part_specs(spec))


def require_supported(spec: EncoderSpec) -> None:
    """Refuse an encoder that this edition of the program cannot build.

    Raises:
        EncoderError: With the reason, see :func:`~fewshot_gui.encoders.weights.why_unsupported`.
    """
    reason = next(filter(None, map(why_unsupported, part_specs(spec))), "")
    if reason:
        raise EncoderError(reason)


def spec_from_json(entry: dict[str, Any]) -> EncoderSpec:
    """One entry of the list as an :class:`EncoderSpec`.

    Raises:
        KeyError, TypeError, ValueError: The entry is not of the list's form.
    """
    fields = dict(entry)
    preprocess = dict(fields.pop("preprocess"))
    preprocess |= {"mean": tuple(preprocess["mean"]), "std": tuple(preprocess["std"])}
    download = fields.pop("download", None)
    return EncoderSpec(
        **fields
        | {
            "preprocess": Preprocess(**preprocess),
            "download": Download(**download) if download else None,
            "parts": tuple(fields.get("parts", ())),
            "model_options": tuple(fields.get("model_options", {}).items()),
        }
    )

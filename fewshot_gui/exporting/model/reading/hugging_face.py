"""Models of Hugging Face Transformers: ``config.json`` and ``preprocessor_config.json`` say everything.

The image processors of transformers (docs: huggingface.co/docs/transformers/main_classes/image_processor): ``size`` is
a rectangle, to which photos are stretched, or a ``shortest_edge``, from which ``crop_size`` is cut; ConvNeXT's cut by
``crop_pct`` below 384 and stretch from there on (models/convnext/image_processing_convnext.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fewshot_gui.exporting.model.reading.clues import USUAL_SIDE, Clues, Recognition, photo_input
from fewshot_gui.exporting.model.reading.label_files import names_by_index
from fewshot_gui.exporting.model.reading.model_input import IMAGENET, ZERO_TO_ONE, Interpolation, ModelInput, Pixels

PILLOW_FILTERS: tuple[Interpolation, ...] = ("nearest", "lanczos", "bilinear", "bicubic")
"""By the numbers that Pillow, and so ``resample``, gives them; the rarer box and hamming come behind."""

_CONVNEXT_STRETCHES_FROM = 384


def hugging_face(clues: Clues) -> Recognition | None:
    """Recognise a model by the files beside it; ``None`` if it is none of Transformers."""
    names = names_by_index(clues.files.config.get("id2label"))
    given = clues.files.preprocessor
    if names is None or not given:
        return None
    side = _edge(given.get("crop_size")) if given.get("do_center_crop") else None
    wanted = photo_input(clues, _pixels(given), side=side or _edge(given.get("size")) or USUAL_SIDE)
    wanted = replace(
        _fitted(wanted, given),
        bgr=given.get("do_flip_channel_order") is True,
        interpolation=dict(enumerate(PILLOW_FILTERS)).get(given.get("resample", -1), "bilinear"),
    )
    return Recognition(
        "Hugging Face", wanted, "Photos are prepared as “preprocessor_config.json” beside the model says.", names
    )


def pixels_from(mean: object, std: object) -> Pixels | None:
    """Mean and deviation as such files have them; ``None`` where they are not three numbers each."""
    if not isinstance(mean, list) or not isinstance(std, list):
        return None
    try:
        return Pixels(tuple(map(float, mean)), tuple(map(float, std)))
    except (TypeError, ValueError):
        return None


def _pixels(given: Mapping[str, Any]) -> Pixels:
    factor = given.get("rescale_factor", 1 / 255) if given.get("do_rescale", True) else 1.0
    scale = 255 * factor if isinstance(factor, float | int) and factor > 0 else 1.0
    pixels = ZERO_TO_ONE
    if given.get("do_normalize", "image_mean" in given):
        pixels = pixels_from(given.get("image_mean"), given.get("image_std")) or IMAGENET
    # (value * factor - mean) / std is (value / 255 - mean / scale) / (std / scale).
    return Pixels(tuple(mean / scale for mean in pixels.mean), tuple(std / scale for std in pixels.std))


def _fitted(wanted: ModelInput, given: Mapping[str, Any]) -> ModelInput:
    size, percent, crops = given.get("size"), given.get("crop_pct"), bool(given.get("do_center_crop"))
    edge = _edge(size)
    keeps_proportions = "shortest_edge" in size if isinstance(size, Mapping) else crops
    if keeps_proportions and isinstance(percent, float | int) and 0 < percent <= 1:
        stretches = edge is not None and edge >= _CONVNEXT_STRETCHES_FROM
        return replace(wanted, fit="stretch") if stretches else replace(wanted, share=float(percent))
    share = min(1.0, wanted.height / edge) if crops and edge is not None else 1.0
    return replace(wanted, fit="crop" if keeps_proportions else "stretch", share=share)


def _edge(size: object) -> int | None:
    if isinstance(size, Mapping):
        size = size.get("height", size.get("shortest_edge"))
    return size if isinstance(size, int) and size > 0 else None

"""What an exported model says of itself in its ``metadata_props``, in its own words and in those of other programs.

The graph does all preprocessing itself, so every convention is filled in such a way that nobody does it twice: raw
pixels 0..255, no mean, no scale, no resizing needed. Read by

* ONNX's ``MetadataProps`` and the samples of Azure Custom Vision: ``Image.BitmapPixelFormat`` and its kin,
* Ultralytics: ``task``, ``names``, ``imgsz``, ... as Python literals,
* OpenVINO Model API: ``model_info ...``, labels separated by blanks (blanks in a name become underscores),
* Hugging Face: ``id2label``, ``label2id`` and the switches of an image processor, as JSON,
* this program: :data:`MODEL_KEY`, one JSON object with everything needed to open the model again::

      {"format": 1, "title": "...", "classes": ["...", ...], "examples_per_class": [5, ...], "method": "lda+ridge",
       "encoder": {"id": "...", "title": "...", "dimension": 1280, "licence": "...", "origin": "...",
                   "preprocess": {"resize_short_side": 256, "crop": 224, "interpolation": "bicubic",
                                  "mean": [...], "std": [...], "version": 1},
                   "read_short_side": 1280},
       "stranger_below": 0.5, "expected_accuracy": {"value": 0.9, "low": 0.8, "high": 0.95} or null,
       "created": "2026-11-21T12:00:00+00:00", "version": "0.3.0", "licence": "Apache-2.0", "notes": ["...", ...]}
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY
from fewshot_gui.exporting.model.facts import FORMAT_VERSION, ModelFacts

if TYPE_CHECKING:
    from onnx import ModelProto

MODEL_KEY = "fewshot_gui.model"
"""The key under which this program finds its own description."""


def describe(model: ModelProto, facts: ModelFacts, examples: str = "") -> None:
    """Write into a model what it is.

    Args:
        model: Changed.
        facts: Of the model.
        examples: Those it carries (:func:`fewshot_gui.exporting.model.carried_examples.encode`); empty for none.
    """
    from onnx import helper

    model.producer_name, model.producer_version = "fewshot-gui", facts.version
    model.doc_string = facts.title
    carried = {CARRIED_EXAMPLES_KEY: examples} if examples else {}
    helper.set_model_props(model, model_metadata(facts) | carried)


def model_metadata(facts: ModelFacts) -> dict[str, str]:
    """Every key with its value; see the module for who reads which."""
    return {
        MODEL_KEY: json.dumps(_own_description(facts), ensure_ascii=False),
        "description": facts.title,
        "author": f"made with fewshot-gui {facts.version}",
        "date": facts.created.isoformat(),
        "version": facts.version,
        "license": facts.licence,
        **_of_onnx(),
        **_of_ultralytics(facts),
        **_of_openvino(facts),
        **_of_hugging_face(facts),
    }


def _own_description(facts: ModelFacts) -> dict[str, Any]:
    encoder, expected = facts.encoder, facts.expected_accuracy
    return {
        "format": FORMAT_VERSION,
        "title": facts.title,
        "classes": facts.class_names,
        "examples_per_class": facts.examples_per_class,
        "method": facts.method,
        "encoder": {
            "id": encoder.id,
            "title": encoder.title,
            "dimension": encoder.dimension - encoder.activations,
            "licence": encoder.licence,
            "origin": encoder.origin,
            "preprocess": asdict(encoder.preprocess),
            "read_short_side": encoder.preprocess.read_short_side,
        },
        "stranger_below": facts.stranger_below,
        "expected_accuracy": dict(zip(("value", "low", "high"), expected, strict=True)) if expected else None,
        "created": facts.created.isoformat(),
        "version": facts.version,
        "licence": facts.licence,
        "notes": facts.notes,
    }


def _of_onnx() -> dict[str, str]:
    # onnx/docs/MetadataProps.md. The input is not denoted as IMAGE: that promises channels first to Windows ML.
    return {
        "Image.BitmapPixelFormat": "Rgb8",
        "Image.ColorSpaceGamma": "SRGB",
        "Image.NominalPixelRange": "NominalRange_0_255",
    }


def _of_ultralytics(facts: ModelFacts) -> dict[str, str]:
    # Scaled to this size with its middle kept, a photo still shows the encoder exactly what it should see.
    size = facts.encoder.preprocess.resize_short_side
    return {
        "task": "classify",
        "names": repr(dict(enumerate(facts.class_names))),
        "imgsz": repr([size, size]),
        "channels": "3",
        "stride": "1",
        "batch": "1",
        "args": repr({"dynamic": True, "batch": 1}),
    }


def _of_openvino(facts: ModelFacts) -> dict[str, str]:
    info = {
        "model_type": "Classification",
        "labels": " ".join("_".join(name.split()) for name in facts.class_names),
        "multilabel": "False",
        "hierarchical": "False",
        "output_raw_scores": "True",
        "reverse_input_channels": "False",
        "mean_values": "0.0 0.0 0.0",
        "scale_values": "1.0 1.0 1.0",
    }
    return {f"model_info {key}": value for key, value in info.items()}


def _of_hugging_face(facts: ModelFacts) -> dict[str, str]:
    switches = ("do_resize", "do_center_crop", "do_rescale", "do_normalize")
    return {
        "problem_type": "single_label_classification",
        "id2label": json.dumps(dict(enumerate(facts.class_names)), ensure_ascii=False),
        "label2id": json.dumps({name: row for row, name in enumerate(facts.class_names)}, ensure_ascii=False),
        "preprocessor_config": json.dumps({**dict.fromkeys(switches, False), "do_convert_rgb": True}),
    }

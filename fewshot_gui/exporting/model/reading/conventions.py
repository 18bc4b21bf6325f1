"""How the tools that people export classifiers from want their photos.

Each function knows one tool and gives up with ``None``; :func:`recognise` asks them in turn.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from fewshot_gui.exporting.model.reading.clues import USUAL_SIDE, Clues, Recognition, photo_input
from fewshot_gui.exporting.model.reading.hugging_face import PILLOW_FILTERS, hugging_face, pixels_from
from fewshot_gui.exporting.model.reading.label_files import names_by_index
from fewshot_gui.exporting.model.reading.model_input import IMAGENET, MINUS_ONE_TO_ONE, ZERO_TO_255, ZERO_TO_ONE
from fewshot_gui.exporting.model.reading.problems import ModelFileError

_WHERE_WRONG = "if the labels look wrong, choose another range of pixels"


def recognise(clues: Clues) -> Recognition:
    """Find out where a model comes from and how it wants its photos.

    Raises:
        ModelFileError: It takes no photos, is no classifier, or its description is damaged.
    """
    for convention in (_lobe, _custom_vision, _ultralytics, hugging_face, _timm, _teachable_machine):
        try:
            recognition = convention(clues)
        except (ValueError, TypeError, OverflowError) as error:  # numbers that nobody can mean
            raise ModelFileError(
                f"What is said of “{clues.files.model.name}”, in it or beside it, is damaged; export it again."
            ) from error
        if recognition is not None:
            return recognition
    return _plain(clues)


def _lobe(clues: Clues) -> Recognition | None:
    """Lobe's folder: the middle square as RGB 0..1, rows first, and ``Confidences``.

    lobe-python 0.6 (src/lobe/image_utils.py: ``preprocess_image`` fills and crops; signature.py: the file) and
    lobe/lobe.NET#6, where padding in place of cropping gave other labels.
    """
    inputs, classes = clues.files.signature.get("inputs"), clues.files.signature.get("classes")
    if not isinstance(inputs, dict) or "Image" not in inputs:
        return None
    names = names_by_index(classes.get("Label")) if isinstance(classes, dict) else None
    wanted = replace(photo_input(clues, ZERO_TO_ONE), interpolation="bicubic")
    return Recognition("Lobe", wanted, "Lobe crops photos to their middle square and scales pixels to 0..1.", names)


def _custom_vision(clues: Clues) -> Recognition | None:
    """Azure Custom Vision: the whole photo stretched to a square, channels first.

    Azure-Samples/customvision-export-samples, samples/python/onnx/classification/predict.py: without
    ``Image.BitmapPixelFormat`` and ``Image.NominalPixelRange`` in the metadata RGB 0..1, with them what they say. The
    older exports have ``data``, ``classLabel`` and ``loss``; without metadata these want what Windows ML always gave,
    BGR 0..255 (docs.microsoft.com, "Windows ML: image formats and tensorization").
    """
    order, levels = (clues.metadata.get(f"Image.{key}") for key in ("BitmapPixelFormat", "NominalPixelRange"))
    is_older = {"classLabel", "loss"} <= set(clues.output_names)
    if not (is_older or "model_output" in clues.output_names or (order and clues.input_name == "data")):
        return None
    if order is None and levels is None and is_older:
        order, levels = "Bgr8", "NominalRange_0_255"
    raw = levels == "NominalRange_0_255"
    bgr = (order or "").lower().startswith("bgr")
    wanted = replace(
        photo_input(clues, ZERO_TO_255 if raw else ZERO_TO_ONE), bgr=bgr, fit="stretch", interpolation="bicubic"
    )
    sentence = (
        f"Azure Custom Vision stretches photos to a square, {'blue' if bgr else 'red'} first, with pixels of "
        f"{'0..255' if raw else '0..1'}."
    )
    return Recognition("Azure Custom Vision", wanted, sentence)


def _ultralytics(clues: Clues) -> Recognition | None:
    """Ultralytics YOLO: ``task``, ``names`` and ``imgsz`` as Python literals; the middle square as RGB 0..1.

    ultralytics/data/augment.py: ``classify_transforms`` with its defaults: mean 0, deviation 1, bilinear, no margin.
    """
    if "task" not in clues.metadata or "names" not in clues.metadata:
        return None
    if clues.metadata["task"] != "classify":
        raise ModelFileError(
            f"“{clues.files.model.name}” finds objects in photos ({clues.metadata['task']}); "
            "choose a model that classifies."
        )
    size = _literal(clues.metadata.get("imgsz", ""))
    side = size[0] if isinstance(size, list) and size and isinstance(size[0], int) else USUAL_SIDE
    return Recognition(
        "Ultralytics",
        photo_input(clues, ZERO_TO_ONE, side=side),
        "Ultralytics crops photos to their middle square and scales pixels to 0..1.",
        names_by_index(_literal(clues.metadata["names"])),
    )


def _timm(clues: Clues) -> Recognition | None:
    """timm: ``config.json`` with ``pretrained_cfg`` (timm/data/config.py), crop by ``crop_pct``."""
    given = clues.files.config.get("pretrained_cfg")
    if not isinstance(given, dict):
        return None
    pixels = pixels_from(given.get("mean"), given.get("std")) or IMAGENET
    size = given.get("input_size")
    side = size[1] if isinstance(size, list) and len(size) == 3 and isinstance(size[1], int) else USUAL_SIDE
    share = given.get("crop_pct")
    named = given.get("interpolation")
    wanted = replace(
        photo_input(clues, pixels, side=side),
        share=float(share) if isinstance(share, float | int) and 0 < share <= 1 else 0.875,
        interpolation=named if named in PILLOW_FILTERS else "bilinear",
    )
    names = names_by_index(clues.files.config.get("label_names"))
    return Recognition("timm", wanted, "Photos are prepared as “config.json” beside the model says.", names)


def _teachable_machine(clues: Clues) -> Recognition | None:
    """Teachable Machine, converted by tf2onnx: 224 x 224, the middle square as RGB -1..1, rows first, numbered labels.

    The sample that Teachable Machine gives out with a Keras model: ``ImageOps.fit`` with Lanczos, ``/ 127.5 - 1``, and
    class names without their number.
    """
    wanted = photo_input(clues, MINUS_ONE_TO_ONE)
    is_its_shape = not wanted.channels_first and (wanted.width, wanted.height) == (224, 224)
    if not (clues.numbered_labels and is_its_shape and wanted.element == "float32") or clues.scales_pixels:
        return None
    return Recognition(
        "Teachable Machine",
        replace(wanted, interpolation="lanczos"),
        "Teachable Machine crops photos to their middle square and scales pixels to -1..1.",
    )


def _plain(clues: Clues) -> Recognition:
    """A model that says nothing of itself; the guess is the habit of the library that its shape hints at.

    torchvision and timm put channels first and take ImageNet's mean from 0..1, the photo's middle 7/8 (their
    references/classification/presets.py: 256 to 224); Keras puts channels last.
    """
    wanted = photo_input(clues, IMAGENET)
    if wanted.element == "uint8" or clues.scales_pixels:
        wanted = replace(wanted, pixels=ZERO_TO_255)
        sentence = "The model scales pixels itself, so it is given 0..255 of each photo's middle square"
        return Recognition("unknown", wanted, f"{sentence}; {_WHERE_WRONG}.", is_guess=True)
    if wanted.channels_first:
        wanted = replace(wanted, share=0.875)
        sentence = "Nothing tells how photos are prepared, so it is done as torchvision does, with ImageNet's mean"
    else:
        wanted = replace(wanted, pixels=MINUS_ONE_TO_ONE)
        sentence = "Nothing tells how photos are prepared, so pixels are scaled to -1..1 as Keras often does"
    return Recognition("unknown", wanted, f"{sentence}; {_WHERE_WRONG}.", is_guess=True)


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None

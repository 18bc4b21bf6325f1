"""Label photos: python predict.py photo.jpg folder ... > labels.csv.

Needs onnxruntime, numpy and pillow 10.1 or newer; for HEIC photos pillow-heif as well.
"""

import contextlib
import csv
import importlib
import io
import json
import os
import re
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageCms

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the import: nothing is reported to anyone
onnxruntime = importlib.import_module("onnxruntime")

PHOTO = re.compile(r"[^.].*\.(avif|bmp|dib|gif|hei[cf]|hif|jfif|jpe?g?|png|tiff?|webp)", re.IGNORECASE)
MODEL = Path(__file__).with_name("model.onnx")
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # from EXIF's orientation to Image.Transpose


def fraction(image: Image.Image, side: int, offered: Iterable[int]) -> int:
    """The first of the fractions that keeps ``side`` and divides both sides of the image, or 1."""
    return next((f for f in offered if min(image.size) >= f * side and not any(n % f for n in image.size)), 1)


def read(path: Path, side: int) -> np.ndarray:
    """A photo upright, in sRGB, on white, uint8 (h, w, 3); large ones smaller, but never below ``side``."""
    with path.open("rb") as file:
        image = Image.open(file)
        if image.format in ("JPEG", "MPO"):
            part = fraction(image, side, (8, 4, 2))
            image.draft(None, (image.width // part, image.height // part))
        image.load()
        info, turn = image.info, TURNS.get(image.getexif().get(274))
    if image.mode[0] in "IF":  # more than 8 bits of grey: from the darkest to the brightest
        grey = np.asarray(image, np.float32)
        low, high = np.percentile(grey, (0.01, 99.99))
        if low == high:
            low, high = (grey.min(), grey.max()) if grey.min() < grey.max() else (0, 65535)
        image = Image.fromarray(np.uint8(np.clip(np.rint((grey - low) * (255 / (high - low))), 0, 255)))
    elif image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in info:
        image = ImageChops.invert(image)
    elif image.mode not in ("L", "RGB", "CMYK") or image.has_transparency_data:
        image = image.convert("RGBA" if image.has_transparency_data else "L" if image.mode == "1" else "RGB")
    image = image.reduce(fraction(image, side, range(min(image.size) // side, 1, -1)))
    image = image if turn is None else image.transpose(turn)
    if info.get("icc_profile"):
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(info["icc_profile"]))
            if not ImageCms.getProfileDescription(profile).strip().startswith("sRGB"):
                mode, flags = ("RGBA" if image.mode == "RGBA" else "RGB"), ImageCms.Flags.BLACKPOINTCOMPENSATION
                image = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), 1, mode, flags=flags)
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # a broken profile is ignored, as browsers do
    upright = image.convert("RGB")
    if image.mode == "RGBA":
        upright = Image.composite(upright, Image.new("RGB", image.size, "white"), image.getchannel("A"))
    return np.asarray(upright)


with contextlib.suppress(ImportError):
    from pillow_heif import register_heif_opener

    register_heif_opener()
if len(sys.argv) < 2:
    sys.exit(__doc__)
warnings.filterwarnings("ignore", module="PIL")
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
about = json.loads(session.get_modelmeta().custom_metadata_map["fewshot_gui.model"])
table = csv.writer(sys.stdout, lineterminator="\n")
table.writerow(["path", "label", "probability", "familiarity"])
for argument in map(Path, sys.argv[1:]):
    for path in sorted(argument.rglob("*")) if argument.is_dir() else [argument]:
        if path != argument and not PHOTO.fullmatch(path.name):
            continue
        try:
            photo = read(path, about["encoder"]["read_short_side"])[np.newaxis]
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            sys.stderr.write(f"{path}: {error}\n")
            continue
        names = ["probabilities", "label", "familiarity"]
        probabilities, label, familiarity = (output[0] for output in session.run(names, {"image": photo}))
        table.writerow([path, about["classes"][label], f"{probabilities[label]:.4f}", f"{familiarity:.4f}"])

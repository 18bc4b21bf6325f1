"""The one-time conversion of an encoder's weights to ONNX, so that embedding on the CPU never waits for torch.

A converted encoder lies in the cache folder as ``encoders/ID-RECIPE-DIGEST.onnx``. RECIPE is a digest of everything
the conversion depends on, DIGEST one of the file's own content. So one rename makes the file complete, a damaged file
gives itself away, and two processes that convert at once can only replace a good file by a good one.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from fewshot_gui.core.errors import EncoderError
from fewshot_gui.core.folders import cache_folder
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.resources import resource
from fewshot_gui.encoders.onnx_engine import INPUT, OUTPUT, OnnxEngine
from fewshot_gui.encoders.spec import EncoderSpec
from fewshot_gui.encoders.weights import load_model, require_weights, weights_stamp

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

_RECIPE_VERSION = 1
"""Raised whenever the conversion itself changes."""
_OPSET = 18
"""The oldest that torch's exporter writes directly: an exported model should run in as many places as possible."""
_TOLERANCE = 1e-4
"""The largest difference from torch, relative to the largest value, with which a conversion is accepted."""
_POLL_SECONDS = 0.1
_DRAFT, _DRAFT_SECONDS = "converting-", 3600
"""Folders of conversions that the end of the program has cut short; so old, no other window is still at it."""
_CONVERTING = threading.Lock()
"""torch's exporter keeps state of its own while it runs: one conversion at a time within a process."""


def converted_encoder(spec: EncoderSpec, progress: Progress) -> Path:
    """The ONNX file of an encoder; converts it first where that has not been done, which takes some 10 seconds.

    Args:
        spec: Not a joined encoder.
        progress: Hears of the conversion. A cancelled one is finished in the background, to be there next time.

    Returns:
        A network from ``pixels`` float32 (n, 3, crop, crop) to ``embedding`` float32 (n, dimension), n free.

    Raises:
        EncoderError: The weights are missing or damaged, or the converted network differs from theirs.
        Cancelled: The person cancelled.
    """
    require_weights(spec)
    stem = f"{spec.id}-{_recipe(spec)}-"
    existing = _intact(stem)
    if existing:
        return existing
    progress.report(0, None, "Preparing the encoder, once")
    executor = ThreadPoolExecutor(1, thread_name_prefix="convert-encoder")
    try:
        return _watched(executor.submit(_convert_once, spec, stem), progress)
    finally:
        executor.shutdown(wait=False)


def _watched(conversion: Future[Path], progress: Progress) -> Path:
    """Wait for the conversion, which nothing can interrupt, but no longer than the person does."""
    while not conversion.done():
        progress.check()
        wait([conversion], timeout=_POLL_SECONDS)
    return conversion.result()


def _convert_once(spec: EncoderSpec, stem: str) -> Path:
    with _CONVERTING:
        try:
            return _intact(stem) or _convert(spec, stem)
        except OSError as error:
            _log.exception("%s cannot be converted", spec.id)
            raise EncoderError(
                f"The encoder “{spec.title}” could not be prepared in {_folder()}: free some disk space and try again."
            ) from error
        except RuntimeError as error:  # the class of the exporter's errors
            _log.exception("%s cannot be converted", spec.id)
            raise EncoderError(
                f"The encoder “{spec.title}” could not be prepared: install the program again."
            ) from error


def _convert(spec: EncoderSpec, stem: str) -> Path:
    folder = _folder()
    _delete_old_drafts(folder)
    with TemporaryDirectory(prefix=_DRAFT, dir=folder) as temporary:
        draft = Path(temporary) / "encoder.onnx"
        model = load_model(spec)
        _export(model, spec, draft)
        _check(model, spec, draft)
        target = folder / f"{stem}{_digest(draft)}.onnx"
        try:
            draft.replace(target)
        except PermissionError:  # Windows: another process made the same file and already uses it
            if _intact(stem) is None:
                raise
    for other in folder.glob("*.onnx"):
        if other.name.rsplit("-", 2)[0] == spec.id and not other.name.startswith(stem):
            _delete(other)  # made by another recipe
    _log.info("converted %s to %s", spec.id, target)
    return target


def _export(model: torch.nn.Module, spec: EncoderSpec, path: Path) -> None:
    import torch

    logging.getLogger("onnx_ir").setLevel(logging.WARNING)  # else a line of INFO for every layer
    size = spec.preprocess.crop
    program = torch.onnx.export(
        model,
        (torch.zeros(2, 3, size, size),),  # two rows, or the exporter would take the batch size for a constant
        dynamo=True,
        verbose=False,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        opset_version=_OPSET,
        external_data=False,
    )
    if program is None:  # only with dynamo=False
        raise EncoderError(f"The encoder “{spec.title}” could not be prepared: install the program again.")
    for node in program.model.graph:
        node.metadata_props.clear()  # stack traces, with the paths of the computer that converts
    program.save(os.fspath(path), external_data=False)


def _check(model: torch.nn.Module, spec: EncoderSpec, path: Path) -> None:
    """Compare the draft with torch on noise, at a batch size other than the exporter saw."""
    import torch

    size = spec.preprocess.crop
    pixels = np.random.default_rng(0).standard_normal((3, 3, size, size), np.float32)
    with torch.no_grad():
        wanted = model(torch.from_numpy(pixels)).numpy()
    got = OnnxEngine(path).encode(pixels)
    if got.shape != (3, spec.dimension):
        raise EncoderError(f"The encoder “{spec.title}” gives {got.shape[1:]} values instead of {spec.dimension}.")
    difference = float(np.abs(got - wanted).max() / max(1.0, float(np.abs(wanted).max())))
    _log.info("%s: ONNX and torch differ by %.1e", spec.id, difference)
    if not difference <= _TOLERANCE:  # also when it is not a number
        raise EncoderError(
            f"The encoder “{spec.title}” could not be prepared: its converted form differs by {difference:.1e}."
        )


def _intact(stem: str) -> Path | None:
    """The converted file whose content is what its name says; others of the name are deleted from the cache."""
    shipped = sorted(_shipped_folder().glob(f"{stem}*.onnx"))
    for path in (*shipped, *sorted(_folder().glob(f"{stem}*.onnx"))):
        try:
            if path.stem == stem + _digest(path):
                return path
            if path in shipped:
                continue
        except OSError:
            _log.warning("the converted encoder %s cannot be read", path, exc_info=True)
            continue
        _log.warning("the converted encoder %s is damaged and will be made again", path)
        _delete(path)
    return None


def _recipe(spec: EncoderSpec) -> str:
    import xxhash

    parts = (_RECIPE_VERSION, spec.source, spec.model_name, spec.model_options, spec.preprocess.crop)
    cut = (spec.tail_blocks,) if spec.tail_blocks else ()
    return xxhash.xxh3_64_hexdigest(repr((*parts, *cut, spec.dimension, weights_stamp(spec))).encode())


def _digest(path: Path) -> str:
    import xxhash

    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _delete_old_drafts(folder: Path) -> None:
    for draft in folder.glob(f"{_DRAFT}*"):
        try:
            if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                shutil.rmtree(draft)
        except OSError:
            _log.info("%s could not be deleted", draft, exc_info=True)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # Windows: in use by another process, which leaves it for the next conversion
        _log.info("%s could not be deleted", path, exc_info=True)


def _shipped_folder() -> Path:
    """Where an installer puts encoders that were converted when it was built; need not exist."""
    return resource("encoders.json").with_name("encoders")


def _folder() -> Path:
    folder = cache_folder() / "encoders"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

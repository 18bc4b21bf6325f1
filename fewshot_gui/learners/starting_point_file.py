"""Starting points as files: ``safetensors`` with everything that is no array in its metadata. Nothing in it can run."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.core.errors import FewshotError
from fewshot_gui.core.whole_file import whole_file
from fewshot_gui.learners.starting_point import NetworkKind, NetworkSpec, StartingPoint

FORMAT, VERSION = "fewshot-gui starting point", 1
SUFFIX = ".safetensors"

_LARGEST_FILE = 512 * 1024**2
_LONGEST_TEXT = 100_000
"""Characters of the metadata in all."""
_MOST_INPUTS = 1_000_000
_WIDEST = 4096

log = logging.getLogger(__name__)


class StartingPointError(FewshotError):
    """A file is not a starting point that this program can use."""


@dataclass(frozen=True)
class StartingPointHeader:
    """What a file says of itself; the arrays are not read for it. See :class:`StartingPoint`."""

    method: str
    title: str
    encoder: str
    network: NetworkSpec
    square_root: bool | None
    facts: Mapping[str, str]


def write_starting_point(point: StartingPoint, path: Path) -> None:
    """Write a file, whole or not at all.

    Raises:
        FewshotError: It cannot be written.
    """
    from safetensors.numpy import save_file

    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "method": point.method,
        "title": point.title,
        "encoder": point.encoder,
        "network": json.dumps(asdict(point.network)),
        "square_root": json.dumps(point.square_root),
        "facts": json.dumps(dict(point.facts)),
    }
    # A tensor that shares its memory with another, or strides over it, would be written wrong.
    arrays = {name: np.array(array, np.float32, order="C") for name, array in point.arrays.items()}
    try:
        with whole_file(path) as draft:
            save_file(arrays, draft, metadata)
    except OSError as error:
        raise FewshotError(
            f"“{path}” could not be written ({error.strerror or error}); choose another place."
        ) from error


def read_header(path: Path) -> StartingPointHeader:
    """What a file says of itself, quickly.

    Raises:
        StartingPointError: It is damaged, of another program or version, or does not exist.
    """
    return _read(path, with_arrays=False)[0]


def read_starting_point(path: Path) -> StartingPoint:
    """The starting point in a file, after making sure that its method can start from it.

    Raises:
        StartingPointError: It is damaged, of another program or version, or does not exist.
    """
    header, arrays = _read(path, with_arrays=True)
    point = StartingPoint(
        header.method, header.title, header.encoder, header.network, header.square_root, arrays, header.facts
    )
    from fewshot_gui.learners.episodic.restoring import restored_method

    try:
        restored_method(point.method, point.network, point.arrays)
    except ValueError as error:
        log.debug("%s does not fit its method", path, exc_info=error)
        raise StartingPointError(
            f"“{path.name}” does not fit the method “{point.method}” of this version; train it again."
        ) from error
    return point


def _read(path: Path, *, with_arrays: bool) -> tuple[StartingPointHeader, dict[str, NDArray[np.float32]]]:
    from safetensors import SafetensorError, safe_open

    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise StartingPointError(f"“{path.name}” is too large to be a starting point.")
        with safe_open(path, "numpy") as file:
            header = _header(path, file.metadata() or {})
            arrays = {name: file.get_tensor(name) for name in (file.keys() if with_arrays else ())}
    except OSError as error:
        raise StartingPointError(f"“{path.name}” could not be read ({error.strerror or error}).") from error
    except (SafetensorError, KeyError, ValueError, TypeError, RecursionError) as error:
        log.debug("%s is damaged", path, exc_info=error)
        raise StartingPointError(f"“{path.name}” is no starting point, or it is damaged.") from error
    if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values()):
        raise StartingPointError(f"“{path.name}” is damaged: some of its values are no numbers.")
    return header, arrays


def _header(path: Path, metadata: Mapping[str, str]) -> StartingPointHeader:
    """Raises StartingPointError, or KeyError, ValueError or TypeError where it makes no sense."""
    if metadata["format"] != FORMAT or sum(map(len, metadata.values())) > _LONGEST_TEXT:
        raise ValueError("not ours")
    if int(metadata["version"]) > VERSION:
        raise StartingPointError(f"“{path.name}” was made by a newer version of this program; update it.")
    network = NetworkSpec(**json.loads(metadata["network"]))
    square_root = json.loads(metadata["square_root"])
    facts = json.loads(metadata["facts"])
    if not (
        network.kind in get_args(NetworkKind)
        and _is_count(network.inputs, 1, _MOST_INPUTS)
        and _is_count(network.width, 0 if network.kind == "tail" else 1, _WIDEST)
        and isinstance(network.encoder, str)
        and square_root in (None, True, False)
        and isinstance(facts, dict)
        and all(isinstance(text, str) for item in facts.items() for text in item)
    ):
        raise ValueError("a value out of range")
    return StartingPointHeader(metadata["method"], metadata["title"], metadata["encoder"], network, square_root, facts)


def _is_count(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most

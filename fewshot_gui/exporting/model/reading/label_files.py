"""The names of a model's classes, from the files that other programs write them to.

* ``labels.txt``: a name on each line, as Azure Custom Vision, Lobe and most TensorFlow samples have it; Teachable
  Machine puts the index before each ("0 Class 1").
* JSON: a list, names by index, or one of ``id2label`` (Hugging Face's ``config.json``), ``label_names`` (timm),
  ``classes.Label`` (Lobe's ``signature.json``), ``labels``, ``classes``, ``names``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fewshot_gui.exporting.model.reading.problems import ModelFileError

_MOST_BYTES = 16 * 2**20
_MOST_CLASSES = 100_000
_BESIDE = ("labels.txt", "classes.txt", "class_names.txt", "labels.json", "classes.json", "id2label.json")
_INDEXED = re.compile(r"([0-9]{1,9})[\s:,]+(\S.*)")


def labels_beside(model: Path) -> Path | None:
    """The label file that lies beside a model: ``MODEL.txt``, ``labels.txt`` or one of its kin; ``None`` without."""
    names = (
        f"{model.stem}.txt",
        f"{model.stem}.json",
        f"{model.stem}-labels.txt",
        f"{model.stem}_labels.txt",
        *_BESIDE,
    )
    return next((model.parent / name for name in names if (model.parent / name).is_file()), None)


def read_labels(path: Path) -> tuple[str, ...]:
    """The class names in a file of any of the kinds above, in the order of the model's answers.

    Raises:
        ModelFileError: The file cannot be read, or holds no names.
    """
    if path.suffix.lower() == ".json":
        names = _from_json(read_json(path))
    else:
        lines = _lines(_text(path))
        names = _numbered(lines) or lines
    if names is None or not 0 < len(names) <= _MOST_CLASSES:
        raise ModelFileError(f"“{path.name}” holds no names of classes; choose a file with one name on each line.")
    return names


def has_numbers(path: Path) -> bool:
    """Whether a label file has the index before each name, as Teachable Machine's.

    Raises:
        ModelFileError: The file cannot be read.
    """
    return path.suffix.lower() != ".json" and _numbered(_lines(_text(path))) is not None


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        ModelFileError: It cannot be read, or is no JSON.
    """
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"“{path.name}” is damaged: it is not the JSON that it should be.") from error


def names_by_index(names: object) -> tuple[str, ...] | None:
    """Names from a list, or from a mapping whose keys are 0, 1, ... in any order; ``None`` from anything else."""
    if isinstance(names, Mapping):
        try:
            by_index = {int(index): name for index, name in names.items()}
        except (TypeError, ValueError):
            return None
        names = [by_index[index] for index in sorted(by_index)] if set(by_index) == set(range(len(by_index))) else None
    if not isinstance(names, list | tuple) or not all(isinstance(name, str | int | float) for name in names):
        return None
    return tuple(one_line(str(name)) for name in names)


def one_line(name: str) -> str:
    """A name as it can be shown: blanks as one, nothing that cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelFileError(f"“{path.name}” is too large for a label file; choose another.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelFileError(f"“{path.name}” could not be opened ({reason}); choose another file.") from error
    except UnicodeDecodeError as error:
        raise ModelFileError(f"“{path.name}” is no text in UTF-8; save it as such, or choose another file.") from error


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(one_line, text.splitlines()) if line)


def _numbered(lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """The names without their indices; ``None`` if they have none."""
    indexed = [match for match in map(_INDEXED.fullmatch, lines) if match]
    if not lines or [int(match[1]) for match in indexed] != list(range(len(lines))):
        return None
    return tuple(match[2] for match in indexed)


def _from_json(document: Any) -> tuple[str, ...] | None:
    places = [document]
    if isinstance(document, Mapping):
        classes = document.get("classes")
        keys = ("id2label", "label_names", "labels", "classes", "names")
        places = [classes.get("Label")] if isinstance(classes, Mapping) and "Label" in classes else []
        places += [document[key] for key in keys if key in document] + [document]
    return next((names for names in map(names_by_index, places) if names), None)

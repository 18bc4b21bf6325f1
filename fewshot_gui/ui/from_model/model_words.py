"""What a model that was opened is, in words; no Qt."""

from __future__ import annotations

from fewshot_gui.exporting.model.reading import OpenedModel
from fewshot_gui.ui import wording

_MOST_NAMED = 8
_MOST_IN_TIP = 60


def kind_of_model(model: OpenedModel) -> str:
    """Where it comes from."""
    if model.own is not None:
        return "A model that this program exported."
    if model.tool == "unknown":
        return "A model of another tool, which it does not name."
    return f"A model made with {model.tool}."


def class_list(model: OpenedModel) -> str:
    """The first of its classes, and how many there are."""
    return f"{wording.count(len(model.class_names))}: {_some(model.class_names, _MOST_NAMED)}"


def class_tip(model: OpenedModel) -> str:
    """Many more of its classes."""
    return _some(model.class_names, _MOST_IN_TIP)


def photo_size(model: OpenedModel) -> str:
    """The size in which it sees photos."""
    if model.input is None:
        return "Any size"
    return f"Shrunk to {model.input.width} x {model.input.height} pixels"


def what_becomes(model: OpenedModel) -> str:
    """What a new project has of it."""
    if model.own is not None and model.own.carried:
        return "The project gets its classes and what it knows of their examples, so it labels at once."
    return (
        "The project gets its classes; of the photos that you choose, those that the model is sure of become examples. "
        "Look through them first, for everything is learned from them."
    )


def _some(names: tuple[str, ...], most: int) -> str:
    more = len(names) - most
    listed = ", ".join(names[:most])
    return f"{listed} and {wording.count(more)} more" if more > 0 else listed

"""``labels.txt``: a class name a line, as Azure Custom Vision, Teachable Machine and Lobe lay it beside a model."""

from __future__ import annotations

from collections.abc import Sequence


def labels_text(class_names: Sequence[str]) -> str:
    """The content of the file: UTF-8, in the order of the probabilities; line breaks within a name become blanks."""
    return "".join(f"{' '.join(name.splitlines())}\n" for name in class_names)

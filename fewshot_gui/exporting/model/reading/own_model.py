"""What a model that this program exported says of itself (:mod:`fewshot_gui.exporting.model.metadata`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.encoders.spec import Preprocess
from fewshot_gui.exporting.model.carried_examples import CARRIED_EXAMPLES_KEY, CarriedExamples, decode
from fewshot_gui.exporting.model.facts import FORMAT_VERSION
from fewshot_gui.exporting.model.metadata import MODEL_KEY
from fewshot_gui.exporting.model.reading.label_files import names_by_index, one_line
from fewshot_gui.exporting.model.reading.problems import ModelFileError


@dataclass(frozen=True)
class OwnModel:
    """The facts in a model of this program that matter when it is opened again.

    Attributes:
        title: Its name, for people.
        class_names: In the order of the probabilities.
        method: How its classifier was adapted.
        encoder_id: What embedded its examples.
        dimension: Length of an embedding, without activations.
        preprocess: Of that encoder; it is part of the graph already.
        stranger_below: The familiarity below which a photo probably belongs to none of the classes.
        expected_accuracy: The share of right labels expected of it, or ``None``.
        carried: Its examples as they were written down; empty if it carries none.
    """

    title: str
    class_names: tuple[str, ...]
    method: str
    encoder_id: str
    dimension: int
    preprocess: Preprocess
    stranger_below: float
    expected_accuracy: float | None
    carried: str

    def carried_examples(self) -> CarriedExamples | None:
        """The examples that travel with the model, or ``None``.

        Raises:
            FewshotError: They are damaged.
        """
        if not self.carried:
            return None
        return decode(self.carried, classes=len(self.class_names), dimension=self.dimension)


def own_model(path: Path, metadata: Mapping[str, str]) -> OwnModel | None:
    """Read what a model of this program says of itself; ``None`` if it is not of this program.

    Raises:
        ModelFileError: It is damaged, or of a newer version.
    """
    if MODEL_KEY not in metadata:
        return None
    damaged = ModelFileError(f"“{path.name}” was exported by this program but is damaged; export it again.")
    try:
        given = json.loads(metadata[MODEL_KEY])
        if given["format"] > FORMAT_VERSION:
            raise ModelFileError(f"“{path.name}” was made by a newer version of this program; update it to open this.")
        encoder, expected, preprocess = given["encoder"], given["expected_accuracy"], given["encoder"]["preprocess"]
        names = names_by_index(given["classes"])
        if not names:
            raise damaged
        return OwnModel(
            title=one_line(str(given["title"])) or path.stem,
            class_names=names,
            method=str(given["method"]),
            encoder_id=str(encoder["id"]),
            dimension=int(encoder["dimension"]),
            preprocess=Preprocess(
                **preprocess | {"mean": tuple(preprocess["mean"]), "std": tuple(preprocess["std"])},
            ),
            stranger_below=float(given["stranger_below"]),
            expected_accuracy=float(expected["value"]) if expected else None,
            carried=metadata.get(CARRIED_EXAMPLES_KEY, ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise damaged from error

"""An exported model, opened again: photos in, probabilities of classes out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fewshot_gui.exporting.model.graph import FAMILIARITY, IMAGE, PROBABILITIES
from fewshot_gui.exporting.model.reading.clues import Clues, Recognition
from fewshot_gui.exporting.model.reading.conventions import recognise
from fewshot_gui.exporting.model.reading.guarded_session import LoadedGraph, damaged, load_graph
from fewshot_gui.exporting.model.reading.label_files import has_numbers, labels_beside, one_line, read_labels
from fewshot_gui.exporting.model.reading.model_files import ModelFiles, find_model_files
from fewshot_gui.exporting.model.reading.model_input import ModelInput
from fewshot_gui.exporting.model.reading.own_model import OwnModel, own_model
from fewshot_gui.exporting.model.reading.problems import LabelsMissingError, ModelFileError
from fewshot_gui.exporting.model.reading.scores import ScoreReader, find_scores

_logger = logging.getLogger(__name__)

_TRIAL_SIDE = 64
_NAMELESS = frozenset({"model", "best", "saved_model", "network"})
"""What tools call every model; its folder says more."""


class Scored(NamedTuple):
    """What a model thinks of one photo.

    Attributes:
        probabilities: float32 (c,), 0..1, in the order of the class names. They sum to 1, unless the model judges each
            class by itself.
        familiarity: How much the photo resembles the examples at all, 0..1; ``None`` where the model cannot tell.
    """

    probabilities: NDArray[np.float32]
    familiarity: float | None


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A model ready to label photos; any number of threads may use it at once.

    Attributes:
        path: Its file.
        title: Its name, for people.
        tool: Where it comes from, for people: "fewshot-gui", "Lobe", ..., or "unknown".
        class_names: In the order of the probabilities.
        sentence: How photos are prepared for it, and how that is known.
        is_guess: Whether that was guessed, so that the person should look at the first labels.
        input: How photos are prepared; ``None`` for a model of this program, which does it itself.
        own: What a model of this program says of itself; ``None`` for others.
    """

    path: Path
    title: str
    tool: str
    class_names: tuple[str, ...]
    sentence: str
    is_guess: bool
    input: ModelInput | None
    own: OwnModel | None
    _graph: LoadedGraph = field(repr=False)
    _scores: ScoreReader = field(repr=False)

    @property
    def encoder(self) -> str:
        """What stands in the column "encoder" of tables: the encoder's id, or the name of the file."""
        return self.own.encoder_id if self.own is not None else self.path.name

    @property
    def read_short_side(self) -> int:
        """Pixels the short side of a photo should have at least when it is decoded for this model."""
        if self.input is not None:
            return self.input.read_short_side
        return self.own.preprocess.read_short_side if self.own is not None else _TRIAL_SIDE

    def score(self, rgb: NDArray[np.uint8]) -> Scored:
        """Label one upright photo, uint8 (h, w, 3) of any size.

        Raises:
            ModelFileError: The model failed on it.
        """
        outputs = _run(self.path, self._graph, rgb if self.input is None else self.input.prepare(rgb))
        try:
            probabilities = self._scores.read(outputs[self._scores.output])
        except ValueError as error:
            raise ModelFileError(f"“{self.path.name}” gave no usable numbers for a photo; export it again.") from error
        familiarity = float(outputs[FAMILIARITY][0]) if self.own is not None else None
        return Scored(probabilities, familiarity)

    def with_input(self, wanted: ModelInput) -> OpenedModel:
        """The same model with photos prepared as the person chose.

        Raises:
            ModelFileError: The model cannot be run on photos so prepared.
            ValueError: It is a model of this program, which prepares photos itself.
        """
        if self.own is not None:
            raise ValueError("a model of this program prepares photos itself")
        chosen = replace(self, input=wanted, sentence="Photos are prepared as you chose.", is_guess=False)
        return replace(chosen, _scores=_scores(self.path, self._graph, wanted, self.class_names))


def open_model(path: Path, labels: Path | None = None) -> OpenedModel:
    """Open a model of this program, or a classifier that another tool exported to ONNX.

    Nothing in it is executed but its graph of ONNX operators: see
    :mod:`~fewshot_gui.exporting.model.reading.guarded_session`.

    Args:
        path: An ONNX file, the folder it is in, or a Lobe ``signature.json``.
        labels: The file with the names of its classes; by default what the model says itself or lies beside it.

    Raises:
        ModelFileError: It cannot be used, in one sentence.
        LabelsMissingError: Only the names of the classes are missing.
    """
    files = find_model_files(path)
    graph = load_graph(files.model)
    metadata = dict(graph.session.get_modelmeta().custom_metadata_map)
    own = own_model(files.model, metadata)
    return _own(files.model, graph, own) if own is not None else _foreign(files, graph, metadata, labels)


def _own(path: Path, graph: LoadedGraph, own: OwnModel) -> OpenedModel:
    names = {entry.name for entry in graph.session.get_outputs()}
    if not {PROBABILITIES, FAMILIARITY} <= names or [each.name for each in graph.session.get_inputs()] != [IMAGE]:
        raise damaged(path)
    scores = ScoreReader(PROBABILITIES, None, len(own.class_names), "probabilities")
    model = OpenedModel(
        path=path,
        title=own.title,
        tool="fewshot-gui",
        class_names=own.class_names,
        sentence="The model prepares photos itself, as this program does.",
        is_guess=False,
        input=None,
        own=own,
        _graph=graph,
        _scores=scores,
    )
    model.score(np.zeros((_TRIAL_SIDE, _TRIAL_SIDE, 3), np.uint8))  # one that cannot be run should not open
    return model


def _foreign(files: ModelFiles, graph: LoadedGraph, metadata: dict[str, str], labels: Path | None) -> OpenedModel:
    label_file = labels or labels_beside(files.model)
    clues = _clues(files, graph, metadata, numbered=label_file is not None and has_numbers(label_file))
    recognition = recognise(clues)
    names, source = _names(files.model, recognition, labels, label_file)
    scores = _scores(files.model, graph, recognition.input, names)
    if not names and scores.names is None:
        raise LabelsMissingError(
            f"“{files.model.name}” does not say what its {scores.size} classes are called; choose its label file, "
            "a text with one name on each line."
        )
    if names and scores.size != len(names):
        raise ModelFileError(
            f"“{source}” names {len(names)} classes, but “{files.model.name}” tells {scores.size} apart; "
            "choose the label file that belongs to it."
        )
    return OpenedModel(
        path=files.model,
        title=_title(files),
        tool=recognition.tool,
        class_names=names or tuple(map(one_line, scores.names or ())),
        sentence=recognition.sentence,
        is_guess=recognition.is_guess,
        input=recognition.input,
        own=None,
        _graph=graph,
        _scores=scores,
    )


def _clues(files: ModelFiles, graph: LoadedGraph, metadata: dict[str, str], *, numbered: bool) -> Clues:
    inputs = graph.session.get_inputs()
    if len(inputs) != 1:
        raise ModelFileError(f"“{files.model.name}” wants more than a photo; choose a model that classifies photos.")
    return Clues(
        files=files,
        shape=tuple(inputs[0].shape),
        element=inputs[0].type,
        input_name=inputs[0].name,
        output_names=tuple(entry.name for entry in graph.session.get_outputs()),
        metadata=metadata,
        scales_pixels=graph.scales_pixels,
        numbered_labels=numbered,
    )


def _names(
    model: Path, recognition: Recognition, chosen: Path | None, beside: Path | None
) -> tuple[tuple[str, ...], str]:
    """The class names, none if nothing tells them, and the name of the file that does."""
    if chosen is None and recognition.names:
        return recognition.names, model.name
    return (read_labels(beside), beside.name) if beside is not None else ((), "")


def _scores(path: Path, graph: LoadedGraph, wanted: ModelInput, names: tuple[str, ...]) -> ScoreReader:
    noise = np.random.default_rng(0).integers(0, 256, (_TRIAL_SIDE, _TRIAL_SIDE, 3), np.uint8)
    grey = [np.full_like(noise, level) for level in (0, 128, 255)]
    trials = [_run(path, graph, wanted.prepare(photo)) for photo in (*grey, noise)]
    reader = find_scores(trials, len(names) or None)
    if reader is None:
        raise ModelFileError(f"“{path.name}” gives no score for each class; choose a model that classifies photos.")
    return _in_order(reader, names)


def _in_order(reader: ScoreReader, names: tuple[str, ...]) -> ScoreReader:
    """Scores by name come in the order of the label file if that has the same names."""
    if reader.names is None or sorted(reader.names) != sorted(names):
        return reader
    return replace(reader, names=names)


def _run(path: Path, graph: LoadedGraph, photo: NDArray[Any]) -> dict[str, Any]:
    """The outputs for one photo, by name; a model that wants several at once gets it several times."""
    (port,) = graph.session.get_inputs()
    batch = port.shape[0] if port.shape and isinstance(port.shape[0], int) else 1
    outputs = [entry.name for entry in graph.session.get_outputs()]
    try:
        values = graph.session.run(outputs, {port.name: np.repeat(photo[np.newaxis], max(1, batch), axis=0)})
    except Exception as error:  # ONNX Runtime's errors have no other class in common
        _logger.info("ONNX Runtime failed in %s", path, exc_info=True)
        raise ModelFileError(f"“{path.name}” failed on a photo of shape {photo.shape}; export it again.") from error
    return dict(zip(outputs, values, strict=True))


def _title(files: ModelFiles) -> str:
    named = files.signature.get("doc_name")
    if isinstance(named, str) and named.strip():
        return named.strip()
    stem = files.model.stem
    return files.model.absolute().parent.name or stem if stem.lower() in _NAMELESS else stem

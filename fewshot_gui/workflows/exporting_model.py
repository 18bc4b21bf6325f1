"""Export a classifier as a model that runs without this program, and make sure that it answers as the program does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewshot_gui import __version__
from fewshot_gui.confidence import STRANGER_BELOW, Adapted
from fewshot_gui.core.progress import Progress
from fewshot_gui.core.support import SupportSet
from fewshot_gui.encoders import EncoderSpec
from fewshot_gui.encoders.encoder_operators import network_files
from fewshot_gui.exporting.model.card import CardFiles, Check, model_card
from fewshot_gui.exporting.model.carried_examples import MOST_BYTES, decode, encode
from fewshot_gui.exporting.model.core_ml_package import convert_to_core_ml, require_core_ml
from fewshot_gui.exporting.model.facts import ModelFacts
from fewshot_gui.exporting.model.file_set import ExportFiles, staged
from fewshot_gui.exporting.model.graph import assemble
from fewshot_gui.exporting.model.labels_file import labels_text
from fewshot_gui.exporting.model.metadata import describe
from fewshot_gui.exporting.model.openvino_files import OpenvinoModel, convert_to_openvino, require_openvino
from fewshot_gui.exporting.model.predict_script import predict_script
from fewshot_gui.exporting.model.pytorch_folder import PytorchModel, require_pytorch, write_pytorch_folder
from fewshot_gui.exporting.model.quantisation import CALIBRATION_PHOTOS, quantise
from fewshot_gui.exporting.model.verification import (
    EXACT,
    ROUNDED,
    WHOLE,
    AnsweringModel,
    Limits,
    Verification,
    WrittenModel,
    require_sound,
)
from fewshot_gui.exporting.model.verification_report import verification_report
from fewshot_gui.learners.protocol import reads_activations
from fewshot_gui.workflows.embedding_source import EmbeddingSource
from fewshot_gui.workflows.verifying_model import (
    MOST_PHOTOS,
    LabelledPhotos,
    check_model,
    fit_to_be_whole,
    label_by_program,
    readable,
    spread_out,
)

MOST_BESIDE_ENCODER = 1_900_000
"""Bytes by which a model that carries examples may be larger than its encoder, but for the text about it."""

_WITH_FOLDER = (
    "The photos of the folder took part in adapting. The model labels each photo by itself, with what the classifier "
    "learned from them; for photos of another kind, adapt again."
)


@dataclass(frozen=True)
class ExportOptions:
    """What a person may choose.

    Attributes:
        carry_examples: Whether the embeddings of the examples go along, so that a new project can start from them.
        int8: Whether a second, smaller model in 8 bits is written.
        pytorch: Whether a folder for PyTorch is written; needs timm and torchvision.
        openvino: Whether the model is written for OpenVINO too; needs OpenVINO.
        core_ml: Whether it is written for Apple's Core ML too; needs coremltools, timm and torchvision.
    """

    carry_examples: bool = True
    int8: bool = False
    pytorch: bool = False
    openvino: bool = False
    core_ml: bool = False


@dataclass(frozen=True, eq=False)
class ModelRequest:
    """What to export; nothing in it changes any more.

    Attributes:
        adapted: The classifier.
        support: The examples it was adapted to.
        classes: Names by class id; those of ``adapted`` count.
        photos: On which the model is compared with the program: those of the folder, then the examples.
        title: The model's name, for people.
        notes: Sentences for the model card.
    """

    adapted: Adapted
    support: SupportSet
    classes: Mapping[int, str]
    photos: tuple[Path, ...]
    title: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelExport:
    """What was written.

    Attributes:
        files: All of it, the model first.
        checks: How each model compares with the program, that of :attr:`verification` first.
    """

    files: tuple[Path, ...]
    checks: tuple[Check, ...]

    @property
    def verification(self) -> Verification:
        """How the ONNX model compares with the program, handed photos as the script reads them."""
        return self.checks[0].result


def export_model(
    request: ModelRequest, source: EmbeddingSource, target: Path, options: ExportOptions, progress: Progress
) -> ModelExport:
    """Write a model with everything around it, or nothing.

    Beside ``NAME.onnx`` come ``NAME.labels.txt``, ``NAME.predict.py``, ``NAME.card.md`` and ``NAME.verification.json``,
    and where asked for ``NAME.int8.onnx``, ``NAME.pytorch/``, ``NAME.openvino.xml`` with ``.bin`` and
    ``NAME.mlpackage/``.

    Args:
        request: What to export.
        source: The encoder that the classifier was adapted on.
        target: The ONNX file; an earlier export there is replaced once the new one is complete.
        options: What the person chose.
        progress: Hears of every step; may cancel.

    Raises:
        ModelMismatchError: The model does not answer as the program does.
        FewshotError: No photo can be read to compare them, or the files cannot be written.
        Cancelled: The person cancelled.
    """
    return _Export(request, source, options, progress).run(ExportFiles(target))


class _Export:
    """One run of :func:`export_model`."""

    def __init__(
        self, request: ModelRequest, source: EmbeddingSource, options: ExportOptions, progress: Progress
    ) -> None:
        self._request = request
        self._source, self._encoder = _encoder_of(request.adapted, source)
        self._facts = _facts(request, self._encoder)
        self._options = options
        self._progress = progress

    def run(self, files: ExportFiles) -> ModelExport:
        self._require_converters()
        wanted = self._wanted(files)
        with staged(files, wanted) as drafts:
            labelled = self._label()
            carried = self._write_model(drafts.model)
            checks = tuple(self._checks(drafts, labelled))
            self._write_companions(drafts, checks, carried)
        return ModelExport(tuple(wanted), checks)

    def _require_converters(self) -> None:
        if self._options.pytorch or self._options.core_ml:
            require_pytorch()
        if self._options.openvino:
            require_openvino()
        if self._options.core_ml:
            require_core_ml(self._facts)

    def _wanted(self, files: ExportFiles) -> list[Path]:
        further = {
            files.small: self._options.int8,
            files.pytorch: self._options.pytorch,
            files.openvino: self._options.openvino,
            files.openvino_weights: self._options.openvino,
            files.core_ml: self._options.core_ml,
        }
        always = [files.model, files.labels, files.script, files.card, files.report]
        return always + [path for path, is_wanted in further.items() if is_wanted]

    def _checks(self, drafts: ExportFiles, labelled: LabelledPhotos) -> Iterator[Check]:
        """Write every kind of model that was asked for, and compare it with the program."""
        yield self._required(drafts.model.name, WrittenModel(drafts.model), labelled, EXACT)
        yield from self._checks_on_whole_photos(drafts.model, labelled)
        if self._options.int8:
            self._write_small(drafts, labelled)
            yield self._required(drafts.small.name, WrittenModel(drafts.small), labelled, ROUNDED)
        if self._options.openvino:
            self._progress.report(0, None, "Converting for OpenVINO")
            convert_to_openvino(drafts.model, drafts.openvino)
            yield self._required(drafts.openvino.name, OpenvinoModel(drafts.openvino), labelled, EXACT)
        if self._options.pytorch or self._options.core_ml:
            yield from self._checks_of_pytorch(drafts, labelled)

    def _checks_of_pytorch(self, drafts: ExportFiles, labelled: LabelledPhotos) -> Iterator[Check]:
        self._progress.report(0, None, "Converting for PyTorch")
        write_pytorch_folder(drafts.pytorch, self._request.adapted, self._facts)
        yield self._required(drafts.pytorch.name, PytorchModel(drafts.pytorch), labelled, EXACT)
        if self._options.core_ml:
            self._progress.report(0, None, "Converting for Core ML")
            convert_to_core_ml(drafts.pytorch, drafts.core_ml, self._facts)
        if not self._options.pytorch:
            shutil.rmtree(drafts.pytorch)

    def _label(self) -> LabelledPhotos:
        photos = self._request.photos
        chosen = [photos[row] for row in spread_out(len(photos), MOST_PHOTOS)]
        return label_by_program(self._request.adapted, chosen, self._source, self._progress)

    def _write_model(self, path: Path) -> int:
        """Write the model; returns how many examples it carries."""
        import onnx

        self._progress.report(0, None, "Building the model")
        model = assemble(self._request.adapted, self._facts, self._progress)
        text = self._examples_within(model.ByteSize()) if self._options.carry_examples else ""
        describe(model, self._facts, text)
        self._progress.check()
        onnx.save(model, path)
        require_sound(path)
        if not text:
            return 0
        dimension = self._encoder.dimension - self._encoder.activations
        return len(decode(text, classes=len(self._facts.class_names), dimension=dimension))

    def _examples_within(self, model_bytes: int) -> str:
        networks = network_files(self._encoder, self._progress).values()
        room = sum(path.stat().st_size for path in networks) + MOST_BESIDE_ENCODER - model_bytes
        return encode(self._request.support, most_bytes=min(MOST_BYTES, room))

    def _required(self, name: str, model: AnsweringModel, labelled: LabelledPhotos, limits: Limits) -> Check:
        side = self._encoder.preprocess.read_short_side
        result = check_model(model, labelled, self._facts.class_names, limits, self._progress, short_side=side)
        result.require_passed()
        return Check(name, "the photos as the script reads them", result)

    def _checks_on_whole_photos(self, model: Path, labelled: LabelledPhotos) -> Iterator[Check]:
        some = fit_to_be_whole(labelled)
        if some is not None:
            names = self._facts.class_names
            result = check_model(WrittenModel(model), some, names, WHOLE, self._progress, short_side=None)
            yield Check(model.name, "some of the photos in full size", result)

    def _write_small(self, drafts: ExportFiles, labelled: LabelledPhotos) -> None:
        self._progress.report(0, None, "Making the model smaller")
        paths = labelled.at(spread_out(len(labelled.paths), CALIBRATION_PHOTOS)).paths
        quantise(drafts.model, drafts.small, self._watched_photos(paths))

    def _watched_photos(self, paths: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
        for _, photo in readable(paths, self._encoder.preprocess.read_short_side):
            self._progress.check()
            yield photo

    def _write_companions(self, drafts: ExportFiles, checks: Sequence[Check], carried: int) -> None:
        names = CardFiles(model=drafts.model.name, script=drafts.script.name)
        texts = {
            drafts.labels: labels_text(self._facts.class_names),
            drafts.script: predict_script(drafts.model.name),
            drafts.card: model_card(self._facts, names, checks, carried_examples=carried),
            drafts.report: verification_report(self._facts, checks),
        }
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", newline="\n")


def _encoder_of(adapted: Adapted, source: EmbeddingSource) -> tuple[EmbeddingSource, EncoderSpec]:
    """The source of what the classifier reads, and the encoder that the model is built from."""
    if reads_activations(adapted.classifier):
        source = source if source.spec.activations else source.with_activations() or source
        return source, source.spec
    return source, source.base_spec


def _notes_on(adapted: Adapted) -> tuple[str, ...]:
    """What the method means for the model, where that may surprise."""
    notes = []
    if reads_activations(adapted.classifier):
        notes.append(
            "Its method adapts the last blocks of the encoder, so the model holds these twice, as they were and as "
            "they are now, and is some 10 MB larger than its encoder."
        )
    if "folder" in adapted.method.split("+"):
        notes.append("Photos of your folder helped to adapt it; it labels each photo by itself.")
    return tuple(notes)


def _facts(request: ModelRequest, encoder: EncoderSpec) -> ModelFacts:
    adapted, support = request.adapted, request.support
    counts = dict(zip(support.class_ids.tolist(), support.class_counts.tolist(), strict=True))
    expected = adapted.expected
    class_ids = adapted.class_ids.tolist()
    return ModelFacts(
        class_names=tuple(request.classes[class_id] for class_id in class_ids),
        encoder=encoder,
        method=adapted.method,
        title=request.title,
        created=datetime.now(UTC).replace(microsecond=0),
        version=__version__,
        examples_per_class=tuple(counts.get(class_id, 0) for class_id in class_ids),
        expected_accuracy=(expected.value, expected.low, expected.high) if expected is not None else None,
        stranger_below=STRANGER_BELOW,
        licence=encoder.licence,
        notes=(*_notes(adapted), *request.notes),
    )


def _notes(adapted: Adapted) -> tuple[str, ...]:
    reason = (adapted.reason,) if adapted.reason else ()
    return (*reason, _WITH_FOLDER) if "folder" in adapted.method.split("+") else reason
